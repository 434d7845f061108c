package conv4j.cli;

import conv4j.Backends;
import conv4j.applications.Application;
import conv4j.backend.Backend;
import conv4j.backend.Peak;
import conv4j.bench.Group;
import conv4j.bench.OperationBench;
import conv4j.bench.Workload;
import conv4j.bench.Workloads;
import conv4j.data.Glyphs;
import conv4j.graph.Precision;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Times operations, training and inference. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Times operations and whole steps of networks on the chosen device; medians, warm-up left out.",
            "Rates are compared with what the device does at most, measured with two kernels that do nothing else."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  conv4j bench                                training and inference of the first CNN",
            "  conv4j bench --device opencl:0 --batch-size 32,128 --json",
            "  conv4j bench --profile                      which kernels a training step spends its time in",
            "  conv4j bench gemm convolution --only vgg16  operations whose names contain this",
            "  conv4j bench gemm --precision 3xtf32        on tensor cores, where the device has some",
            "  conv4j bench all                            everything, in some minutes"
        })
final class BenchCommand extends Subcommand {

    private static final String ALL = "all";
    private static final int[] USUAL_BATCHES = {32, 128};

    @Parameters(
            paramLabel = "GROUP",
            arity = "0..*",
            description = "gemm, convolution, pooling, elementwise, training, or all. Default: training, with the"
                    + " first CNN alone.")
    private List<String> groups = List.of();

    @Option(
            names = "--network",
            paramLabel = "NAME",
            converter = Choices.Networks.class,
            completionCandidates = Choices.Networks.class,
            description = "${COMPLETION-CANDIDATES}. Default: first-cnn; with 'training' or 'all' several.")
    private Application network;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            split = ",",
            description = "Images of a training step. Default: 32,128; with 'training' or 'all' also 1024.")
    private int[] batchSizes;

    @Option(
            names = "--images",
            paramLabel = "N",
            defaultValue = "1024",
            description = "Images of a training run. Default: ${DEFAULT-VALUE}.")
    private int images;

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "5",
            description = "Runs, of which the median counts. Default: ${DEFAULT-VALUE}.")
    private int runs;

    @Option(
            names = "--limit",
            paramLabel = "SECONDS",
            defaultValue = "2",
            description = "Leave out what is expected to take longer in one run. Default: ${DEFAULT-VALUE}.")
    private double limit;

    @Option(
            names = "--only",
            paramLabel = "TEXT",
            split = ",",
            description = "Only work whose name contains one of these.")
    private List<String> only = List.of("");

    @Option(
            names = "--precision",
            paramLabel = "NAME",
            defaultValue = "float32",
            description = "As in 'conv4j train'. Default: ${DEFAULT-VALUE}.")
    private String precision;

    @Option(
            names = "--variant",
            paramLabel = "NAME",
            description = "A variant of the kernels, as in 'conv4j selftest'. Default: the one that the device uses.")
    private String variant;

    @Option(names = "--profile", description = "Show the share of a training step by kernel or operation.")
    private boolean profile;

    @Option(names = "--list", description = "List what would be measured, with all sizes, and measure nothing.")
    private boolean list;

    @Override
    public Integer call() {
        check();
        if (list) {
            list();
            return ExitCode.OK;
        }
        try (Backend backend = variant == null ? openBackend() : openVariant(variant)) {
            BenchReport report = new BenchReport(tableOut(), peak(backend));
            measureOperations(backend, report);
            NetworkRuns networkRuns = measureNetworks(backend, report);
            report.endsWith(peak(backend)).ifPresent(messages()::println);
            if (profile) {
                networkRuns.profile();
            }
            if (main().json()) {
                printJson(json(backend, report, networkRuns.results()));
            }
        }
        return ExitCode.OK;
    }

    /** Measured on a backend of its own, so that its memory does not count as the networks'. */
    private static Peak peak(Backend backend) {
        try (Backend apart = Backends.open(backend.device().id())) {
            return apart.peak();
        }
    }

    private void check() {
        for (NetworkWork one : networks()) {
            if (one.batch() < 1 || images < one.batch()) {
                throw usage("--batch-size must be 1 or more, and --images at least the batch size");
            }
        }
        if (runs < 1 || !(limit > 0)) {
            throw usage("--runs must be 1 or more, and --limit above 0 seconds");
        }
        checkPrecision();
        for (String group : groups) {
            if (!group.equals(ALL)
                    && Arrays.stream(Group.values())
                            .noneMatch(one -> one.title().equals(group))) {
                throw usage("there is no group '" + group
                        + "' to measure; use gemm, convolution, pooling, elementwise, training or all");
            }
        }
        if (!list && operations().isEmpty() && networks().isEmpty()) {
            throw usage("no name contains " + only + "; see conv4j bench all --list");
        }
    }

    private void checkPrecision() {
        try {
            Precision.named(precision);
        } catch (IllegalArgumentException e) {
            throw usage("--precision: " + e.getMessage());
        }
    }

    private boolean chosen(Group group) {
        return groups.isEmpty() ? group == Group.TRAINING : groups.contains(ALL) || groups.contains(group.title());
    }

    private List<Workload> operations() {
        return Arrays.stream(Group.values())
                .filter(this::chosen)
                .flatMap(group -> Workloads.of(group).stream())
                .filter(workload -> wanted(workload.name()))
                .toList();
    }

    private List<NetworkWork> networks() {
        if (!chosen(Group.TRAINING)) {
            return List.of();
        }
        return (isWholeGroup() ? NetworkWork.ALL : namedNetworks())
                .stream()
                        .filter(work ->
                                wanted(work.name(NetworkWork.TRAINING)) || wanted(work.name(NetworkWork.INFERENCE)))
                        .toList();
    }

    private boolean wanted(String name) {
        return only.stream().anyMatch(name::contains);
    }

    private boolean isWholeGroup() {
        return !groups.isEmpty() && network == null && batchSizes == null;
    }

    private List<NetworkWork> namedNetworks() {
        return Arrays.stream(batchSizes == null ? USUAL_BATCHES : batchSizes)
                .mapToObj(batch -> new NetworkWork(network(), batch))
                .toList();
    }

    private Application network() {
        return network == null ? Application.FIRST_CNN : network;
    }

    private void list() {
        List<Map<String, Object>> rows = new ArrayList<>();
        operations().forEach(one -> rows.add(BenchReport.identity(one.group(), one.name(), one.batch(), one.sizes())));
        networks().forEach(one -> {
            rows.add(one.identity(NetworkWork.TRAINING));
            rows.add(one.identity(NetworkWork.INFERENCE));
        });
        if (main().json()) {
            printJson(Map.of("command", "bench", "workloads", rows));
        } else {
            rows.forEach(row -> main().out().printf("%-11s  %s%n", row.get("group"), row.get("name")));
        }
    }

    private PrintStream tableOut() {
        return main().json()
                ? new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)
                : main().out();
    }

    private void measureOperations(Backend backend, BenchReport report) {
        OperationBench bench = new OperationBench(backend, Precision.named(precision), runs, limit);
        for (Workload workload : operations()) {
            if (main().json()) {
                messages().println(workload.name());
            }
            report.add(bench.measure(workload), workload.sizes());
        }
    }

    private NetworkRuns measureNetworks(Backend backend, BenchReport report) {
        NetworkRuns networkRuns = new NetworkRuns(backend, precision, runs, Glyphs.train(images, 1), report);
        networks().forEach(work -> networkRuns.measure(work, isWholeGroup() ? limit : Double.POSITIVE_INFINITY));
        report.addRates(networkRuns.results());
        return networkRuns;
    }

    private Map<String, Object> json(Backend backend, BenchReport report, List<Map<String, Object>> results) {
        Map<String, Object> result = report.json(backend.device());
        result.put("network", network().title());
        result.put("precision", precision);
        result.put("variant", variant);
        result.put("runs", runs);
        result.put("results", results);
        result.put("peak_device_bytes", backend.peakBytes());
        return result;
    }
}
