package conv4j.regularizers;

import java.util.Map;

/**
 * A penalty on the weights w of one parameter, added to the loss: {@code l1 * sum |w| + l2 * sum w^2}. It counts while the
 * parameter is trainable, in training and in evaluation, as in Keras.
 */
public interface Regularizer {

    /**
     * The factor of the sum of absolute values.
     *
     * @return 0 or more
     */
    double l1();

    /**
     * The factor of the sum of squares.
     *
     * @return 0 or more
     */
    double l2();

    /**
     * The class name in configurations, Keras' own.
     *
     * @return for example {@code L2}
     */
    default String className() {
        return getClass().getSimpleName();
    }

    /**
     * The arguments, under Keras' names.
     *
     * @return what {@link Regularizers#fromConfig} makes the same regularizer of
     */
    Map<String, Object> config();
}
