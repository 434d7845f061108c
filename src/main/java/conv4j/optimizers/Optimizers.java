package conv4j.optimizers;

import conv4j.config.Config;
import conv4j.schedules.Schedules;
import java.util.Locale;
import java.util.Map;

/** Finds an {@link Optimizer} by its name or configuration. */
public final class Optimizers {

    private Optimizers() {}

    /**
     * The optimizer that Keras calls by this name, with its default settings.
     *
     * @param name {@code sgd}, {@code rmsprop}, {@code adam}, {@code adamw}, {@code adamax} or {@code nadam}, in any case
     * @return a new optimizer
     * @throws IllegalArgumentException when there is none of that name
     */
    public static Optimizer named(String name) {
        return fromConfig(name, Map.of());
    }

    /**
     * Makes the optimizer that {@link Optimizer#config} describes.
     *
     * @param className Keras' class name, in any case
     * @param config the settings under Keras' names
     * @return a new optimizer
     * @throws IllegalArgumentException when there is none of that name or a setting is wrong
     */
    public static Optimizer fromConfig(String className, Map<String, Object> config) {
        Config settings = new Config(className, config);
        Optimizer optimizer;
        if (className.equalsIgnoreCase("LossScaleOptimizer")) {
            optimizer = scaled(settings);
        } else {
            optimizer = make(className, settings);
            common(optimizer, settings);
        }
        settings.done();
        return optimizer;
    }

    private static Optimizer scaled(Config config) {
        Config.Part inner = config.part("inner_optimizer");
        if (inner == null) {
            throw new IllegalArgumentException("LossScaleOptimizer needs the argument inner_optimizer");
        }
        return new LossScaleOptimizer(fromConfig(inner.className(), inner.config()))
                .initialScale(config.number("initial_scale", 1 << 15))
                .dynamicGrowthSteps(config.integer("dynamic_growth_steps", 2000));
    }

    private static Optimizer make(String className, Config config) {
        return switch (className.toLowerCase(Locale.ROOT)) {
            case "sgd" -> new SGD().momentum(config.number("momentum", 0)).nesterov(config.flag("nesterov", false));
            case "rmsprop" -> new RMSprop()
                    .rho(config.number("rho", 0.9))
                    .momentum(config.number("momentum", 0))
                    .epsilon(config.number("epsilon", 1e-7))
                    .centered(config.flag("centered", false))
                    .epsilonOutside(config.flag("epsilon_outside", false));
            case "adam" -> amsgrad(new Adam(), config);
            case "adamw" -> amsgrad(new AdamW(), config);
            case "adamax" -> adam(new Adamax(), config);
            case "nadam" -> adam(new Nadam(), config);
            default -> throw new IllegalArgumentException(
                    "there is no optimizer '" + className + "'; there are SGD, RMSprop, Adam, AdamW, Adamax and Nadam");
        };
    }

    private static <O extends AdamFamily<O>> O adam(O optimizer, Config config) {
        return optimizer
                .beta1(config.number("beta_1", 0.9))
                .beta2(config.number("beta_2", 0.999))
                .epsilon(config.number("epsilon", 1e-7));
    }

    private static <O extends AmsgradFamily<O>> O amsgrad(O optimizer, Config config) {
        return adam(optimizer, config).amsgrad(config.flag("amsgrad", false));
    }

    private static void common(Optimizer optimizer, Config config) {
        if (config.value("learning_rate") instanceof Number rate) {
            optimizer.learningRate(rate.doubleValue());
        } else if (config.has("learning_rate")) {
            Config.Part schedule = config.part("learning_rate");
            optimizer.learningRate(Schedules.fromConfig(schedule.className(), schedule.config()));
        }
        if (config.has("weight_decay")) {
            optimizer.weightDecay(config.number("weight_decay"));
        } else if (config.given("weight_decay")) {
            optimizer.weightDecay(0);
        }
        if (config.has("clipnorm")) {
            optimizer.clipNorm(config.number("clipnorm"));
        }
        if (config.has("global_clipnorm")) {
            optimizer.globalClipNorm(config.number("global_clipnorm"));
        }
        if (config.has("clipvalue")) {
            optimizer.clipValue(config.number("clipvalue"));
        }
    }
}
