package conv4j.cli;

import conv4j.applications.Application;
import conv4j.configfile.ConfigFile;
import conv4j.model.Model;
import conv4j.shape.Shape;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A network that is built from layers: one that is known by name, or one that a configuration file describes.
 *
 * @param preset null when the file has layers
 * @param file null when there is none
 */
record NetworkSource(Application preset, ConfigFile file) {

    /** The end of the names of configuration files, where other files may be meant. */
    static final String SUFFIX = ".conv";

    /** What {@code conv4j train} trains without a network. */
    static final NetworkSource USUAL = new NetworkSource(Application.FIRST_CNN, null);

    /**
     * Finds a network.
     *
     * @param text a preset's name or a file
     * @throws IllegalArgumentException when it is neither, or the file is wrong
     */
    static NetworkSource of(String text) {
        if (Application.named(text).isPresent()) {
            return new NetworkSource(Application.named(text).get(), null);
        }
        Path path = Path.of(text);
        if (!Files.exists(path) && !text.endsWith(SUFFIX)) {
            throw new IllegalArgumentException("'" + text + "' is neither a network that is known by name ("
                    + String.join(", ", Application.names()) + ") nor a configuration file");
        }
        ConfigFile file = ConfigFile.read(path);
        return new NetworkSource(file.network().preset(), file);
    }

    /** The shape of the images that the file asks for, or null. */
    Shape input() {
        return file == null ? null : file.network().input();
    }

    /** The number of classes that the file asks for, or null. */
    Integer classes() {
        return file == null ? null : file.network().classes();
    }

    /** Builds the network; the file's augmentation is in it. */
    Model build(Shape images, int classes) {
        Model model =
                file == null ? preset.build(images, classes) : file.network().build(images, classes);
        if (file != null) {
            model.augmentation(file.augmentation().toArray(conv4j.augmentation.Augmentation[]::new));
        }
        return model;
    }
}
