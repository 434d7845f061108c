package conv4j.cli;

import conv4j.data.Dataset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** What is in a set of images: how many of each class, and what their pixels are on average. */
final class DataDescription {

    private static final double MOST = 255;

    private final String title;
    private final Dataset data;
    private final int[] counts;
    private final double[] means;
    private final double[] deviations;

    /** Reads all images once. */
    DataDescription(String title, Dataset data) {
        this.title = title;
        this.data = data;
        int channels = data.inputShape().dim(-1);
        this.counts = new int[data.classNames().size()];
        double[][] sums = IntStream.range(0, data.size())
                .parallel()
                .mapToObj(this::sums)
                .reduce(new double[2][channels], DataDescription::added);
        double pixels = (double) data.size() * data.inputShape().size() / channels;
        means = new double[channels];
        deviations = new double[channels];
        for (int c = 0; c < channels; c++) {
            means[c] = sums[0][c] / pixels;
            deviations[c] = Math.sqrt(Math.max(0, sums[1][c] / pixels - means[c] * means[c]));
        }
        float[] target = new float[1];
        for (int i = 0; i < data.size(); i++) {
            data.target(i, target, 0);
            counts[(int) target[0]]++;
        }
    }

    /** Sums of an image's pixels and of their squares, by channel, as parts of the largest value. */
    private double[][] sums(int image) {
        int channels = data.inputShape().dim(-1);
        float[] pixels = new float[data.inputShape().size()];
        data.input(image, pixels, 0);
        double[][] sums = new double[2][channels];
        for (int i = 0; i < pixels.length; i++) {
            double value = pixels[i] / MOST;
            sums[0][i % channels] += value;
            sums[1][i % channels] += value * value;
        }
        return sums;
    }

    private static double[][] added(double[][] a, double[][] b) {
        double[][] sums = new double[2][a[0].length];
        for (int k = 0; k < 2; k++) {
            for (int c = 0; c < sums[k].length; c++) {
                sums[k][c] = a[k][c] + b[k][c];
            }
        }
        return sums;
    }

    /** Some lines. */
    String text() {
        StringBuilder text = new StringBuilder(String.format(
                "%s: %s of %s, %s%n",
                title, Words.count(data.size(), "image"), data.inputShape(), Words.count(counts.length, "class")));
        int width = data.classNames().stream().mapToInt(String::length).max().orElse(0);
        for (int i = 0; i < counts.length; i++) {
            text.append(String.format(
                    Locale.ROOT,
                    "  %-" + Math.max(width, 1) + "s  %,d%n",
                    data.classNames().get(i),
                    counts[i]));
        }
        text.append(line("mean", means)).append(line("deviation", deviations));
        return text.toString();
    }

    private static String line(String name, double[] values) {
        StringBuilder text = new StringBuilder("  pixel / 255, ").append(name).append(" of each channel:");
        for (double value : values) {
            text.append(String.format(Locale.ROOT, " %.4f", value));
        }
        return text.append(System.lineSeparator()).toString();
    }

    /** The same as an object. */
    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("images", data.size());
        json.put("shape", data.inputShape().toArray());
        List<Map<String, Object>> classes = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("class", data.classNames().get(i));
            one.put("images", counts[i]);
            classes.add(one);
        }
        json.put("classes", classes);
        json.put("channel_means", means);
        json.put("channel_deviations", deviations);
        return json;
    }
}
