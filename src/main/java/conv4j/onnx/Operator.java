package conv4j.onnx;

/** What one of ONNX' operators is in operations of conv4j. */
@FunctionalInterface
interface Operator {

    /**
     * Adds the operations and says what the node's outputs are.
     *
     * @throws Unsupported when the operator is used in a way that is not supported
     * @throws conv4j.files.FileFormatException when the node contradicts itself or its inputs
     */
    void emit(OnnxNode node, Program program);
}
