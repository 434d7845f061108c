package conv4j.graph;

import java.util.List;

/**
 * A score of every item, between 0 and 1: the share of its rows that are right.
 *
 * @param prediction any shape, batched; rows are its last axis
 * @param target the prediction's shape, or without its last axis for class indices; batched
 * @param perItem one number per item
 * @param kind what counts as right
 * @param k how many guesses {@link Kind#TOP_K} and {@link Kind#SPARSE_TOP_K} have; else unused
 */
public record Metric(Value prediction, Value target, Value perItem, Kind kind, int k) implements Operation {

    /** What counts as right. NaN predictions never do. */
    public enum Kind {
        /** The first largest prediction of a row is at the first largest target. */
        CATEGORICAL_ACCURACY,
        /** The first largest prediction of a row is at the class index. */
        SPARSE_CATEGORICAL_ACCURACY,
        /** A prediction is above 1/2 exactly where the target is; the mean over the row. */
        BINARY_ACCURACY,
        /** Fewer than k predictions of a row are above that at the first largest target. */
        TOP_K,
        /** Fewer than k predictions of a row are above that at the class index. */
        SPARSE_TOP_K
    }

    public Metric {
        Loss.checkTarget(prediction, target, sparse(kind));
        Check.columns("metric", perItem, 1);
    }

    private static boolean sparse(Kind kind) {
        return kind == Kind.SPARSE_CATEGORICAL_ACCURACY || kind == Kind.SPARSE_TOP_K;
    }

    /**
     * Whether targets are class indices.
     *
     * @return true for the sparse kinds
     */
    public boolean sparse() {
        return sparse(kind);
    }

    @Override
    public List<Value> inputs() {
        return List.of(prediction, target);
    }

    @Override
    public List<Value> outputs() {
        return List.of(perItem);
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.metric(this);
    }
}
