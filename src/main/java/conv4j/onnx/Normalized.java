package conv4j.onnx;

import conv4j.graph.OneInput;
import conv4j.graph.Operations;
import conv4j.graph.Value;
import conv4j.layers.GroupNormalization;
import conv4j.layers.Layer;
import conv4j.layers.LayerNormalization;

/**
 * A normalization over an item's own numbers as one operation, which ONNX has and the graph has not; for writing only.
 *
 * @param input what the layer is applied to
 * @param output what it returns
 * @param layer its settings
 */
record Normalized(Value input, Value output, Layer layer) implements OneInput {

    /** Whether a layer is written as one. */
    static boolean is(Layer layer) {
        return layer instanceof LayerNormalization || layer instanceof GroupNormalization;
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        throw new UnsupportedOperationException(name() + " runs on no device");
    }
}
