package conv4j.configfile;

import java.util.List;
import java.util.Optional;

/**
 * The names that lines of a section may begin with.
 *
 * @param what what they are, for messages
 * @param all every kind
 */
record Kinds(String what, List<Kind> all) {

    /** The kind of a name, in any case and with or without underscores, so that titles and class names both do. */
    Optional<Kind> find(String name) {
        String plain = Names.plain(name);
        return all.stream()
                .filter(kind -> Names.plain(kind.title()).equals(plain))
                .findFirst();
    }

    /** The same, and an error with the nearest name where there is none. */
    Kind find(String name, ConfigLine line) {
        return find(name)
                .orElseThrow(
                        () -> line.error("there is no " + what + " '" + name + "'" + Names.advice(name, titles())));
    }

    /** All names as files have them. */
    List<String> titles() {
        return all.stream().map(Kind::title).toList();
    }
}
