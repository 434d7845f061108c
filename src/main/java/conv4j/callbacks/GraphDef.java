package conv4j.callbacks;

import conv4j.callbacks.EventFile.Message;
import conv4j.layers.Tensor;
import conv4j.model.Model;
import conv4j.shape.Shape;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A model as a GraphDef message of TensorFlow, with a node for every use of a layer: its name, its class as the operation,
 * the nodes before it, and as attributes its settings and the shape of its output. Names do not begin with the model's, so
 * that TensorBoard shows the layers at once, not one box to be opened.
 */
final class GraphDef {

    private final Map<Tensor, String> names = new IdentityHashMap<>();
    private final Set<String> taken = new HashSet<>();
    private final Set<String> used = new HashSet<>();
    private final Message graph = new Message();

    private GraphDef() {}

    static Message of(Model model) {
        GraphDef definition = new GraphDef();
        model.layers().forEach(layer -> definition.taken.add(layer.name()));
        model.tensors().forEach(definition::node);
        return definition.graph;
    }

    private void node(Tensor tensor) {
        String layer = tensor.layer().name();
        String name = used.add(layer) ? layer : free(layer);
        names.put(tensor, name);
        Message node = new Message().text(1, name).text(2, tensor.layer().className());
        tensor.inputs().forEach(input -> node.text(3, names.get(input)));
        attribute(node, "_output_shapes", new Message().message(1, new Message().message(7, shape(tensor.shape()))));
        new TreeMap<>(tensor.layer().config()).forEach((key, value) -> {
            if (value != null && !key.equals("name")) {
                attribute(node, key, value(value));
            }
        });
        graph.message(1, node);
    }

    /** The name of one more use of a layer, which no other node has. */
    private String free(String layer) {
        int use = 1;
        while (!taken.add(layer + "_" + use)) {
            use++;
        }
        return layer + "_" + use;
    }

    private static void attribute(Message node, String name, Message value) {
        node.message(5, new Message().text(1, name).message(2, value));
    }

    /** With the batch axis, whose extent -1 stands for any. */
    private static Message shape(Shape item) {
        Message shape = new Message().message(2, new Message().int64(1, -1));
        for (int extent : item.toArray()) {
            shape.message(2, new Message().int64(1, extent));
        }
        return shape;
    }

    /** A setting as the kind of attribute that fits it; lists as texts, parts such as initializers by their class. */
    private static Message value(Object setting) {
        if (setting instanceof Boolean truth) {
            return new Message().int64(5, truth ? 1 : 0);
        }
        if (setting instanceof Integer || setting instanceof Long) {
            return new Message().int64(3, ((Number) setting).longValue());
        }
        if (setting instanceof Number number) {
            return new Message().float32(4, number.floatValue());
        }
        Object part = setting instanceof Map<?, ?> described ? described.get("class_name") : null;
        return new Message().text(2, String.valueOf(part == null ? setting : part));
    }
}
