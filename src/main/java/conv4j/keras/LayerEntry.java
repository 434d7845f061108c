package conv4j.keras;

import com.google.gson.JsonObject;
import conv4j.data.Normalization;
import conv4j.layers.Layer;
import conv4j.shape.Shape;

/**
 * One entry in the list of layers of a configuration: a layer, a rescaling, a model, or what means something together with
 * others only. A rescaling by single numbers has both: what it is behind the input, and what it is elsewhere.
 *
 * @param className Keras' class name, which names the group of its weights
 * @param name its name in the file
 * @param counted whether Keras counts it as a layer; operations without weights, such as a sum written as +, are none
 * @param layer what computes it
 * @param scaling what it does to its input where it is a rescaling
 * @param nested the model where it is one
 * @param unmatched its object where it means something with others only, as long as {@link DecompositionMatcher} has not
 *     matched these
 * @param stored the shape that its weight has in the file, or null where it is the weight's own
 */
record LayerEntry(
        String className,
        String name,
        boolean counted,
        Layer layer,
        Normalization scaling,
        Container nested,
        JsonObject unmatched,
        Shape stored) {

    static LayerEntry of(String className, String name, Layer layer) {
        return new LayerEntry(className, name, true, layer, null, null, null, null);
    }

    static LayerEntry operation(String className, String name, Layer layer) {
        return new LayerEntry(className, name, false, layer, null, null, null, null);
    }

    static LayerEntry scaling(String className, String name, Normalization scaling, Layer elsewhere) {
        return new LayerEntry(className, name, true, elsewhere, scaling, null, null, null);
    }

    static LayerEntry nested(String className, String name, Container model) {
        return new LayerEntry(className, name, true, null, null, model, null, null);
    }

    static LayerEntry unmatched(String className, String name, boolean counted, JsonObject object) {
        return new LayerEntry(className, name, counted, null, null, null, object, null);
    }

    /** The same entry, computed by another layer, whose weight has this shape in the file. */
    LayerEntry with(Layer other, Shape shape) {
        return new LayerEntry(className, name, counted, other, null, null, null, shape);
    }
}
