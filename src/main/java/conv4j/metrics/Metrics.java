package conv4j.metrics;

import conv4j.config.Config;
import conv4j.graph.Graph;
import conv4j.graph.Loss;
import conv4j.graph.LossFunction;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.Locale;
import java.util.Map;

/** Finds a {@link Metric} by its name or configuration. */
public final class Metrics {

    private Metrics() {}

    /**
     * The metric that Keras calls by this name.
     *
     * @param name a name such as {@code accuracy} or {@code top_k_categorical_accuracy}
     * @return the metric; {@code accuracy} adapts itself to predictions and targets
     * @throws IllegalArgumentException when there is none of that name
     */
    public static Metric named(String name) {
        return fromConfig(name, Map.of());
    }

    /**
     * The metric that Keras calls by this name, where {@code accuracy} means the one that fits the loss.
     *
     * @param name a name such as {@code accuracy}
     * @param loss the loss that the model is trained on, which says what targets are
     * @param prediction the shape of a prediction
     * @return the metric
     * @throws IllegalArgumentException when there is none of that name
     */
    public static Metric named(String name, LossFunction loss, Shape prediction) {
        Metric metric = named(name);
        return metric instanceof Accuracy ? Accuracy.fitting(metric.name(), loss.sparse(), prediction) : metric;
    }

    /**
     * Makes the metric that {@link Metric#config} describes.
     *
     * @param className Keras' class name or its name in snake case
     * @param config the arguments under Keras' names
     * @return a new metric
     * @throws IllegalArgumentException when there is none of that name or an argument is wrong
     */
    public static Metric fromConfig(String className, Map<String, Object> config) {
        Config arguments = new Config(className, config);
        Metric metric = make(className, arguments);
        arguments.done();
        return metric;
    }

    private static Metric make(String className, Config config) {
        String key = className.toLowerCase(Locale.ROOT).replace("_", "");
        return switch (key) {
            case "accuracy", "acc" -> new Accuracy(config.text("name", key));
            case "categoricalaccuracy" -> new CategoricalAccuracy(config.text("name", "categorical_accuracy"));
            case "sparsecategoricalaccuracy" -> new SparseCategoricalAccuracy(
                    config.text("name", "sparse_categorical_accuracy"));
            case "binaryaccuracy" -> binary(config);
            case "topkcategoricalaccuracy" -> new TopKCategoricalAccuracy(
                    config.text("name", "top_k_categorical_accuracy"), config.integer("k", 5));
            case "sparsetopkcategoricalaccuracy" -> new SparseTopKCategoricalAccuracy(
                    config.text("name", "sparse_top_k_categorical_accuracy"), config.integer("k", 5));
            case "meansquarederror", "mse" -> new MeanSquaredError(config.text("name", "mean_squared_error"));
            case "meanabsoluteerror", "mae" -> new MeanAbsoluteError(config.text("name", "mean_absolute_error"));
            default -> throw new IllegalArgumentException("there is no metric '" + className
                    + "'; there are accuracy, categorical_accuracy, sparse_categorical_accuracy, binary_accuracy,"
                    + " top_k_categorical_accuracy, sparse_top_k_categorical_accuracy, mean_squared_error and"
                    + " mean_absolute_error");
        };
    }

    private static Metric binary(Config config) {
        if (config.number("threshold", 0.5) != 0.5) {
            throw new IllegalArgumentException(
                    "BinaryAccuracy has the threshold 0.5, but was given " + config.value("threshold"));
        }
        return new BinaryAccuracy(config.text("name", "binary_accuracy"));
    }

    static void checkK(int k) {
        if (k < 1) {
            throw new IllegalArgumentException("top-k accuracy needs a k of 1 or more, but was given " + k);
        }
    }

    static Value emit(Graph graph, String name, Value prediction, Value target, conv4j.graph.Metric.Kind kind, int k) {
        Value perItem = Value.activation(name, Shape.SCALAR);
        graph.add(new conv4j.graph.Metric(prediction, target, perItem, kind, k));
        return perItem;
    }

    /** An error as a metric: the operation of the loss of the same name. */
    static Value emit(Graph graph, String name, Value prediction, Value target, LossFunction.Kind kind) {
        Value perItem = Value.activation(name, Shape.SCALAR);
        graph.add(new Loss(prediction, target, perItem, LossFunction.of(kind)));
        return perItem;
    }
}
