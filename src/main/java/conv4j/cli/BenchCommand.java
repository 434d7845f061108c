package conv4j.cli;

import conv4j.backend.Backend;
import conv4j.data.Dataset;
import conv4j.data.Glyphs;
import conv4j.data.Normalization;
import conv4j.model.Callback;
import conv4j.model.FitOptions;
import conv4j.model.Model;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Times training and inference. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description =
                "Times training steps and inference of a network on the chosen device; medians, warm-up left out.",
        footerHeading = "%nExamples:%n",
        footer = {"  conv4j bench", "  conv4j bench --device opencl:0 --batch-size 32,128 --json"})
final class BenchCommand extends Subcommand {

    private static final double NANOS = 1e-9;
    private static final double MILLI = 1e3;

    @Option(
            names = "--network",
            paramLabel = "NAME",
            defaultValue = "first-cnn",
            converter = Choices.Networks.class,
            completionCandidates = Choices.Networks.class,
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Presets network;

    @Option(
            names = "--batch-size",
            paramLabel = "N[,N...]",
            split = ",",
            defaultValue = "32,128",
            description = "Images of a step. Default: ${DEFAULT-VALUE}.")
    private int[] batchSizes;

    @Option(
            names = "--images",
            paramLabel = "N",
            defaultValue = "1024",
            description = "Images of a run. Default: ${DEFAULT-VALUE}.")
    private int images;

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "5",
            description = "Runs, of which the median counts. Default: ${DEFAULT-VALUE}.")
    private int runs;

    @Override
    public Integer call() {
        for (int batchSize : batchSizes) {
            if (batchSize < 1 || runs < 1 || images < batchSize) {
                throw usage("--batch-size and --runs must be 1 or more, and --images at least the batch size");
            }
        }
        List<Map<String, Object>> results = new ArrayList<>();
        try (Backend backend = openBackend()) {
            Dataset data = Glyphs.train(images, 1);
            for (int batchSize : batchSizes) {
                // Whole batches only, so that every step does the same work.
                Dataset whole = data.take(images / batchSize * batchSize);
                results.add(measure(backend, whole, batchSize));
            }
            if (main().json()) {
                Map<String, Object> result = new LinkedHashMap<>();
                result.put("command", "bench");
                result.put("network", network.title());
                result.put("device", backend.device().id());
                result.put("device_name", backend.device().name());
                result.put("runs", runs);
                result.put("results", results);
                result.put("peak_device_bytes", backend.peakBytes());
                printJson(result);
            }
        }
        return ExitCode.OK;
    }

    private Map<String, Object> measure(Backend backend, Dataset data, int batchSize) {
        try (Model model = network.build(data.inputShape(), data.classNames().size())) {
            model.on(backend).seed(1).normalization(Normalization.centered());
            int steps = data.size() / batchSize;
            TrainingSettings.compile(model, TrainingSettings.FIRST_CNN_LEARNING_RATE, steps);
            double training = training(model, data, batchSize) / steps;
            double inference = inference(model, data, batchSize) / steps;
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("batch_size", batchSize);
            result.put("train_ms_per_step", training * MILLI);
            result.put("train_images_per_second", batchSize / training);
            result.put("inference_ms_per_batch", inference * MILLI);
            result.put("inference_images_per_second", batchSize / inference);
            if (!main().json()) {
                main().out()
                        .printf(
                                Locale.ROOT,
                                "%s, batch %d: training %.1f ms/step, %.0f images/s; inference %.1f ms/batch, %.0f images/s%n",
                                network.title(),
                                batchSize,
                                training * MILLI,
                                batchSize / training,
                                inference * MILLI,
                                batchSize / inference);
            }
            return result;
        }
    }

    /** Seconds of one epoch: the median of all epochs but the first. */
    private double training(Model model, Dataset data, int batchSize) {
        List<Double> seconds = new ArrayList<>();
        Callback clock = new Callback() {
            private long begin;

            @Override
            public void onEpochBegin(Model trained, int epoch) {
                begin = System.nanoTime();
            }

            @Override
            public void onEpochEnd(Model trained, int epoch, Map<String, Double> logs) {
                if (epoch > 0) {
                    seconds.add((System.nanoTime() - begin) * NANOS);
                }
            }
        };
        model.fit(data, new FitOptions().epochs(runs + 1).batchSize(batchSize).callbacks(clock));
        return median(seconds);
    }

    /** Seconds of going through all images: the median of all times but the first. */
    private double inference(Model model, Dataset data, int batchSize) {
        List<Double> seconds = new ArrayList<>();
        for (int run = 0; run <= runs; run++) {
            double measured = model.evaluate(data, batchSize).seconds();
            if (run > 0) {
                seconds.add(measured);
            }
        }
        return median(seconds);
    }

    private static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1
                ? sorted[middle]
                : Arrays.stream(sorted, middle - 1, middle + 1).sum() / 2;
    }
}
