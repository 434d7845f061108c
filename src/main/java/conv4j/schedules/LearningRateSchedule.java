package conv4j.schedules;

import java.util.Map;

/** A learning rate that is a function of the optimizer's step. */
public interface LearningRateSchedule {

    /**
     * The learning rate of one step.
     *
     * @param step the optimizer steps done before this one, 0 or more
     * @return the learning rate
     */
    double at(long step);

    /**
     * The class name in configurations, Keras' own where Keras has the schedule.
     *
     * @return for example {@code ExponentialDecay}
     */
    default String className() {
        return getClass().getSimpleName();
    }

    /**
     * The arguments, under Keras' names.
     *
     * @return what {@link Schedules#fromConfig} makes the same schedule of
     */
    Map<String, Object> config();
}
