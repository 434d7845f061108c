package conv4j.graph;

import java.util.Objects;

/**
 * How far predictions are from targets. Rows are the last axis of the prediction; the loss of an item is the mean over
 * its rows, the loss of a batch the mean over its items (Keras' {@code sum_over_batch_size}).
 *
 * @param kind the formula
 * @param fromLogits whether predictions are logits rather than probabilities; cross-entropies only
 * @param labelSmoothing share {@code s} of the target that is spread evenly: {@code t * (1 - s) + s / classes}, for
 *     binary cross-entropy {@code t * (1 - s) + s / 2}; Szegedy et al. 2016, section 7
 * @param delta where {@link Kind#HUBER} turns linear; else unused
 */
public record LossFunction(Kind kind, boolean fromLogits, float labelSmoothing, float delta) {

    /** Probabilities are clipped to {@code [EPSILON, 1 - EPSILON]} before the logarithm, as in Keras. */
    public static final float EPSILON = 1e-7f;

    /** The formulas, for one row with prediction p and target t. */
    public enum Kind {
        /**
         * {@code -sum t * log(p)} with one target number per class. From logits p is their softmax; otherwise p is first
         * divided by its sum and clipped.
         */
        CATEGORICAL_CROSSENTROPY,
        /** The same with the class index as the target; an index out of range gives NaN. */
        SPARSE_CATEGORICAL_CROSSENTROPY,
        /** {@code mean of -t * log(p) - (1 - t) * log(1 - p)}. From logits p is their sigmoid; otherwise clipped. */
        BINARY_CROSSENTROPY,
        /** {@code mean of (p - t)^2}. */
        MEAN_SQUARED_ERROR,
        /** {@code mean of |p - t|}; the derivative at 0 is 0. */
        MEAN_ABSOLUTE_ERROR,
        /** {@code mean of e^2 / 2 where |e| <= delta, else delta * |e| - delta^2 / 2}, with e = p - t. Huber 1964. */
        HUBER
    }

    public LossFunction {
        Objects.requireNonNull(kind, "kind");
        if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
            throw new IllegalArgumentException("label smoothing must be in [0, 1), but is " + labelSmoothing);
        }
        if (!(delta > 0)) {
            throw new IllegalArgumentException("Huber's delta must be above 0, but is " + delta);
        }
    }

    /**
     * A loss function without label smoothing, on probabilities, with delta 1.
     *
     * @param kind the formula
     * @return the function
     */
    public static LossFunction of(Kind kind) {
        return new LossFunction(kind, false, 0, 1);
    }

    /**
     * The same function on logits.
     *
     * @return the function
     */
    public LossFunction onLogits() {
        return new LossFunction(kind, true, labelSmoothing, delta);
    }

    /**
     * Whether targets are class indices, one per row, rather than one number per prediction.
     *
     * @return true for sparse categorical cross-entropy
     */
    public boolean sparse() {
        return kind == Kind.SPARSE_CATEGORICAL_CROSSENTROPY;
    }
}
