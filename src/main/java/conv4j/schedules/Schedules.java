package conv4j.schedules;

import conv4j.config.Config;
import java.util.Arrays;
import java.util.Map;

/** Finds a {@link LearningRateSchedule} by its configuration. */
public final class Schedules {

    private Schedules() {}

    /**
     * Makes the schedule that {@link LearningRateSchedule#config} describes.
     *
     * @param className Keras' class name
     * @param config the arguments under Keras' names
     * @return a new schedule
     * @throws IllegalArgumentException when there is none of that name or an argument is wrong
     */
    public static LearningRateSchedule fromConfig(String className, Map<String, Object> config) {
        Config arguments = new Config(className, config);
        LearningRateSchedule schedule = make(className, arguments);
        arguments.done();
        return schedule;
    }

    private static LearningRateSchedule make(String className, Config config) {
        return switch (className) {
            case "ExponentialDecay" -> new ExponentialDecay(
                    config.number("initial_learning_rate"),
                    config.integer("decay_steps"),
                    config.number("decay_rate"),
                    config.flag("staircase", false));
            case "PiecewiseConstantDecay" -> new PiecewiseConstantDecay(
                    Arrays.stream(config.integers("boundaries")).boxed().toList(),
                    Arrays.stream(config.numbers("values")).boxed().toList());
            case "CosineDecay" -> new CosineDecay(
                    config.number("initial_learning_rate"),
                    config.integer("decay_steps"),
                    config.number("alpha", 0),
                    config.has("warmup_target") ? Double.valueOf(config.number("warmup_target")) : null,
                    config.integer("warmup_steps", 0));
            case "PolynomialDecay" -> new PolynomialDecay(
                    config.number("initial_learning_rate"),
                    config.integer("decay_steps"),
                    config.number("end_learning_rate", 0.0001),
                    config.number("power", 1),
                    config.flag("cycle", false));
            case "InverseTimeDecay" -> new InverseTimeDecay(
                    config.number("initial_learning_rate"),
                    config.integer("decay_steps"),
                    config.number("decay_rate"),
                    config.flag("staircase", false));
            case "LinearWarmup" -> new LinearWarmup(
                    config.number("initial_learning_rate"), config.integer("warmup_steps"), next(config));
            default -> throw new IllegalArgumentException("there is no learning rate schedule '" + className
                    + "'; there are ExponentialDecay, PiecewiseConstantDecay, CosineDecay, PolynomialDecay, InverseTimeDecay"
                    + " and LinearWarmup");
        };
    }

    private static LearningRateSchedule next(Config config) {
        Config.Part next = config.part("next");
        if (next == null) {
            throw new IllegalArgumentException("LinearWarmup needs the argument next, the schedule that follows");
        }
        return fromConfig(next.className(), next.config());
    }

    static void checkSteps(int steps) {
        if (steps < 1) {
            throw new IllegalArgumentException("a learning rate schedule needs 1 step or more, but was given " + steps);
        }
    }
}
