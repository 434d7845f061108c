package conv4j.bench;

import java.util.Locale;

/** The kinds of work. */
public enum Group {
    /** Products of matrices. */
    GEMM,
    /** Convolutions, forward and both gradients. */
    CONVOLUTION,
    /** Pooling, forward and gradient. */
    POOLING,
    /** Whatever reads and writes every element once or twice. */
    ELEMENTWISE,
    /** Whole steps of networks, training and inference. */
    TRAINING;

    /**
     * The name that users write.
     *
     * @return in small letters
     */
    public String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Whether work of this kind is bounded by arithmetic, not by memory.
     *
     * @return true where the rate is counted in operations, false where it is counted in bytes
     */
    public boolean countsOperations() {
        return this == GEMM || this == CONVOLUTION || this == TRAINING;
    }
}
