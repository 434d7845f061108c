package conv4j.files;

/**
 * A file is not what it should be: damaged, of another format or from a newer version. The message is meant for the user,
 * who needs no stack trace (the command line ends with exit code 3).
 */
public final class FileFormatException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * A problem found in a file.
     *
     * @param message which file, what it holds, what is needed and what to do
     */
    public FileFormatException(String message) {
        super(message);
    }

    /**
     * A problem that a parser found.
     *
     * @param message which file, what it holds, what is needed and what to do
     * @param cause the parser's report
     */
    public FileFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
