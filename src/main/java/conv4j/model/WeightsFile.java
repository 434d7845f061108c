package conv4j.model;

import com.google.gson.JsonObject;
import conv4j.files.Checkpoint;
import conv4j.files.FileFormatException;
import conv4j.shape.Shape;
import java.nio.file.Path;

/** Parameters and states of a model in a file without its architecture. */
final class WeightsFile {

    /** Stands in the document of such a file, with the model's name. */
    static final String WEIGHTS_OF = "weights_of";

    private WeightsFile() {}

    static void write(Model model, Path file) {
        JsonObject document = new JsonObject();
        document.addProperty(WEIGHTS_OF, model.name());
        Checkpoint checkpoint = new Checkpoint(document);
        for (String name : model.weightNames()) {
            checkpoint.put(name, model.weightShape(name), model.weights(name));
        }
        checkpoint.write(file);
    }

    /** Changes nothing unless everything fits. */
    static void read(Model model, Path file) {
        Checkpoint checkpoint = Checkpoint.read(file);
        for (String name : model.weightNames()) {
            Shape needed = model.weightShape(name);
            if (!checkpoint.shape(name).equals(needed)) {
                throw new FileFormatException("the weights " + name + " of " + file + " have the shape "
                        + checkpoint.shape(name) + ", but model " + model.name() + " needs " + needed
                        + "; load them into the model that they were saved from");
            }
        }
        for (String name : model.weightNames()) {
            model.weights(name, checkpoint.floats(name));
        }
    }
}
