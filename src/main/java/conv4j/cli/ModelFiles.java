package conv4j.cli;

import conv4j.files.FileFormatException;
import conv4j.keras.KerasFile;
import conv4j.model.Model;
import conv4j.onnx.OnnxFile;
import java.nio.file.Path;
import java.util.Locale;

/** Opens and saves models in every format there is: the one place that knows them all. */
final class ModelFiles {

    /** What can be said of a model's file in the help of commands. */
    static final String READABLE =
            "A file that 'train --save' has written, a .keras or .h5 file of Keras, or a .onnx file.";

    private ModelFiles() {}

    /**
     * Reads a model; the content decides, not the name, but for ONNX, whose files nothing marks.
     *
     * @throws conv4j.files.FileFormatException when it is no model, damaged, or has layers that there are not
     * @throws java.io.UncheckedIOException when it cannot be read
     */
    static Model open(Path file) {
        if (ending(file).equals("onnx")) {
            return OnnxFile.load(file);
        }
        return KerasFile.isKeras(file) ? KerasFile.load(file) : Model.load(file);
    }

    /**
     * Reads a model that says how it is trained and measured.
     *
     * @throws FileFormatException as {@link #open}, and when the file does not say it or says what there is not
     */
    static Model openCompiled(Path file) {
        Model model = open(file);
        if (!model.isCompiled()) {
            model.close();
            throw new FileFormatException(file
                    + " does not say how to train and measure its model in a way that conv4j has: there are no compile settings,"
                    + " or the warnings name what is missing. It can predict as it is, and 'conv4j report' tells its accuracy. In"
                    + " Keras, compile it with SGD, RMSprop, Adam, AdamW, Adamax or Nadam and save it again; a .onnx file never"
                    + " says it, so load it in Java with OnnxFile.load, call compile, and save it");
        }
        return model;
    }

    /** Whether {@link #save} writes the format that a name's ending asks for. */
    static boolean canSave(Path file) {
        return !ending(file).equals("h5") && !ending(file).equals("hdf5");
    }

    /** Whether a training can go on from the format that a name's ending asks for. */
    static boolean keepsTraining(Path file) {
        return canSave(file) && !ending(file).equals("onnx");
    }

    /**
     * Writes a model in the format that the ending asks for: {@code .keras}, {@code .onnx}, or without any other meaning
     * conv4j's own.
     *
     * @throws IllegalArgumentException when the format cannot hold the model, or is read only
     * @throws java.io.UncheckedIOException when it cannot be written
     */
    static void save(Model model, Path file) {
        if (!canSave(file)) {
            throw new IllegalArgumentException(file
                    + ": .h5 files are read, but not written; give a name that ends in .keras, which Keras 3 reads");
        }
        switch (ending(file)) {
            case "keras" -> KerasFile.save(model, file);
            case "onnx" -> OnnxFile.save(model, file);
            default -> model.save(file);
        }
    }

    private static String ending(Path file) {
        String name =
                file.getFileName() == null ? "" : file.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
