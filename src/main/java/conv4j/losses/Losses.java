package conv4j.losses;

import conv4j.config.Config;
import java.util.Locale;
import java.util.Map;

/** Finds a {@link Loss} by its name or configuration. */
public final class Losses {

    private Losses() {}

    /**
     * The loss that Keras calls by this name, with its default arguments.
     *
     * @param name a name such as {@code categorical_crossentropy} or {@code mse}
     * @return the loss
     * @throws IllegalArgumentException when there is none of that name
     */
    public static Loss named(String name) {
        return fromConfig(name, Map.of());
    }

    /**
     * Makes the loss that {@link Loss#config} describes.
     *
     * @param className Keras' class name or its name in snake case
     * @param config the arguments under Keras' names
     * @return a new loss
     * @throws IllegalArgumentException when there is none of that name or an argument is wrong
     */
    public static Loss fromConfig(String className, Map<String, Object> config) {
        Config arguments = new Config(className, config);
        Loss loss = make(className, arguments);
        checkReduction(className, arguments);
        arguments.done();
        return loss;
    }

    private static Loss make(String className, Config config) {
        return switch (className.toLowerCase(Locale.ROOT).replace("_", "")) {
            case "categoricalcrossentropy" -> CategoricalCrossentropy.from(config);
            case "sparsecategoricalcrossentropy" -> SparseCategoricalCrossentropy.from(config);
            case "binarycrossentropy" -> BinaryCrossentropy.from(config);
            case "meansquarederror", "mse" -> new MeanSquaredError();
            case "meanabsoluteerror", "mae" -> new MeanAbsoluteError();
            case "huber" -> new Huber(config.number("delta", 1));
            default -> throw new IllegalArgumentException("there is no loss '" + className
                    + "'; there are categorical_crossentropy, sparse_categorical_crossentropy, binary_crossentropy,"
                    + " mean_squared_error, mean_absolute_error and huber");
        };
    }

    /** The loss of a batch is the mean over its items, and rows are the last axis. */
    private static void checkReduction(String className, Config config) {
        String reduction = config.text("reduction", "sum_over_batch_size");
        if (!reduction.equals("sum_over_batch_size") && !reduction.equals("mean")) {
            throw new IllegalArgumentException(
                    className + ": the reduction must be sum_over_batch_size, but is " + reduction);
        }
        if (config.integer("axis", -1) != -1) {
            throw new IllegalArgumentException(
                    className + ": the classes must be the last axis, -1, but axis is " + config.value("axis"));
        }
    }

    static void checkSmoothing(double labelSmoothing) {
        if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
            throw new IllegalArgumentException("label smoothing must be in [0, 1), but is " + labelSmoothing);
        }
    }
}
