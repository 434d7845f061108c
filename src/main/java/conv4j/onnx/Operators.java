package conv4j.onnx;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** All of ONNX' operators that are supported. */
final class Operators {

    /** By ONNX' name. */
    static final Map<String, Operator> ALL = all();

    private Operators() {}

    private static Map<String, Operator> all() {
        Map<String, Operator> all = new TreeMap<>();
        KnownOperators.addTo(all);
        ShapeOperators.addTo(all);
        MoveOperators.addTo(all);
        ElementOperators.addTo(all);
        MatrixOperators.addTo(all);
        ImageOperators.addTo(all);
        NormalizationOperators.addTo(all);
        ResizeOperators.addTo(all);
        return Collections.unmodifiableMap(all);
    }

    /** Whether a node's operator is one of them. */
    static boolean supports(OnnxNode node) {
        return node.domain().isEmpty() && ALL.containsKey(node.operator());
    }
}
