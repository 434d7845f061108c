package conv4j.configfile;

/**
 * A line of a configuration file, without its comment.
 *
 * @param file the file's name, for messages
 * @param number counted from 1
 * @param text not empty, without blanks at its ends
 */
public record ConfigLine(String file, int number, String text) {

    /**
     * Something wrong with this line.
     *
     * @param message what was given, what is needed
     * @return an exception whose message begins with file and line
     */
    public ConfigFileException error(String message) {
        return error(message, null);
    }

    ConfigFileException error(String message, Throwable cause) {
        return new ConfigFileException(file + ":" + number + ": " + message, cause);
    }
}
