package conv4j.keras;

import com.google.gson.JsonObject;
import conv4j.data.Normalization;
import conv4j.layers.Layer;
import conv4j.shape.Shape;

/**
 * One entry in the list of layers of a configuration: a layer, a rescaling, a model, or a piece that means something with others
 * only. A rescaling by single numbers has both: what it is behind the input, and what it is elsewhere.
 *
 * @param className Keras' class name, which names the group of its weights
 * @param name its name in the file
 * @param counted whether Keras counts it as a layer; operations without weights, such as a sum written as +, are none
 * @param layer what computes it
 * @param scaling what it does to its input where it is a rescaling
 * @param nested the model where it is one
 * @param piece its object where it is a piece, which {@link DecompositionMatcher} finds the whole of
 * @param stored the shape that its weight has in the file, or null where it is the weight's own
 */
record Part(
        String className,
        String name,
        boolean counted,
        Layer layer,
        Normalization scaling,
        Container nested,
        JsonObject piece,
        Shape stored) {

    static Part of(String className, String name, Layer layer) {
        return new Part(className, name, true, layer, null, null, null, null);
    }

    static Part operation(String className, String name, Layer layer) {
        return new Part(className, name, false, layer, null, null, null, null);
    }

    static Part scaling(String className, String name, Normalization scaling, Layer elsewhere) {
        return new Part(className, name, true, elsewhere, scaling, null, null, null);
    }

    static Part nested(String className, String name, Container model) {
        return new Part(className, name, true, null, null, model, null, null);
    }

    static Part piece(String className, String name, boolean counted, JsonObject object) {
        return new Part(className, name, counted, null, null, null, object, null);
    }

    /** The same entry, computed by another layer, whose weight has this shape in the file. */
    Part with(Layer other, Shape shape) {
        return new Part(className, name, counted, other, null, null, null, shape);
    }
}
