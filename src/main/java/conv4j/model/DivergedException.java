package conv4j.model;

/** Training diverged: the loss is NaN or infinite. The weights are of no use any more. */
public final class DivergedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final long step;

    /**
     * A divergence.
     *
     * @param message at which step it happened and what to do
     * @param step the first step whose loss was not finite, from 0
     */
    public DivergedException(String message, long step) {
        super(message);
        this.step = step;
    }

    /**
     * When it happened.
     *
     * @return the first step whose loss was not finite, from 0
     */
    public long step() {
        return step;
    }
}
