package conv4j.cli;

import java.util.regex.Pattern;

/** Words of commands that are proposed to the user. */
final class ShellWord {

    private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./{}-]+", Pattern.UNICODE_CHARACTER_CLASS);

    private ShellWord() {}

    /** A file or a text as one word of a POSIX shell: as it is, or in quotes where a shell would take it apart. */
    static String of(Object value) {
        String text = value.toString();
        return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
