package conv4j.keras;

import conv4j.keras.WrittenGraph.Node;
import conv4j.keras.WrittenGraph.Written;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The order in which Keras lists the layers of a functional model: the farther from the output, the earlier; as far as each
 * other, in the order in which a search from the output meets them. Arrays in a file are numbered in this order, so it must be
 * the same to the last layer.
 */
final class KerasOrder {

    private final Map<Written, Integer> met = new IdentityHashMap<>();
    private final List<Node> finished = new ArrayList<>();
    private final Map<Node, Integer> nodeDepth = new IdentityHashMap<>();
    private final Map<Written, Integer> layerDepth = new IdentityHashMap<>();

    private KerasOrder() {}

    static List<Written> of(Node output) {
        KerasOrder order = new KerasOrder();
        order.search(output);
        order.measure();
        List<Written> layers = new ArrayList<>(order.layerDepth.keySet());
        layers.sort(Comparator.<Written>comparingInt(layer -> -order.layerDepth.get(layer))
                .thenComparingInt(order.met::get));
        return layers;
    }

    /** Depth first, inputs before what uses them; without recursion, as networks can be deep. */
    private void search(Node output) {
        Map<Node, Integer> opened = new IdentityHashMap<>();
        List<Node> stack = new ArrayList<>(List.of(output));
        while (!stack.isEmpty()) {
            Node node = stack.get(stack.size() - 1);
            int next = opened.merge(node, 0, (seen, first) -> seen);
            if (next == 0) {
                met.putIfAbsent(node.layer(), met.size());
            }
            if (next == node.inputs().size()) {
                stack.remove(stack.size() - 1);
                finished.add(node);
            } else {
                opened.put(node, next + 1);
                Node input = node.inputs().get(next);
                if (!opened.containsKey(input)) {
                    stack.add(input);
                }
            }
        }
    }

    /** A layer is as deep as its deepest use, and what it uses is deeper. */
    private void measure() {
        for (int i = finished.size() - 1; i >= 0; i--) {
            Node node = finished.get(i);
            int depth = Math.max(nodeDepth.getOrDefault(node, 0), layerDepth.getOrDefault(node.layer(), 0));
            layerDepth.put(node.layer(), depth);
            nodeDepth.put(node, depth);
            node.inputs().forEach(input -> nodeDepth.merge(input, depth + 1, Math::max));
        }
    }
}
