package conv4j.cli;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.selftest.OperationResult;
import conv4j.selftest.Selftest;
import conv4j.selftest.Settings;
import conv4j.selftest.Subject;
import conv4j.vectors.VectorCases;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Compares everything that a device computes with what it should be. */
@Command(
        name = "selftest",
        mixinStandardHelpOptions = true,
        description = {
            "Compares every kernel of a device with plain loops: exactly on integers, within derived bounds on other numbers.",
            "Prints for each operation how many cases were compared and its worst error as a share of the bound. When a"
                    + " check fails, it prints the command that repeats just that case, and ends with exit code 4."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  conv4j selftest                                 the best device, in about a minute",
            "  conv4j selftest --device opencl:0 --long        thousands of random geometries, every variant of the kernels",
            "  conv4j selftest --only convolution              what has this word in its name; --list names all checks",
            "  conv4j selftest --vectors DIR                   cases that others computed, one .safetensors file each"
        })
final class SelftestCommand extends Subcommand {

    private static final String ALL = "all";

    static final class Thoroughness {
        @Option(
                names = "--long",
                description = "Thousands of random geometries; with every variant unless one is named.")
        private boolean thorough;

        @Option(
                names = "--tiny",
                description = "A few cases of every check, as when a device is used for the first time.")
        private boolean tiny;
    }

    @ArgGroup
    private Thoroughness thoroughness = new Thoroughness();

    @Option(
            names = "--variant",
            paramLabel = "NAME",
            description = "The variant of the kernels, or 'all'. Default: the one that the device uses.")
    private String variant;

    @Option(names = "--only", paramLabel = "WORDS", defaultValue = "", description = "Only checks with these words.")
    private String only;

    @Option(names = "--list", description = "Print the names of all checks and do nothing else.")
    private boolean list;

    @Option(names = "--seed", paramLabel = "N", description = "What random geometries and numbers begin with.")
    private Long seed;

    @Option(names = "--random", paramLabel = "N", description = "Random geometries of each check that has some.")
    private Integer randomCases;

    @Option(names = "--case", paramLabel = "N", description = "Only this case of each check, counted from 0.")
    private Integer onlyCase;

    @Option(
            names = "--vectors",
            paramLabel = "DIR",
            description = "Run the .safetensors cases of this folder, and those below it, instead of the checks.")
    private Path vectors;

    @Override
    public Integer call() throws IOException {
        return vectors != null ? runVectors() : runChecks();
    }

    private Settings settings() {
        Settings settings = thoroughness.thorough ? Settings.LONG : thoroughness.tiny ? Settings.TINY : Settings.SHORT;
        settings = seed == null ? settings : settings.withSeed(seed);
        settings = randomCases == null ? settings : settings.withRandomCases(randomCases);
        return onlyCase == null ? settings : settings.withOnlyCase(onlyCase);
    }

    private int runChecks() {
        List<Map<String, Object>> results = new ArrayList<>();
        boolean passed = true;
        for (String name : variants()) {
            try (Backend backend = name == null ? openBackend() : openVariant(name)) {
                Subject subject = new Subject(backend, name, settings());
                if (list) {
                    new Selftest(subject).titles().forEach(main().out()::println);
                    return ExitCode.OK;
                }
                passed &= run(subject, name, results);
            }
        }
        if (main().json()) {
            printJson(Map.of("command", "selftest", "passed", passed, "devices", results));
        }
        return passed ? ExitCode.OK : ExitCode.DEVICE;
    }

    /** The variants to run; null stands for the device's own choice. */
    private List<String> variants() {
        boolean all = ALL.equals(variant) || thoroughness.thorough && variant == null;
        List<String> known = all ? Backends.variants(deviceId()) : List.of();
        if (known.isEmpty()) {
            List<String> one = new ArrayList<>();
            one.add(ALL.equals(variant) ? null : variant);
            return one;
        }
        return known;
    }

    private String deviceId() {
        try (Backend backend = Backends.choose(main().device()).backend()) {
            return backend.device().id();
        }
    }

    private Backend openVariant(String name) {
        Backend backend = Backends.open(deviceId(), name);
        messages().println("Device: " + backend.device().describe() + ", variant " + name);
        return backend;
    }

    private boolean run(Subject subject, String name, List<Map<String, Object>> results) {
        Settings settings = settings();
        messages().println("Seed: " + settings.seed() + ", random geometries of each check: " + settings.randomCases());
        long start = System.nanoTime();
        SelftestTable table = new SelftestTable(main().out(), messages());
        List<Selftest.Failure> failures = new Selftest(subject).run(only, table::progress);
        double seconds = (System.nanoTime() - start) / 1e9;
        if (main().json()) {
            results.add(json(subject, name, failures, seconds));
        } else {
            table.print(subject.results(), failures, seconds);
        }
        return failures.isEmpty();
    }

    private static Map<String, Object> json(
            Subject subject, String variant, List<Selftest.Failure> failures, double seconds) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("device", subject.device().id());
        result.put("name", subject.device().name());
        result.put("driver", subject.device().driver());
        result.put("variant", variant);
        result.put("seconds", seconds);
        result.put(
                "operations",
                subject.results().stream().map(SelftestCommand::json).toList());
        result.put(
                "failures",
                failures.stream()
                        .map(failure -> Map.of("check", failure.check(), "message", failure.message()))
                        .toList());
        return result;
    }

    private static Map<String, Object> json(OperationResult one) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("operation", one.operation());
        result.put("cases", one.cases());
        result.put("worst_share_of_bound", one.worstShare());
        result.put("seconds", one.seconds());
        return result;
    }

    private int runVectors() throws IOException {
        List<Path> files = VectorCases.files(vectors);
        if (files.isEmpty()) {
            throw usage("--vectors " + vectors + " has no .safetensors file in it");
        }
        Map<String, String> failures = new LinkedHashMap<>();
        try (Backend backend = variant == null ? openBackend() : openVariant(variant)) {
            for (Path file : files) {
                String name = vectors.relativize(file).toString();
                String problem = problem(file, backend);
                if (problem != null) {
                    failures.put(name, problem);
                }
                if (!main().json()) {
                    main().out().println(problem == null ? "passed  " + name : "failed  " + name + ": " + problem);
                }
            }
        }
        reportVectors(files.size(), failures);
        return failures.isEmpty() ? ExitCode.OK : ExitCode.DEVICE;
    }

    private static String problem(Path file, Backend backend) {
        try {
            VectorCases.check(file, backend);
            return null;
        } catch (AssertionError | RuntimeException | IOException e) {
            return e.getMessage() == null ? e.toString() : e.getMessage();
        }
    }

    private void reportVectors(int count, Map<String, String> failures) {
        if (main().json()) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("command", "selftest");
            result.put("passed", count - failures.size());
            result.put("failed", failures.size());
            result.put("failures", failures);
            printJson(result);
        } else {
            main().out().println((count - failures.size()) + " passed, " + failures.size() + " failed");
        }
    }
}
