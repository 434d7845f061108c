package conv4j.configfile;

import conv4j.applications.Application;
import conv4j.configfile.ConfigFile.Setting;
import conv4j.layers.Input;
import conv4j.layers.Layer;
import conv4j.layers.Layers;
import conv4j.layers.Tensor;
import conv4j.model.Model;
import conv4j.model.Sequential;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The network section of a configuration file: settings, and the layers from the first to the last. */
public final class NetworkDescription {

    /** The word in the place of a number of units or filters that means the number of classes. */
    static final String CLASSES = "classes";

    /** The settings that the section may have. */
    static final List<String> SETTINGS = List.of("name", "input", CLASSES, "preset");

    private static final String INPUT = "input";
    private static final String PRESET = "preset";
    private static final String SETTING = "(name|input|classes|preset)\\s*=.*|\\w+\\s+=.*";

    private final Map<String, Setting> settings = new LinkedHashMap<>();
    private final List<LayerLine> layers = new ArrayList<>();
    private final ConfigLine first;

    NetworkDescription(List<ConfigLine> lines) {
        first = lines.get(0);
        for (ConfigLine line : lines) {
            if (line.text().matches(SETTING)) {
                ConfigFile.add(settings, line, line.text().indexOf('='), SETTINGS);
            } else {
                layers.add(LayerLine.of(line));
            }
        }
        if (layers.isEmpty() != settings.containsKey(PRESET)) {
            throw first.error(
                    layers.isEmpty()
                            ? "the network has no layers; write one per line, or preset = NAME"
                            : "a preset has its own layers; leave either preset or the layers out");
        }
        preset();
        classes();
        input();
        checkNames();
    }

    private void checkNames() {
        Set<String> taken = new HashSet<>(Set.of(INPUT));
        for (LayerLine layer : layers) {
            if (layer.name() != null && !taken.add(layer.name())) {
                throw layer.line()
                        .error("the name " + layer.name() + " is taken; names must differ, and input is the input's");
            }
        }
    }

    private String value(String setting) {
        return settings.containsKey(setting) ? settings.get(setting).value() : null;
    }

    /** {@return the network that is meant instead of layers, or null} */
    public Application preset() {
        String name = value(PRESET);
        return name == null ? null : Application.named(name).orElseThrow(() -> noPreset(name));
    }

    private ConfigFileException noPreset(String name) {
        return error(PRESET, "there is no preset '" + name + "'; there are " + String.join(", ", Application.names()));
    }

    /** {@return the line of a setting, or the section's first line} */
    ConfigLine line(String setting) {
        return settings.containsKey(setting) ? settings.get(setting).line() : first;
    }

    /**
     * Something wrong with one of the section's settings.
     *
     * @param setting its name
     * @param message what was given, what is needed
     * @return an exception that names the line
     */
    public ConfigFileException error(String setting, String message) {
        return line(setting).error(message);
    }

    /** {@return the shape of the images, or null where the file leaves that to the data} */
    public Shape input() {
        String text = value(INPUT);
        if (text == null) {
            return null;
        }
        if (!text.matches("[1-9]\\d{0,4}x[1-9]\\d{0,4}x[1-9]\\d{0,3}")) {
            throw error(INPUT, "input is HEIGHTxWIDTHxCHANNELS, 32x32x3 for example, but here it is '" + text + "'");
        }
        String[] parts = text.split("x");
        return Shape.of(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
    }

    /** {@return the number of classes, or null where the file leaves that to the data} */
    public Integer classes() {
        String text = value(CLASSES);
        if (text != null && !text.matches("[1-9]\\d{0,6}")) {
            throw error(CLASSES, "classes is a number, 10 for example, but here it is '" + text + "'");
        }
        return text == null ? null : Integer.valueOf(text);
    }

    /**
     * Builds the network.
     *
     * @param images the shape of the images
     * @param classes how many the data has
     * @return a model that is not compiled
     * @throws ConfigFileException when a layer does not fit the one before it, the images are too small for a preset, or the
     *     file wants other images or classes
     */
    public Model build(Shape images, int classes) {
        check(images, classes);
        return preset() == null ? fromLayers(images, classes) : fromPreset(images, classes);
    }

    private Model fromPreset(Shape images, int classes) {
        try {
            return preset().build(images, classes);
        } catch (IllegalArgumentException e) {
            throw line(PRESET).error(e.getMessage(), e);
        }
    }

    private Model fromLayers(Shape images, int classes) {
        Input input = new Input(images);
        List<Layer> built = layers(classes);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Tensor last = input.tensor();
        tensors.put(INPUT, last);
        Set<String> used = new HashSet<>();
        for (int i = 0; i < built.size(); i++) {
            last = connect(layers.get(i), built.get(i), last, tensors, used);
        }
        checkUse(built, used);
        boolean line = layers.stream().allMatch(layer -> layer.inputs().isEmpty());
        return line
                ? new Sequential(name(), input, built.toArray(Layer[]::new))
                : new Model(name(), tensors.get(INPUT), last);
    }

    private String name() {
        return value("name") == null ? "network" : value("name");
    }

    private void check(Shape images, int classes) {
        if (input() != null && !input().equals(images)) {
            throw error(
                    INPUT,
                    "the network is for images of " + input() + ", but they are " + images
                            + "; change input or leave it out");
        }
        if (classes() != null && classes() != classes) {
            throw error(
                    CLASSES,
                    "the network is for " + classes() + " classes, but the data has " + classes
                            + "; change classes or leave it out");
        }
    }

    private List<Layer> layers(int classes) {
        List<Layer> built = new ArrayList<>();
        for (LayerLine layer : layers) {
            try {
                built.add(Layers.fromConfig(layer.kind().className(), layer.arguments(classes)));
            } catch (IllegalArgumentException e) {
                throw layer.line().error(e.getMessage(), e);
            }
        }
        List<String> names = LayerNames.complete(
                java.util.Arrays.asList(layers.stream().map(LayerLine::name).toArray(String[]::new)),
                built.stream().map(Layers::defaultName).toList());
        for (int i = 0; i < built.size(); i++) {
            built.get(i).name(names.get(i));
        }
        return built;
    }

    private static Tensor connect(
            LayerLine line, Layer layer, Tensor before, Map<String, Tensor> tensors, Set<String> used) {
        List<Tensor> inputs = new ArrayList<>();
        for (String name : line.inputs()) {
            if (!tensors.containsKey(name)) {
                throw line.line()
                        .error("no layer above has the name '" + name + "'"
                                + Names.advice(name, List.copyOf(tensors.keySet())));
            }
            inputs.add(tensors.get(name));
        }
        if (inputs.isEmpty()) {
            inputs.add(before);
        }
        inputs.forEach(input -> used.add(input.layer().name()));
        try {
            Tensor result = layer.apply(inputs.toArray(Tensor[]::new));
            tensors.put(layer.name(), result);
            return result;
        } catch (IllegalArgumentException e) {
            throw line.line().error(e.getMessage(), e);
        }
    }

    private void checkUse(List<Layer> built, Set<String> used) {
        for (int i = 0; i < built.size() - 1; i++) {
            if (!used.contains(built.get(i).name())) {
                throw layers.get(i)
                        .line()
                        .error("nothing uses this layer, " + built.get(i).name()
                                + "; join it with add or concatenate, or leave it out");
            }
        }
    }
}
