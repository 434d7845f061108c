package conv4j.cli;

import conv4j.model.Model;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** What a model sees in images, as text and as JSON. */
final class Predictions {

    private static final int PERCENT = 100;

    private final List<String> classNames;
    private final int top;
    private final boolean logits;
    private final List<Seen> seen = new ArrayList<>();
    private final Map<Path, String> problems = new LinkedHashMap<>();
    private int printed;

    /** A class and its probability. */
    record Guess(String name, double probability) {}

    /** An image and its most probable classes. */
    record Seen(Path image, List<Guess> guesses) {}

    Predictions(Model model, int top) {
        this.classNames = model.classNames();
        this.top = top;
        this.logits = model.outputShape().size() > 1
                && !OptimizerOptions.returnsProbabilities(model)
                && !"sigmoid".equals(last(model).config().get("activation"));
    }

    private static conv4j.layers.Layer last(Model model) {
        return model.layers().get(model.layers().size() - 1);
    }

    /** Takes a model's outputs; what are not probabilities is brought to them by a softmax. */
    void add(List<Path> images, float[][] outputs) {
        for (int i = 0; i < outputs.length; i++) {
            seen.add(new Seen(images.get(i), best(logits ? softmax(outputs[i]) : doubles(outputs[i]))));
        }
    }

    /** Takes images that could not be read. */
    void addUnreadable(Map<Path, String> unreadable) {
        problems.putAll(unreadable);
    }

    Map<Path, String> problems() {
        return problems;
    }

    private static double[] doubles(float[] output) {
        return IntStream.range(0, output.length).mapToDouble(i -> output[i]).toArray();
    }

    static double[] softmax(float[] output) {
        double most = IntStream.range(0, output.length)
                .mapToDouble(i -> output[i])
                .max()
                .orElse(0);
        double[] powers = IntStream.range(0, output.length)
                .mapToDouble(i -> Math.exp(output[i] - most))
                .toArray();
        double sum = java.util.Arrays.stream(powers).sum();
        return java.util.Arrays.stream(powers).map(power -> power / sum).toArray();
    }

    private List<Guess> best(double[] probabilities) {
        return IntStream.range(0, probabilities.length)
                .mapToObj(i -> new Guess(i < classNames.size() ? classNames.get(i) : "class " + i, probabilities[i]))
                .sorted(Comparator.comparingDouble(Guess::probability).reversed())
                .limit(top)
                .toList();
    }

    /** Prints what came since the last time. */
    void print(PrintStream out) {
        for (Seen one : seen.subList(printed, seen.size())) {
            out.println(one.image());
            for (Guess guess : one.guesses()) {
                out.printf(Locale.ROOT, "  %5.1f %%  %s%n", guess.probability() * PERCENT, guess.name());
            }
        }
        printed = seen.size();
        out.flush();
    }

    /** Says which images could not be read and why. */
    void reportProblems(PrintStream err, int images) {
        if (problems.size() == 1) {
            err.println("conv4j: " + problems.values().iterator().next());
        } else if (!problems.isEmpty()) {
            err.println("conv4j: " + problems.size() + " of " + Words.count(images, "image") + " could not be read:");
            problems.values().forEach(problem -> err.println("  " + problem));
        }
        err.flush();
    }

    /** Everything as one object. */
    Map<String, Object> json(Path model) {
        List<Map<String, Object>> images = new ArrayList<>();
        for (Seen one : seen) {
            List<Map<String, Object>> classes = new ArrayList<>();
            for (Guess guess : one.guesses()) {
                classes.add(entries("class", guess.name(), "probability", guess.probability()));
            }
            images.add(entries("image", one.image().toString(), "predictions", classes));
        }
        List<Map<String, Object>> unreadable = new ArrayList<>();
        problems.forEach((path, problem) -> unreadable.add(entries("image", path.toString(), "problem", problem)));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("command", "predict");
        result.put("model", model.toString());
        result.put("images", images);
        result.put("unreadable", unreadable);
        return result;
    }

    private static Map<String, Object> entries(String first, Object one, String second, Object two) {
        Map<String, Object> entries = new LinkedHashMap<>();
        entries.put(first, one);
        entries.put(second, two);
        return entries;
    }
}
