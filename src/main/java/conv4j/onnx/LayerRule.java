package conv4j.onnx;

/** What one of ONNX' operators is in layers of conv4j. */
@FunctionalInterface
interface LayerRule {

    /**
     * Adds the layers and says what the node's output is.
     *
     * @throws Unsupported when there are no layers for this use of the operator
     * @throws conv4j.files.FileFormatException when the node contradicts itself or its inputs
     */
    void apply(OnnxNode node, LayerImport imported);
}
