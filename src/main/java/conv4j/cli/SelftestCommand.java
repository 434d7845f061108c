package conv4j.cli;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.backend.DeviceInfo;
import conv4j.selftest.Selftest;
import conv4j.selftest.Settings;
import conv4j.selftest.Subject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
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
            "  conv4j selftest                              the best device, in less than a minute",
            "  conv4j selftest --device opencl:0 --long     thousands of geometries, every variant of kernels",
            "  conv4j selftest --only convolution           checks with this word; --list names them all",
            "  conv4j selftest --vectors DIR                cases of others, one .safetensors file each",
            "  conv4j selftest --every-device --markdown F  all devices and variants, and a table of results"
        })
final class SelftestCommand extends Subcommand {

    private static final String ALL = "all";

    static final class Thoroughness {
        @Option(
                names = "--long",
                description = "Thousands of random geometries, and every variant unless one is named: minutes.")
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

    @Option(names = "--every-device", description = "Every device in turn, with every variant.")
    private boolean everyDevice;

    @Option(names = "--only", paramLabel = "WORDS", defaultValue = "", description = "Only checks with these words.")
    private String only;

    @Option(names = "--except", paramLabel = "WORDS", description = "Not the checks with these words; may be repeated.")
    private List<String> except = List.of();

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

    @Option(
            names = "--markdown",
            paramLabel = "FILE",
            description = "Write the results as a table in Markdown as well.")
    private Path markdown;

    /** What to open: a device, and one of its variants or null for its own choice. */
    private record Target(String device, String variant) {}

    @Override
    public Integer call() throws IOException {
        if (list) {
            Selftest.allTitles().forEach(main().out()::println);
            return ExitCode.OK;
        }
        return vectors == null ? runChecks() : runVectors();
    }

    private Settings settings() {
        Settings settings = thoroughness.thorough ? Settings.LONG : thoroughness.tiny ? Settings.TINY : Settings.SHORT;
        settings = seed == null ? settings : settings.withSeed(seed);
        settings = randomCases == null ? settings : settings.withRandomCases(randomCases);
        return onlyCase == null ? settings : settings.withOnlyCase(onlyCase);
    }

    private int runChecks() throws IOException {
        List<SelftestResult> results = new ArrayList<>();
        for (Target target : targets()) {
            try (Backend backend = open(target)) {
                results.add(run(backend, target.variant));
            }
        }
        boolean passed = results.stream().allMatch(SelftestResult::passed);
        if (main().json()) {
            List<Map<String, Object>> devices =
                    results.stream().map(SelftestResult::json).toList();
            printJson(Map.of("command", "selftest", "passed", passed, "devices", devices));
        }
        if (markdown != null) {
            SelftestMarkdown.write(markdown, results, settings());
        }
        return passed ? ExitCode.OK : ExitCode.DEVICE;
    }

    private List<Target> targets() {
        if (everyDevice) {
            return Backends.devices().stream()
                    .map(DeviceInfo::id)
                    .flatMap(id -> variants(id).stream())
                    .toList();
        }
        boolean all = ALL.equals(variant) || thoroughness.thorough && variant == null;
        return all ? variants(chosenDevice()) : List.of(new Target(main().device(), variant));
    }

    private static List<Target> variants(String device) {
        List<String> known = Backends.variants(device);
        return known.isEmpty()
                ? List.of(new Target(device, null))
                : known.stream().map(name -> new Target(device, name)).toList();
    }

    private Backend open(Target target) {
        if (target.variant == null && !everyDevice) {
            return openBackend();
        }
        String device = target.device == null ? chosenDevice() : target.device;
        Backend backend = target.variant == null ? Backends.open(device) : Backends.open(device, target.variant);
        messages()
                .println("Device: " + backend.device().describe()
                        + (target.variant == null ? "" : ", variant " + target.variant));
        return backend;
    }

    private SelftestResult run(Backend backend, String name) {
        Settings settings = settings();
        messages().println("Seed: " + settings.seed() + ", random geometries of each check: " + settings.randomCases());
        Subject subject = new Subject(backend, name, settings);
        SelftestTable table = new SelftestTable(main().out(), messages());
        Selftest selftest = new Selftest(subject);
        except.forEach(selftest::leaveOut);
        long start = System.nanoTime();
        List<Selftest.Failure> failures = selftest.run(only, table::progress);
        double seconds = (System.nanoTime() - start) / 1e9;
        SelftestResult result =
                new SelftestResult(backend.device(), name, table.checks(), subject.results(), failures, seconds);
        table.end();
        if (!main().json()) {
            table.print(result);
        }
        return result;
    }

    private int runVectors() throws IOException {
        try (Backend backend = open(new Target(main().device(), variant))) {
            VectorsReport report = new VectorsReport(vectors, main().json() ? null : main().out());
            if (!report.run(backend)) {
                throw usage("--vectors " + vectors + " has no .safetensors file in it");
            }
            if (main().json()) {
                printJson(report.json());
            }
            return report.failures().isEmpty() ? ExitCode.OK : ExitCode.DEVICE;
        }
    }
}
