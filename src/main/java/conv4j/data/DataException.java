package conv4j.data;

/**
 * A data set or file cannot be used as it is. The message says what was given, what is needed and what to do; it is
 * meant for the user, who needs no stack trace (the command line ends with exit code 3).
 */
public final class DataException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * A problem found in the data itself.
     *
     * @param message what was given, what is needed, what to do
     */
    public DataException(String message) {
        super(message);
    }

    /**
     * A problem reported by the system while reading or writing.
     *
     * @param message what was given, what is needed, what to do
     * @param cause the system's own report
     */
    public DataException(String message, Throwable cause) {
        super(message, cause);
    }
}
