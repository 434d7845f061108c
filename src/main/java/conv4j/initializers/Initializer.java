package conv4j.initializers;

import conv4j.shape.Shape;
import java.util.Map;

/** Chooses the values that a parameter has before training. */
public interface Initializer {

    /**
     * Fills an array. The values depend on the arguments only: the same seed and stream give the same values.
     *
     * @param values the parameter's elements in row-major order, {@code shape.size()} of them, overwritten
     * @param shape the parameter's shape, from which the numbers of inputs and outputs are taken
     * @param seed the model's seed; an initializer that was given a seed of its own uses that instead
     * @param stream tells the model's parameters apart, 0 or more
     */
    void fill(float[] values, Shape shape, long seed, int stream);

    /**
     * The class name in configurations, Keras' own.
     *
     * @return for example {@code GlorotUniform}
     */
    default String className() {
        return getClass().getSimpleName();
    }

    /**
     * The arguments, under Keras' names.
     *
     * @return what {@link Initializers#fromConfig} makes the same initializer of
     */
    Map<String, Object> config();
}
