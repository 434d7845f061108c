package conv4j.cli;

import conv4j.backend.Backend;
import conv4j.bench.Measurement;
import conv4j.bench.NetworkBench;
import conv4j.data.Dataset;
import conv4j.data.Normalization;
import conv4j.model.Model;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Measures the training steps and the inference of networks, and reports them. */
final class NetworkRuns {

    private static final double MILLI = 1e3;
    private static final int PROBE = 8;

    /** Forward, and the gradients of inputs and of kernels. */
    private static final int PASSES = 3;

    private final NetworkBench bench;
    private final String precision;
    private final Dataset data;
    private final BenchReport report;
    private final List<NetworkWork> measured = new ArrayList<>();
    private final List<Map<String, Object>> results = new ArrayList<>();

    /**
     * Runs on one device.
     *
     * @param backend the device
     * @param precision of the models
     * @param runs of which the median counts
     * @param data the images of an epoch
     * @param report where measurements go
     */
    NetworkRuns(Backend backend, String precision, int runs, Dataset data, BenchReport report) {
        this.bench = new NetworkBench(backend, runs);
        this.precision = precision;
        this.data = data;
        this.report = report;
    }

    /**
     * Measures training and inference.
     *
     * @param work the network and its batch
     * @param limit the most seconds that a step may be expected to take; infinity measures without asking
     */
    void measure(NetworkWork work, double limit) {
        Dataset whole = work.wholeBatches(data);
        try (Model model = model(work, whole)) {
            double expected = limit == Double.POSITIVE_INFINITY ? 0 : expectedStep(model, whole, work.batch());
            if (expected > limit) {
                skip(work, String.format(Locale.ROOT, "a step would take about %.1f s", expected));
                return;
            }
            String name = work.network().title();
            Measurement training = bench.training(model, name, whole, work.batch());
            report.add(training, work.sizes(NetworkWork.TRAINING));
            Measurement inference = bench.inference(model, name, whole, work.batch());
            report.add(inference, work.sizes(NetworkWork.INFERENCE));
            measured.add(work);
            results.add(
                    result(work, training.times().median(), inference.times().median()));
        }
    }

    private void skip(NetworkWork work, String reason) {
        for (String mode : List.of(NetworkWork.TRAINING, NetworkWork.INFERENCE)) {
            Measurement skipped = bench.skipped(work.network().title() + " " + mode, work.batch(), reason);
            report.add(skipped, work.sizes(mode));
        }
    }

    private Model model(NetworkWork work, Dataset images) {
        Model model =
                work.network().build(images.inputShape(), images.classNames().size());
        model.on(bench.backend())
                .seed(1)
                .normalization(Normalization.centered())
                .precision(precision);
        TrainingSettings.compile(model, TrainingSettings.FIRST_CNN_LEARNING_RATE, images.size() / work.batch());
        return model;
    }

    /** Seconds of a training step, from the inference of a few images. */
    private double expectedStep(Model model, Dataset images, int batch) {
        int probe = Math.min(PROBE, batch);
        Measurement few = bench.inference(model, "probe", images.take(probe), probe);
        return PASSES * few.times().least() * batch / probe;
    }

    private static Map<String, Object> result(NetworkWork work, double training, double inference) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("network", work.network().title());
        result.put("batch_size", work.batch());
        result.put("train_ms_per_step", training * MILLI);
        result.put("train_images_per_second", work.batch() / training);
        result.put("inference_ms_per_batch", inference * MILLI);
        result.put("inference_images_per_second", work.batch() / inference);
        return result;
    }

    /** Shows where the steps that were measured spend their time. To be called last: it makes a device slower. */
    void profile() {
        for (NetworkWork work : measured) {
            Dataset whole = work.wholeBatches(data);
            try (Model model = model(work, whole)) {
                report.add(work.title(), bench.profile(model, whole, work.batch()), whole.size() / work.batch());
            }
        }
    }

    /** The rates of what was measured, in order. */
    List<Map<String, Object>> results() {
        return results;
    }
}
