package conv4j.keras;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import conv4j.augmentation.Augmentation;
import conv4j.files.FileFormatException;
import conv4j.model.Model;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Models in Keras' files. {@link #load} reads {@code .keras} archives of Keras 3 and {@code .h5} files of Keras 2 and 3,
 * with weights, compile settings and what the optimizer remembers; {@link #save} writes {@code .keras} archives that Keras
 * 3 loads. Needs the library io.jhdf:jhdf on the class path.
 *
 * <pre>{@code
 * try (Model model = KerasFile.load(Path.of("cnn.keras"))) {
 *     model.fit(data, new FitOptions().epochs(3));
 *     KerasFile.save(model, Path.of("cnn.keras"));
 * }
 * }</pre>
 */
public final class KerasFile {

    private static final Logger LOG = LoggerFactory.getLogger(KerasFile.class);
    private static final int[] HDF5 = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1A, '\n'};
    private static final int[] ZIP = {'P', 'K', 3, 4};

    private KerasFile() {}

    /**
     * Whether a file begins as Keras' files do.
     *
     * @param file any file
     * @return true for a zip archive and for HDF5; false when it cannot be read
     */
    public static boolean isKeras(Path file) {
        try {
            return begins(file, HDF5) || begins(file, ZIP);
        } catch (IOException unreadable) {
            return false;
        }
    }

    private static boolean begins(Path file, int[] magic) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] first = in.readNBytes(magic.length);
            for (int i = 0; i < magic.length; i++) {
                if (i >= first.length || (first[i] & 0xFF) != magic[i]) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * Reads a model. Models nested in it become part of it; a Rescaling directly behind the input becomes the model's
     * normalization, and operations such as {@code x * 2} become layers. What a file has and conv4j has not, without changing
     * predictions, is left out with a warning in the log.
     *
     * @param file a {@code .keras} or {@code .h5} file; its content decides, not its name
     * @return the model, compiled if the file says how and conv4j has it all
     * @throws FileFormatException when it is no such file, damaged, or has layers that conv4j has not, which are named
     * @throws UncheckedIOException when it cannot be read, or the library for HDF5 is not there
     */
    public static Model load(Path file) {
        Library.check(file);
        try {
            boolean hdf5 = begins(file, HDF5);
            LayerReader notes = new LayerReader();
            Model model = hdf5 ? loadLegacy(file, notes) : loadArchive(file, notes);
            model.lastSaved(file);
            notes.warnings().forEach(warning -> LOG.warn("{}: {}", file, warning));
            return model;
        } catch (NoSuchFileException missing) {
            throw new UncheckedIOException("there is no file " + file + "; check the name", missing);
        } catch (IOException failed) {
            throw new UncheckedIOException(file + " cannot be read: " + failed.getMessage(), failed);
        } catch (IllegalArgumentException
                | IllegalStateException
                | JsonParseException
                | NullPointerException
                | ClassCastException
                | ArithmeticException
                | IndexOutOfBoundsException
                | UnsupportedOperationException e) {
            throw new FileFormatException(file + " holds no model that conv4j can build: " + e.getMessage(), e);
        }
    }

    private static Model loadArchive(Path file, LayerReader notes) {
        KerasArchive archive = KerasArchive.read(file);
        JsonObject config = Json.parse(archive.config());
        Container root = new ContainerReader(notes).read(config);
        notes.check();
        Model model = new Linker(notes).link(root);
        try (H5File weights = new H5File(archive.weights(), file + ": model.weights.h5")) {
            WeightReader reader = new WeightReader(weights, file.toString(), model);
            reader.readArchive(root);
            OwnMetadata own = OwnMetadata.read(archive.metadata());
            own.into(model);
            if (config.get("compile_config") instanceof JsonObject settings) {
                new CompileReader(notes).compile(model, settings, "optimizer");
                if (model.isCompiled()) {
                    new OptimizerReader(weights, model, reader.order(root), reader::shape, notes)
                            .readArchive(own.epochs());
                }
            }
        }
        return model;
    }

    private static Model loadLegacy(Path file, LayerReader notes) throws IOException {
        if (Files.size(file) > Integer.MAX_VALUE - 8) {
            throw new FileFormatException(file + " has more than 2 GiB; save the model as .keras");
        }
        try (H5File hdf5 = new H5File(Files.readAllBytes(file), file.toString())) {
            String text = hdf5.text("", "model_config");
            if (text == null) {
                throw new FileFormatException(file + " has no model_config, so it holds weights alone;"
                        + " save the whole model in Keras with model.save(\"model.keras\")");
            }
            String version = hdf5.text("", "keras_version");
            if (version != null && !version.startsWith("3")) {
                notes.beforeKeras3();
            }
            Container root = new ContainerReader(notes).read(Json.parse(text));
            notes.check();
            Model model = new Linker(notes).link(root);
            WeightReader reader = new WeightReader(hdf5, file.toString(), model);
            reader.readLegacy(root);
            String training = hdf5.text("", "training_config");
            if (training != null) {
                new CompileReader(notes).compile(model, Json.parse(training), "optimizer_config");
                if (model.isCompiled()) {
                    new OptimizerReader(hdf5, model, reader.order(root), reader::shape, notes).readLegacy();
                }
            }
            return model;
        }
    }

    /**
     * Writes a model as a {@code .keras} archive that Keras 3 loads: layers, weights, compile settings, what the optimizer
     * remembers. The normalization is written as a Rescaling layer; layers that Keras has no word for as operations, or as small
     * models of their names, which {@link #load} finds again. Augmentation is written where {@link #load} finds it and Keras
     * does not look, with a warning; the place in an epoch and what callbacks remember are not written.
     *
     * @param model the model, also while it is being trained
     * @param file the file, replaced as a whole if it is there
     * @throws IllegalArgumentException when Keras has no counterpart of a layer's settings, naming it
     * @throws UncheckedIOException when it cannot be written, or the library for HDF5 is not there
     */
    public static void save(Model model, Path file) {
        Library.check(file);
        List<String> warnings = new ArrayList<>();
        WrittenGraph graph = WrittenGraph.of(model);
        JsonObject config = graph.config();
        H5Writer weights = new H5Writer();
        WeightWriter arrays = new WeightWriter(model, graph, weights);
        arrays.write();
        if (model.isCompiled()) {
            JsonElement settings = CompileWriter.write(model, warnings);
            config.add("compile_config", settings);
            if (settings != null) {
                arrays.writeOptimizer();
            }
        }
        try {
            new KerasArchive(OwnMetadata.of(model).toJson(), Json.GSON.toJson(config), weights.toBytes()).write(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(file + " could not be saved: " + failed.getMessage(), failed);
        }
        boolean again = model.lastSaved(file);
        if (!again && !model.augmentation().isEmpty()) {
            warnings.add("when Keras trains this model, it does so without its augmentation, "
                    + model.augmentation().stream().map(Augmentation::className).collect(Collectors.joining(", "))
                    + "; conv4j goes on with it");
        }
        warnings.forEach(warning -> LOG.warn("{}: {}", file, warning));
    }
}
