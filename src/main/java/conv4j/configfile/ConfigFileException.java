package conv4j.configfile;

/** A configuration file says something that cannot be done; the message begins with the file and the line. */
public final class ConfigFileException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    ConfigFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
