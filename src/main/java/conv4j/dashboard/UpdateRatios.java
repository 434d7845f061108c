package conv4j.dashboard;

import conv4j.model.Model;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How much one training step changes the parameters of each layer: the mean of |change| over the mean of |parameter|, as
 * log10. A rule of thumb, which DL4J's user interface made known, is that -3 is healthy; far more is unstable, far less
 * learns nothing.
 *
 * <p>The parameters are read before and after a single step and held on the host meanwhile. That takes time, so that the
 * next measurement waits until the last one is a hundredth of the time that has passed.
 */
final class UpdateRatios {

    private static final double LEAST_SECONDS_BETWEEN = 1;
    private static final double SHARE = 0.01;

    private final LongSupplier nanos;
    private Map<String, float[]> before = Map.of();
    private int stepBefore;
    private double cost;
    private double nextAt;

    /** Measures what it costs with a clock as {@link System#nanoTime} is one. */
    UpdateRatios(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /**
     * Looks at a model after a training step.
     *
     * @param seconds since training began
     * @return log10 of the ratio by layer, null where nothing changed; empty while there is nothing new
     */
    Map<String, Double> afterStep(Model model, double seconds) {
        if (!before.isEmpty()) {
            Map<String, float[]> earlier = before;
            before = Map.of();
            long begin = nanos.getAsLong();
            boolean oneStep = model.trainedSteps() == stepBefore + 1;
            Map<String, Double> ratios = oneStep ? compare(earlier, read(model)) : Map.of();
            cost += (nanos.getAsLong() - begin) / 1e9;
            nextAt = seconds + Math.max(LEAST_SECONDS_BETWEEN, cost / SHARE);
            return ratios;
        }
        if (seconds >= nextAt) {
            long begin = nanos.getAsLong();
            before = read(model);
            stepBefore = model.trainedSteps();
            cost = (nanos.getAsLong() - begin) / 1e9;
        }
        return Map.of();
    }

    private static Map<String, float[]> read(Model model) {
        Map<String, float[]> weights = new LinkedHashMap<>();
        model.weights()
                .trainableNames()
                .forEach(name -> weights.put(name, model.weights().get(name)));
        return weights;
    }

    /** Names are {@code layer/parameter}; all parameters of a layer count together. */
    static Map<String, Double> compare(Map<String, float[]> before, Map<String, float[]> after) {
        Map<String, double[]> sums = new LinkedHashMap<>();
        before.forEach((name, old) -> {
            double[] sum = sums.computeIfAbsent(name.substring(0, name.lastIndexOf('/')), unused -> new double[2]);
            float[] changed = after.get(name);
            for (int i = 0; i < old.length; i++) {
                sum[0] += Math.abs((double) changed[i] - old[i]);
                sum[1] += Math.abs(old[i]);
            }
        });
        Map<String, Double> ratios = new LinkedHashMap<>();
        sums.forEach((layer, sum) -> {
            double ratio = Math.log10(sum[0] / sum[1]);
            ratios.put(layer, Double.isFinite(ratio) ? ratio : null);
        });
        return ratios;
    }
}
