package conv4j.configfile;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A layer of a network section.
 *
 * @param line where it stands
 * @param kind what it is
 * @param name its name, null where none was given
 * @param inputs the names of its inputs, empty for the layer of the line before
 * @param arguments its options under Keras' names
 */
record LayerLine(ConfigLine line, Kind kind, String name, List<String> inputs, Map<String, Object> arguments) {

    private static final Set<String> FURTHER = new java.util.LinkedHashSet<>(List.of("name", "from", "trainable"));

    /** Reads a line. */
    static LayerLine of(ConfigLine line) {
        Element element = Element.of(line);
        Kind kind = LayerKinds.ALL.find(element.name(), line);
        List<String> inputs = List.of();
        if (LayerKinds.joins(kind)) {
            inputs = element.values().stream().map(String::valueOf).toList();
            if (inputs.size() < 2) {
                throw line.error(kind.title() + " joins two layers or more: write their names, as in " + kind.title()
                        + " block1 shortcut");
            }
            element = new Element(element.name(), List.of(), element.options());
        } else if (element.text("from") != null) {
            inputs = List.of(element.text("from"));
        }
        Map<String, Object> arguments = kind.arguments(line, element, FURTHER);
        arguments.remove("from");
        Object name = arguments.remove("name");
        return new LayerLine(line, kind, name == null ? null : name.toString(), inputs, arguments);
    }

    /** The options with the number of classes in the place of its name. */
    Map<String, Object> arguments(int classes) {
        Map<String, Object> all = new java.util.LinkedHashMap<>(arguments);
        for (String size : List.of("units", "filters")) {
            all.computeIfPresent(size, (key, value) -> value.equals(NetworkDescription.CLASSES) ? classes : value);
        }
        return all;
    }
}
