package conv4j.schedules;

import java.util.Map;

/** Finds a {@link LearningRateSchedule} by its name or configuration. */
public final class Schedules {

    private Schedules() {}

    /**
     * Makes what {@link LearningRateSchedule#config} describes.
     *
     * @param className Keras' class name
     * @param config the arguments under Keras' names
     * @return a new instance
     */
    public static LearningRateSchedule fromConfig(String className, Map<String, Object> config) {
        throw new IllegalArgumentException("there is no '" + className + "'");
    }
}
