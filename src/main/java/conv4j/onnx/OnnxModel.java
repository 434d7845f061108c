package conv4j.onnx;

import java.util.List;
import java.util.Map;

/**
 * What an ONNX file says.
 *
 * @param opset the version of ONNX' own operators
 * @param name the graph's name
 * @param nodes in the file's order
 * @param initializers the constants, weights among them, by name
 * @param inputs what the graph reads, constants left out
 * @param outputs what the graph computes
 * @param metadata what the writer noted beside
 */
record OnnxModel(
        int opset,
        String name,
        List<OnnxNode> nodes,
        Map<String, OnnxTensor> initializers,
        List<Port> inputs,
        List<Port> outputs,
        Map<String, String> metadata) {

    /** The extent of an axis whose size the file leaves open. */
    static final long OPEN = -1;

    /**
     * An input or output of the graph.
     *
     * @param name its name
     * @param type ONNX' number of the element type, 0 when it is no tensor
     * @param dims the extents, {@link #OPEN} where a name stands for one; null when the file does not say
     */
    record Port(String name, int type, long[] dims) {}
}
