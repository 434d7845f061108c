package conv4j.onnx;

import conv4j.data.Normalization;
import conv4j.model.Model;

/**
 * The normalization of a model's inputs in a file that conv4j wrote: a product and a sum under names of their own, which
 * become the model's normalization again instead of layers.
 */
final class InputScaling {

    static final String SCALE = "normalization/scale";
    static final String SHIFT = "normalization/shift";

    private float[] scale;
    private float[] shift;

    /** Takes a node that belongs to the normalization; false for every other one. */
    boolean takes(OnnxNode node, LayerImport imported) {
        boolean scales = node.name().equals(SCALE) && node.operator().equals("Mul") && scale == null;
        boolean shifts = node.name().equals(SHIFT) && node.operator().equals("Add") && scale != null && shift == null;
        if (!(scales || shifts) || !imported.isKnown(node, 1)) {
            return false;
        }
        float[] numbers = imported.weight(node, 1).floats();
        if (scales) {
            scale = numbers;
        } else {
            shift = numbers;
        }
        imported.set(node, imported.tensor(node, 0));
        return true;
    }

    void giveTo(Model model) {
        if (scale != null && shift != null) {
            model.normalization(new Normalization(scale, shift));
        }
    }
}
