package conv4j.configfile;

import conv4j.augmentation.Augmentation;
import conv4j.augmentation.Augmentations;
import conv4j.files.FileFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A network and how it is trained, as a text file: sections in brackets, and in them one setting, layer or augmentation
 * per line. What stands behind {@code #} is a comment.
 *
 * <pre>{@code
 * [network]
 * conv2d 16 3 padding=same activation=relu
 * max_pooling2d 2
 * flatten
 * dense classes activation=softmax
 *
 * [training]
 * epochs = 5
 * }</pre>
 */
public final class ConfigFile {

    private static final List<String> SECTIONS = List.of("network", "training", "data", "augmentation");

    private final String name;
    private final Map<String, List<ConfigLine>> sections = new LinkedHashMap<>();

    private ConfigFile(String name, String text) {
        this.name = name;
        String section = null;
        int number = 0;
        for (String written : text.lines().toList()) {
            ConfigLine line =
                    new ConfigLine(name, ++number, withoutComment(written).strip());
            if (line.text().startsWith("[")) {
                section = section(line);
            } else if (!line.text().isEmpty() && section == null) {
                throw line.error("a section is needed first, as in [network]; this file begins with '"
                        + shortened(line.text()) + "'");
            } else if (!line.text().isEmpty()) {
                sections.get(section).add(line);
            }
        }
    }

    /**
     * A value of a section.
     *
     * @param value what stands behind {@code =}
     * @param line where
     */
    public record Setting(String value, ConfigLine line) {}

    /**
     * Reads a file.
     *
     * @param file UTF-8
     * @return what it says; sections are checked when they are asked for
     * @throws ConfigFileException when a line is in no section or there is no such section
     * @throws FileFormatException when it is no text
     * @throws UncheckedIOException when it cannot be read
     */
    public static ConfigFile read(Path file) {
        try {
            return of(file.toString(), Files.readString(file));
        } catch (CharacterCodingException e) {
            throw new FileFormatException(
                    file + " is not a text file in UTF-8; give a configuration file (a saved model is no such file)",
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    Files.exists(file)
                            ? file + " cannot be read; check its permissions"
                            : "there is no file " + file + "; check the name",
                    e);
        }
    }

    /**
     * Reads a text.
     *
     * @param name what messages call it
     * @param text the lines
     * @return what it says
     * @throws ConfigFileException when a line is in no section or there is no such section
     */
    public static ConfigFile of(String name, String text) {
        return new ConfigFile(name, text);
    }

    private static String withoutComment(String line) {
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            quoted ^= line.charAt(i) == '"';
            if (line.charAt(i) == '#' && !quoted && (i == 0 || Character.isWhitespace(line.charAt(i - 1)))) {
                return line.substring(0, i);
            }
        }
        return line;
    }

    private static String shortened(String text) {
        return text.length() > 20 ? text.substring(0, 20) + "..." : text;
    }

    private String section(ConfigLine line) {
        if (!line.text().endsWith("]")) {
            throw line.error("a section's name stands in brackets, as in [network], but this is " + line.text());
        }
        String section = line.text().substring(1, line.text().length() - 1).strip();
        if (!SECTIONS.contains(section)) {
            throw line.error("there is no section '" + section + "'" + Names.advice(section, SECTIONS));
        }
        if (sections.put(section, new ArrayList<>()) != null) {
            throw line.error("the section [" + section + "] is there twice; join them");
        }
        return section;
    }

    /** {@return the file's name, as messages have it} */
    public String name() {
        return name;
    }

    /**
     * The network.
     *
     * @return its layers, yet to be built
     * @throws ConfigFileException when there is none, or a line of it is wrong
     */
    public NetworkDescription network() {
        List<ConfigLine> lines = sections.getOrDefault("network", List.of());
        if (lines.isEmpty()) {
            throw new ConfigFileException(
                    name + ": there is no network; write [network] and below it one layer per line", null);
        }
        return new NetworkDescription(lines);
    }

    /**
     * The augmentations of training images, in the order in which they are applied.
     *
     * @return new ones, none when there is no such section
     * @throws ConfigFileException when a line is wrong
     */
    public List<Augmentation> augmentation() {
        List<Augmentation> all = new ArrayList<>();
        for (ConfigLine line : sections.getOrDefault("augmentation", List.of())) {
            Element element = Element.of(line);
            Kind kind = AugmentationKinds.ALL.find(element.name(), line);
            Map<String, Object> arguments = kind.arguments(line, element, Set.of());
            try {
                all.add(Augmentations.fromConfig(kind.className(), arguments));
            } catch (IllegalArgumentException e) {
                throw line.error(e.getMessage(), e);
            }
        }
        return all;
    }

    /**
     * The settings of a section, {@code name = value} each.
     *
     * @param section for example {@code training}
     * @param known the names that it may have
     * @return by name, in the order of the file; empty when there is no such section
     * @throws ConfigFileException when a line is no setting, or its name is not known or there twice
     */
    public Map<String, Setting> settings(String section, Collection<String> known) {
        Map<String, Setting> settings = new LinkedHashMap<>();
        for (ConfigLine line : sections.getOrDefault(section, List.of())) {
            int equals = line.text().indexOf('=');
            if (equals < 0) {
                throw line.error("[" + section + "] has settings, name = value, but this is '" + line.text() + "'");
            }
            add(settings, line, equals, known);
        }
        return settings;
    }

    static void add(Map<String, Setting> settings, ConfigLine line, int equals, Collection<String> known) {
        String key = line.text().substring(0, equals).strip();
        if (!known.contains(key)) {
            throw line.error("there is no setting '" + key + "' here" + Names.advice(key, known));
        }
        String value = line.text().substring(equals + 1).strip();
        if (value.isEmpty()) {
            throw line.error(key + " has no value; give one or leave the line out");
        }
        if (settings.put(key, new Setting(value, line)) != null) {
            throw line.error(key + " is set twice; leave one out");
        }
    }
}
