package conv4j.vectors;

import conv4j.backend.Backend;
import conv4j.data.ArraySet;
import conv4j.keras.KerasFile;
import conv4j.model.FitOptions;
import conv4j.model.Model;
import conv4j.shape.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder of models that Keras saved during a training: {@code NAME.keras} or {@code NAME.h5} with inputs {@code
 * NAME.x.npy} and the prediction {@code NAME.y.npy}; some also with {@code NAME.labels.npy} and {@code NAME.losses.npy}, the
 * losses of further training steps on all inputs.
 */
public final class KerasCases {

    /** The largest difference of a prediction from Keras' own, for numbers above 1 as a share of them. */
    public static final double PREDICTION_TOLERANCE = 1e-5;

    /** The largest difference of a loss from Keras' own, as a share of it. */
    public static final double LOSS_TOLERANCE = 1e-4;

    private KerasCases() {}

    /**
     * How close a model came.
     *
     * @param prediction the largest error of a prediction, against {@link #PREDICTION_TOLERANCE}
     * @param loss the largest error of a loss, against {@link #LOSS_TOLERANCE}; NaN where no losses are recorded
     */
    public record Result(double prediction, double loss) {}

    /**
     * The models of a folder and of those below it.
     *
     * @param folder where to look
     * @return the files that have inputs beside them, sorted
     * @throws NotDirectoryException when it is no folder
     * @throws IOException when it cannot be read
     */
    public static List<Path> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new NotDirectoryException(folder.toString());
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(path -> path.toString().matches(".*\\.(keras|h5|hdf5)"))
                    .filter(path -> Files.exists(beside(path, ".x.npy")))
                    .sorted()
                    .toList();
        }
    }

    /** The file of the same name with another ending. */
    private static Path beside(Path model, String ending) {
        return model.resolveSibling(model.getFileName().toString().replaceFirst("\\.[^.]*$", "") + ending);
    }

    /**
     * Loads a model, predicts, and trains on where losses are recorded.
     *
     * @param file the model
     * @param backend the device
     * @return how close it came
     * @throws AssertionError when it is farther from Keras than the tolerances
     * @throws conv4j.files.FileFormatException when a file is damaged, or has what conv4j has not
     * @throws IOException when a file cannot be read
     */
    public static Result check(Path file, Backend backend) throws IOException {
        try (Model model = KerasFile.load(file)) {
            model.on(backend);
            NpyFile inputs = NpyFile.read(beside(file, ".x.npy"));
            double prediction = prediction(model, inputs, NpyFile.read(beside(file, ".y.npy")));
            Path losses = beside(file, ".losses.npy");
            return new Result(
                    prediction,
                    Files.exists(losses)
                            ? losses(model, inputs, NpyFile.read(beside(file, ".labels.npy")), NpyFile.read(losses))
                            : Double.NaN);
        }
    }

    private static Shape item(NpyFile array) {
        return Shape.of(Arrays.copyOfRange(array.shape(), 1, array.shape().length));
    }

    private static double prediction(Model model, NpyFile inputs, NpyFile want) {
        int items = inputs.shape()[0];
        ArraySet data = new ArraySet(item(inputs), inputs.values(), Shape.SCALAR, new float[items]);
        float[][] got = model.predict(data, items);
        int size = model.outputShape().size();
        expect(
                want.values().length == (long) items * size,
                "Keras predicts an array of " + Arrays.toString(want.shape()) + ", but this model "
                        + model.outputShape() + " per item");
        double worst = 0;
        for (int i = 0; i < want.values().length; i++) {
            double expected = want.values()[i];
            double error = Math.abs(got[i / size][i % size] - expected) / Math.max(1, Math.abs(expected));
            expect(
                    error <= PREDICTION_TOLERANCE,
                    "prediction " + i % size + " of item " + i / size + " is " + got[i / size][i % size]
                            + ", but Keras' " + want.values()[i]);
            worst = Math.max(worst, error);
        }
        return worst;
    }

    private static double losses(Model model, NpyFile inputs, NpyFile labels, NpyFile want) {
        expect(model.isCompiled(), "losses are recorded, but the model could not be compiled; see the warnings");
        int items = inputs.shape()[0];
        ArraySet data = new ArraySet(item(inputs), inputs.values(), item(labels), labels.values());
        FitOptions options =
                new FitOptions().epochs(want.values().length).batchSize(items).shuffle(false);
        List<Double> got = model.fit(data, options).series("loss");
        double worst = 0;
        for (int i = 0; i < want.values().length; i++) {
            double error = Math.abs(got.get(i) - want.values()[i]) / Math.abs(want.values()[i]);
            expect(
                    error <= LOSS_TOLERANCE,
                    "the loss of step " + (i + 1) + " after loading is " + got.get(i) + ", but Keras' "
                            + want.values()[i]);
            worst = Math.max(worst, error);
        }
        return worst;
    }

    private static void expect(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }
}
