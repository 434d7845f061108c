package conv4j.regularizers;

import conv4j.config.Config;
import java.util.Locale;
import java.util.Map;

/** Finds a {@link Regularizer} by its name or configuration. */
public final class Regularizers {

    /** What Keras documents for a regularizer that is given by its name alone. */
    static final double USUAL = 0.01;

    private Regularizers() {}

    /**
     * The regularizer that Keras calls by this name, with factors of 0.01.
     *
     * @param name {@code l1}, {@code l2} or {@code l1_l2}, or a class name
     * @return the regularizer
     * @throws IllegalArgumentException when there is none of that name
     */
    public static Regularizer named(String name) {
        return fromConfig(name, Map.of());
    }

    /**
     * Makes the regularizer that {@link Regularizer#config} describes.
     *
     * @param className Keras' class name or its name in snake case
     * @param config the arguments under Keras' names; those of L1L2 are 0.01 when both are absent, else 0
     * @return a new regularizer
     * @throws IllegalArgumentException when there is none of that name or an argument is wrong
     */
    public static Regularizer fromConfig(String className, Map<String, Object> config) {
        Config arguments = new Config(className, config);
        Regularizer regularizer = make(className, arguments);
        arguments.done();
        return regularizer;
    }

    private static Regularizer make(String className, Config config) {
        return switch (className.toLowerCase(Locale.ROOT).replace("_", "")) {
            case "l1" -> new L1(config.number("l1", USUAL));
            case "l2" -> new L2(config.number("l2", USUAL));
            case "l1l2" -> {
                double absent = config.has("l1") || config.has("l2") ? 0 : USUAL;
                yield new L1L2(config.number("l1", absent), config.number("l2", absent));
            }
            default -> throw new IllegalArgumentException(
                    "there is no regularizer '" + className + "'; there are l1, l2 and l1_l2");
        };
    }

    static void checkFactor(String regularizer, String factor, double value) {
        if (!(value >= 0 && Double.isFinite(value))) {
            throw new IllegalArgumentException(
                    regularizer + " needs a factor " + factor + " of 0 or more, but was given " + value);
        }
    }
}
