package conv4j.model;

import com.google.gson.JsonObject;
import conv4j.files.Checkpoint;
import conv4j.files.FileFormatException;
import conv4j.files.Safetensors;
import conv4j.shape.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Parameters and states of a model in a safetensors file without its architecture: one tensor of floats for each under its
 * path. Files of other programs with the same names are read too.
 */
final class WeightsFile {

    /** Stands in the document of such a file, with the model's name. */
    static final String WEIGHTS_OF = "weights_of";

    private static final String LAYOUTS = "Conv2D kernel (height, width, channels, filters);"
            + " DepthwiseConv2D depthwise_kernel (height, width, channels, multiplier);"
            + " Conv2DTranspose kernel (height, width, filters, channels); Dense kernel (inputs, units);"
            + " activations (batch, height, width, channels)";

    private WeightsFile() {}

    static void write(LayerGraph model, Path file) {
        JsonObject document = new JsonObject();
        document.addProperty(WEIGHTS_OF, model.name());
        document.addProperty("layouts", LAYOUTS);
        Checkpoint checkpoint = new Checkpoint(document);
        for (String name : model.weights().names()) {
            checkpoint.put(name, model.weights().shape(name), model.weights().get(name));
        }
        checkpoint.write(file);
    }

    /** Changes nothing unless everything fits. */
    static void read(LayerGraph model, Path file) {
        if (isOurs(file)) {
            Checkpoint checkpoint = Checkpoint.read(file);
            Map<String, long[]> shapes = new TreeMap<>();
            for (String name : checkpoint.names()) {
                shapes.put(name, longs(checkpoint.shape(name)));
            }
            if (!checkpoint.document().has(WEIGHTS_OF)) {
                shapes.keySet().removeIf(name -> name.startsWith("optimizer/") || name.startsWith("training/"));
            }
            read(model, file, shapes, checkpoint::floats);
            return;
        }
        try (Safetensors tensors = Safetensors.open(file)) {
            Map<String, long[]> shapes = new TreeMap<>();
            tensors.names().forEach(name -> shapes.put(name, tensors.entry(name).shape()));
            read(model, file, shapes, tensors::floats);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** Whether conv4j wrote the file, so that it has a document and a sum. */
    private static boolean isOurs(Path file) {
        try (Safetensors tensors = Safetensors.open(file)) {
            return tensors.metadata().containsKey("document");
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static UncheckedIOException unreadable(Path file, IOException e) {
        return new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }

    private static void read(
            LayerGraph model, Path file, Map<String, long[]> shapes, Function<String, float[]> floats) {
        check(model, file, shapes);
        Map<String, float[]> values = new LinkedHashMap<>();
        for (String name : model.weights().names()) {
            values.put(name, floats.apply(name));
        }
        values.forEach(model.weights()::set);
    }

    private static void check(LayerGraph model, Path file, Map<String, long[]> shapes) {
        List<String> wrong = new ArrayList<>();
        Map<String, long[]> unexpected = new TreeMap<>(shapes);
        for (String name : model.weights().names()) {
            Shape needed = model.weights().shape(name);
            long[] found = unexpected.remove(name);
            if (found == null) {
                wrong.add("missing: " + name + " " + needed);
            } else if (!Arrays.equals(found, longs(needed))) {
                wrong.add("wrong shape: " + name + " is " + text(found) + ", but the model's is " + needed);
            }
        }
        unexpected.forEach((name, shape) -> wrong.add("unexpected: " + name + " " + text(shape)));
        if (!wrong.isEmpty()) {
            throw new FileFormatException(file + " does not hold the weights of model " + model.name()
                    + "; use the file of a model with the same layers and names:\n  "
                    + String.join("\n  ", wrong));
        }
    }

    private static long[] longs(Shape shape) {
        return Arrays.stream(shape.toArray()).asLongStream().toArray();
    }

    private static String text(long... shape) {
        return Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", ", "(", ")"));
    }
}
