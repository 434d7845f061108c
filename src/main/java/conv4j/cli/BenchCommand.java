package conv4j.cli;

import conv4j.backend.Backend;
import conv4j.backend.DeviceInfo;
import conv4j.bench.Group;
import conv4j.bench.Measurement;
import conv4j.bench.NetworkBench;
import conv4j.bench.OperationBench;
import conv4j.bench.Workload;
import conv4j.bench.Workloads;
import conv4j.data.Dataset;
import conv4j.data.Glyphs;
import conv4j.data.Normalization;
import conv4j.model.Model;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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
            "  conv4j bench all                            everything, in some minutes"
        })
final class BenchCommand extends Subcommand {

    private static final double MILLI = 1e3;
    private static final String ALL = "all";
    private static final int[] USUAL_BATCHES = {32, 128};
    private static final int PROBE = 8;

    /** Forward, and the gradients of inputs and of kernels. */
    private static final int PASSES = 3;

    private record Training(Presets network, int batchSize) {

        String title() {
            return network.title() + " batch " + batchSize;
        }
    }

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
    private Presets network;

    @Option(
            names = "--batch-size",
            paramLabel = "N[,N...]",
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
            defaultValue = "",
            description = "Only operations whose names contain this.")
    private String only;

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
        try (Backend backend = openBackend()) {
            BenchReport report = new BenchReport(tableOut(), backend.peak());
            measureOperations(backend, report);
            List<Map<String, Object>> results = new ArrayList<>();
            if (chosen(Group.TRAINING)) {
                measureNetworks(backend, report, results);
            }
            if (main().json()) {
                printJson(json(backend.device(), backend.peakBytes(), report, results));
            }
        }
        return ExitCode.OK;
    }

    private void check() {
        for (Training one : trainings()) {
            if (one.batchSize() < 1 || images < one.batchSize()) {
                throw usage("--batch-size must be 1 or more, and --images at least the batch size");
            }
        }
        if (runs < 1 || !(limit > 0)) {
            throw usage("--runs must be 1 or more, and --limit above 0 seconds");
        }
        for (String group : groups) {
            if (!group.equals(ALL)
                    && Arrays.stream(Group.values())
                            .noneMatch(one -> one.title().equals(group))) {
                throw usage("there is no group '" + group
                        + "' to measure; use gemm, convolution, pooling, elementwise, training or all");
            }
        }
    }

    private boolean chosen(Group group) {
        return groups.isEmpty() ? group == Group.TRAINING : groups.contains(ALL) || groups.contains(group.title());
    }

    private List<Workload> operations() {
        return Arrays.stream(Group.values())
                .filter(this::chosen)
                .flatMap(group -> Workloads.of(group).stream())
                .filter(workload -> workload.name().contains(only))
                .toList();
    }

    /** What was asked for, or, where whole groups were, all that the list of measurements has. */
    private List<Training> trainings() {
        if (chosen(Group.TRAINING) && !groups.isEmpty() && !namesNetworks()) {
            return List.of(
                    new Training(Presets.FIRST_CNN, 32),
                    new Training(Presets.FIRST_CNN, 128),
                    new Training(Presets.FIRST_CNN, 1024),
                    new Training(Presets.RESNET_18, 128));
        }
        Presets named = network == null ? Presets.FIRST_CNN : network;
        return Arrays.stream(batchSizes == null ? USUAL_BATCHES : batchSizes)
                .mapToObj(batch -> new Training(named, batch))
                .toList();
    }

    private boolean namesNetworks() {
        return network != null || batchSizes != null;
    }

    private PrintStream tableOut() {
        return main().json()
                ? new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)
                : main().out();
    }

    private void list() {
        List<Map<String, Object>> rows = new ArrayList<>();
        operations().forEach(one -> rows.add(BenchReport.identity(one.group(), one.name(), one.batch(), one.sizes())));
        if (chosen(Group.TRAINING)) {
            for (Training one : trainings()) {
                for (String mode : List.of("training", "inference")) {
                    String name = one.network().title() + " " + mode + " batch " + one.batchSize();
                    rows.add(BenchReport.identity(Group.TRAINING, name, one.batchSize(), sizes(one, mode)));
                }
            }
        }
        if (main().json()) {
            printJson(Map.of("command", "bench", "workloads", rows));
        } else {
            rows.forEach(row -> main().out().println(row.get("group") + "  " + row.get("name")));
        }
    }

    private static Map<String, Object> sizes(Training training, String mode) {
        Map<String, Object> sizes = new LinkedHashMap<>();
        sizes.put("network", training.network().title());
        sizes.put("mode", mode);
        return sizes;
    }

    private void measureOperations(Backend backend, BenchReport report) {
        OperationBench bench = new OperationBench(backend, runs, limit);
        for (Workload workload : operations()) {
            if (main().json()) {
                messages().println(workload.name());
            }
            report.add(bench.measure(workload), workload.sizes());
        }
    }

    /** Profiles come last, because they make a device slower. */
    private void measureNetworks(Backend backend, BenchReport report, List<Map<String, Object>> results) {
        Dataset data = Glyphs.train(images, 1);
        NetworkBench bench = new NetworkBench(backend, runs);
        List<Training> measured = new ArrayList<>();
        for (Training one : trainings()) {
            // Whole batches only, so that every step does the same work.
            Dataset whole = data.take(images / one.batchSize() * one.batchSize());
            if (measure(bench, one, whole, report, results)) {
                measured.add(one);
            }
        }
        for (Training one : profile ? measured : List.<Training>of()) {
            Dataset whole = data.take(images / one.batchSize() * one.batchSize());
            try (Model model = model(bench, one, whole)) {
                report.add(one.title(), bench.profile(model, whole, one.batchSize()), whole.size() / one.batchSize());
            }
        }
    }

    private Model model(NetworkBench bench, Training training, Dataset data) {
        Model model =
                training.network().build(data.inputShape(), data.classNames().size());
        model.on(bench.backend()).seed(1).normalization(Normalization.centered());
        int steps = data.size() / training.batchSize();
        TrainingSettings.compile(model, TrainingSettings.FIRST_CNN_LEARNING_RATE, steps);
        return model;
    }

    private boolean measure(
            NetworkBench bench,
            Training training,
            Dataset data,
            BenchReport report,
            List<Map<String, Object>> results) {
        int batch = training.batchSize();
        String name = training.network().title();
        try (Model model = model(bench, training, data)) {
            double expected = groups.isEmpty() || namesNetworks() ? 0 : expectedStep(bench, model, data, batch);
            if (expected > limit) {
                String reason = String.format(Locale.ROOT, "a step would take about %.1f s", expected);
                report.add(bench.skipped(name + " training", batch, reason), sizes(training, "training"));
                return false;
            }
            Measurement trained = bench.training(model, name, data, batch);
            report.add(trained, sizes(training, "training"));
            Measurement inferred = bench.inference(model, name, data, batch);
            report.add(inferred, sizes(training, "inference"));
            results.add(
                    result(training, trained.times().median(), inferred.times().median()));
            return true;
        }
    }

    /** Seconds of a training step, from the inference of a few images. */
    private static double expectedStep(NetworkBench bench, Model model, Dataset data, int batch) {
        int probe = Math.min(PROBE, batch);
        Measurement few = bench.inference(model, "probe", data.take(probe), probe);
        return PASSES * few.times().least() * batch / probe;
    }

    private Map<String, Object> result(Training training, double trained, double inferred) {
        int batchSize = training.batchSize();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("network", training.network().title());
        result.put("batch_size", batchSize);
        result.put("train_ms_per_step", trained * MILLI);
        result.put("train_images_per_second", batchSize / trained);
        result.put("inference_ms_per_batch", inferred * MILLI);
        result.put("inference_images_per_second", batchSize / inferred);
        if (!main().json()) {
            main().out()
                    .printf(
                            Locale.ROOT,
                            "%s, batch %d: training %.1f ms/step, %.0f images/s; inference %.1f ms/batch, %.0f images/s%n",
                            training.network().title(),
                            batchSize,
                            trained * MILLI,
                            batchSize / trained,
                            inferred * MILLI,
                            batchSize / inferred);
        }
        return result;
    }

    private Map<String, Object> json(
            DeviceInfo device, long peakBytes, BenchReport report, List<Map<String, Object>> results) {
        Map<String, Object> result = report.json(device);
        result.put("network", (network == null ? Presets.FIRST_CNN : network).title());
        result.put("runs", runs);
        result.put("results", results);
        result.put("peak_device_bytes", peakBytes);
        return result;
    }
}
