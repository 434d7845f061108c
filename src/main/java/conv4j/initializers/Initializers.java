package conv4j.initializers;

import conv4j.config.Config;
import conv4j.initializers.VarianceScaling.Distribution;
import conv4j.initializers.VarianceScaling.Mode;
import java.util.Locale;
import java.util.Map;

/** Finds an {@link Initializer} by its name or configuration. */
public final class Initializers {

    private Initializers() {}

    /**
     * The initializer that Keras calls by this name, with its default arguments.
     *
     * @param name a name such as {@code glorot_uniform} or a class name such as {@code GlorotUniform}
     * @return the initializer
     * @throws IllegalArgumentException when there is none of that name
     */
    public static Initializer named(String name) {
        return fromConfig(name, Map.of());
    }

    /**
     * Makes the initializer that {@link Initializer#config} describes.
     *
     * @param className Keras' class name or its name in snake case
     * @param config the arguments under Keras' names
     * @return a new initializer
     * @throws IllegalArgumentException when there is none of that name or an argument is wrong
     */
    public static Initializer fromConfig(String className, Map<String, Object> config) {
        Config arguments = new Config(className, config);
        Initializer initializer = make(className, arguments);
        arguments.done();
        return initializer;
    }

    private static Initializer make(String className, Config config) {
        Long seed = config.seed("seed");
        return switch (className.toLowerCase(Locale.ROOT).replace("_", "")) {
            case "zeros" -> new Zeros();
            case "ones" -> new Ones();
            case "constant" -> new Constant(config.number("value", 0));
            case "randomuniform" -> new RandomUniform(
                    config.number("minval", -0.05), config.number("maxval", 0.05), seed);
            case "randomnormal" -> new RandomNormal(config.number("mean", 0), config.number("stddev", 0.05), seed);
            case "truncatednormal" -> new TruncatedNormal(
                    config.number("mean", 0), config.number("stddev", 0.05), seed);
            case "variancescaling" -> varianceScaling(config, seed);
            case "glorotuniform" -> new GlorotUniform(seed);
            case "glorotnormal" -> new GlorotNormal(seed);
            case "heuniform" -> new HeUniform(seed);
            case "henormal" -> new HeNormal(seed);
            case "lecununiform" -> new LecunUniform(seed);
            case "lecunnormal" -> new LecunNormal(seed);
            default -> throw new IllegalArgumentException("there is no initializer '" + className
                    + "'; there are zeros, ones, constant, random_uniform, random_normal, truncated_normal,"
                    + " variance_scaling and glorot_, he_ and lecun_ with uniform and normal");
        };
    }

    private static Initializer varianceScaling(Config config, Long seed) {
        String mode = config.text("mode", "fan_in");
        String distribution = config.text("distribution", "truncated_normal");
        return new VarianceScaling(
                config.number("scale", 1),
                named(Mode.class, mode),
                named(Distribution.class, distribution.equals("normal") ? "truncated_normal" : distribution),
                seed);
    }

    private static <E extends Enum<E>> E named(Class<E> type, String name) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(name)) {
                return constant;
            }
        }
        throw new IllegalArgumentException(
                "VarianceScaling has no " + type.getSimpleName().toLowerCase(Locale.ROOT) + " '" + name + "'");
    }
}
