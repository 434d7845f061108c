package conv4j.evaluation;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Precision, recall and F1 of every class and their means, as scikit-learn's {@code classification_report} gives them. A
 * quotient of nothing by nothing is 0.
 */
public final class ClassificationReport {

    private static final int NAME = 12;

    private final ConfusionMatrix matrix;
    private final List<Scores> classes;

    /**
     * The scores of a class, or means over classes.
     *
     * @param name the class, or which mean
     * @param precision of the items that were taken for the class, the part that is of it
     * @param recall of the items of the class, the part that was taken for it
     * @param f1 the harmonic mean of both
     * @param support the items of the class
     */
    public record Scores(String name, double precision, double recall, double f1, long support) {}

    /**
     * Computes the scores.
     *
     * @param matrix one or more items
     */
    public ClassificationReport(ConfusionMatrix matrix) {
        this.matrix = matrix;
        this.classes =
                IntStream.range(0, matrix.classes()).mapToObj(this::scores).toList();
    }

    private Scores scores(int c) {
        double hits = matrix.count(c, c);
        double precision = quotient(hits, matrix.predictions(c));
        double recall = quotient(hits, matrix.support(c));
        double f1 = quotient(2 * hits, matrix.predictions(c) + matrix.support(c));
        return new Scores(matrix.classNames().get(c), precision, recall, f1, matrix.support(c));
    }

    private static double quotient(double part, double whole) {
        return whole == 0 ? 0 : part / whole;
    }

    /** {@return the scores of every class, in the order of their indices} */
    public List<Scores> classes() {
        return classes;
    }

    /** {@return the part of all items that were taken for what they are} */
    public double accuracy() {
        return quotient(matrix.correct(), matrix.total());
    }

    /** {@return the plain mean over the classes} */
    public Scores macroAverage() {
        return mean("macro avg", scores -> 1);
    }

    /** {@return the mean over the classes, each weighted by its support} */
    public Scores weightedAverage() {
        return mean("weighted avg", Scores::support);
    }

    private Scores mean(String name, ToDoubleFunction<Scores> weight) {
        double sum = classes.stream().mapToDouble(weight).sum();
        return new Scores(
                name,
                quotient(weighted(weight, Scores::precision), sum),
                quotient(weighted(weight, Scores::recall), sum),
                quotient(weighted(weight, Scores::f1), sum),
                matrix.total());
    }

    private double weighted(ToDoubleFunction<Scores> weight, ToDoubleFunction<Scores> score) {
        return classes.stream()
                .mapToDouble(scores -> weight.applyAsDouble(scores) * score.applyAsDouble(scores))
                .sum();
    }

    /** {@inheritDoc} A table like scikit-learn's, with a line feed after every line. */
    @Override
    public String toString() {
        int width = Math.max(
                NAME,
                classes.stream()
                        .mapToInt(scores -> scores.name().length())
                        .max()
                        .orElse(0));
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%" + width + "s  %9s  %9s  %9s  %9s%n",
                "",
                "precision",
                "recall",
                "f1-score",
                "support"));
        classes.forEach(scores -> line(text, width, scores));
        text.append(String.format(
                Locale.ROOT,
                "%n%" + width + "s  %9s  %9s  %9.4f  %9d%n",
                "accuracy",
                "",
                "",
                accuracy(),
                matrix.total()));
        line(text, width, macroAverage());
        line(text, width, weightedAverage());
        return text.toString();
    }

    private static void line(StringBuilder text, int width, Scores scores) {
        text.append(String.format(
                Locale.ROOT,
                "%" + width + "s  %9.4f  %9.4f  %9.4f  %9d%n",
                scores.name(),
                scores.precision(),
                scores.recall(),
                scores.f1(),
                scores.support()));
    }
}
