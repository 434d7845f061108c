package conv4j.keras;

import conv4j.data.Normalization;
import conv4j.layers.Layer;

/**
 * One entry in the list of layers of a configuration. Exactly one of layer, scaling and nested is there.
 *
 * @param className Keras' class name, which names the group of its weights
 * @param name its name in the file
 * @param counted whether Keras counts it as a layer; operations without weights, such as a sum written as +, are none
 * @param layer what computes it
 * @param scaling what it does to its input where it is a rescaling
 * @param nested the model where it is one
 */
record Part(String className, String name, boolean counted, Layer layer, Normalization scaling, Container nested) {

    static Part of(String className, String name, Layer layer) {
        return new Part(className, name, true, layer, null, null);
    }

    static Part operation(String className, String name, Layer layer) {
        return new Part(className, name, false, layer, null, null);
    }

    static Part scaling(String className, String name, Normalization scaling) {
        return new Part(className, name, true, null, scaling, null);
    }

    static Part nested(String className, String name, Container model) {
        return new Part(className, name, true, null, null, model);
    }
}
