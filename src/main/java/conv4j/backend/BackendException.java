package conv4j.backend;

/** A device does not do what it was asked for: it is not there, a kernel does not build, memory is short. */
public class BackendException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /**
     * A failure.
     *
     * @param message what was asked, what happened and what to do
     */
    public BackendException(String message) {
        super(message);
    }

    /**
     * A failure with its cause.
     *
     * @param message what was asked, what happened and what to do
     * @param cause what was caught
     */
    public BackendException(String message, Throwable cause) {
        super(message, cause);
    }
}
