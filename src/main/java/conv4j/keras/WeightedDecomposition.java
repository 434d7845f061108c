package conv4j.keras;

import com.google.gson.JsonObject;
import conv4j.graph.Binary;
import conv4j.keras.WrittenGraph.Node;
import conv4j.keras.WrittenGraph.Written;
import conv4j.layers.Layer;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * {@code conv4j.layers.Weighted} in Keras' words. A PReLU is one. Of the others the weight is the only row of an Embedding,
 * which all items look up: that trains it, and it can have any shape.
 */
final class WeightedDecomposition {

    private static final String LAYERS = "keras.layers";

    /** The operations of two operands, by the names of {@code conv4j.graph.Binary}'s functions. */
    static final Map<String, String> OPERATIONS = Map.of(
            "add", "Add",
            "subtract", "Subtract",
            "multiply", "Multiply",
            "divide", "Divide",
            "maximum", "Maximum",
            "minimum", "Minimum",
            "power", "Power");

    /** Those that return truth values, of which {@code Cast} makes numbers. */
    static final Map<String, String> COMPARISONS =
            Map.of("equal", "Equal", "less", "Less", "less_or_equal", "LessEqual");

    /** Settings of an Embedding that a weight has not. */
    private static final List<String> PENALTIES =
            List.of("embeddings_regularizer", "embeddings_constraint", "lora_rank");

    private final Layer layer;
    private final WrittenGraph graph;
    private final Map<String, Object> settings;

    WeightedDecomposition(Layer layer, WrittenGraph graph) {
        this.layer = layer;
        this.graph = graph;
        this.settings = layer.config();
    }

    private static int[] weightShape(Map<String, Object> settings) {
        return ((List<?>) settings.get("weight_shape"))
                .stream().mapToInt(dim -> (int) dim).toArray();
    }

    /** Keras' PReLU, or null where the layer is none or its output is larger than its input. */
    static Written prelu(Layer layer, Shape input) {
        Map<String, Object> settings = layer.config();
        int[] weight = weightShape(settings);
        boolean same = Binary.broadcast(input, Shape.of(weight)).equals(input);
        if (!"prelu".equals(settings.get("function")) || Boolean.TRUE.equals(settings.get("reversed")) || !same) {
            return null;
        }
        int[] whole = new int[input.rank()];
        List<Integer> shared = new ArrayList<>();
        for (int axis = 0; axis < whole.length; axis++) {
            int own = axis - whole.length + weight.length;
            whole[axis] = own < 0 ? 1 : weight[own];
            if (whole[axis] != input.dim(axis)) {
                shared.add(axis + 1);
            }
        }
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("name", layer.name());
        config.put("trainable", layer.trainable());
        config.put("alpha_initializer", initializer(settings));
        config.put("shared_axes", shared.isEmpty() ? null : shared);
        config.put("dtype", "float32");
        return new Written(Json.described(LAYERS, "PReLU", config), layer, Shape.of(whole), null);
    }

    private static Object initializer(Map<String, Object> settings) {
        return LayerWriter.asKeras("weight_initializer", settings.get("weight_initializer"));
    }

    /** Looks the weight up and joins it with the input. */
    void compose(Node x) {
        String comparison = COMPARISONS.get((String) settings.get("function"));
        String operation = comparison == null ? OPERATIONS.get((String) settings.get("function")) : comparison;
        if (operation == null) {
            boolean prelu = "prelu".equals(settings.get("function"));
            throw new IllegalArgumentException("the function " + settings.get("function") + " of '" + layer.name()
                    + "' (Weighted)" + (prelu ? " with the weight first, or larger than the input" : ""));
        }
        Shape own = Shape.of(weightShape(settings));
        int rank = x.shape().rank();
        int[] whole = IntStream.range(0, rank)
                .map(axis -> axis < rank - own.rank() ? 1 : own.dim(axis - rank + own.rank()))
                .toArray();
        Node weight = reshaped(embedded(zero(x), own.size()), own);
        if (own.rank() < rank) {
            weight = reshaped(weight, Shape.of(whole));
        }
        List<Node> operands = new ArrayList<>(List.of(x, weight));
        if (Boolean.TRUE.equals(settings.get("reversed"))) {
            Collections.reverse(operands);
        }
        Shape output = layer.outputShape(List.of(x.shape()));
        Node joined = graph.node(operation(operation, "_" + settings.get("function"), Map.of()), operands, output);
        if (comparison != null) {
            Map<String, Object> cast = new LinkedHashMap<>();
            cast.put("name", graph.free(layer.name() + "_number"));
            cast.put("dtype", "float32");
            graph.node(Written.operation("keras.src.ops.core", "Cast", cast), List.of(joined), output);
        }
    }

    /** The number of the only row, once for every item. */
    private Node zero(Node x) {
        Map<String, Object> like = new LinkedHashMap<>();
        like.put("dtype", null);
        Node zeros = graph.node(operation("ZerosLike", "_zeros", like), List.of(x), x.shape());
        Map<String, Object> sum = new LinkedHashMap<>();
        sum.put("axis", IntStream.rangeClosed(1, x.shape().rank()).boxed().toList());
        sum.put("keepdims", false);
        return graph.node(operation("Sum", "_row", sum), List.of(zeros), Shape.SCALAR);
    }

    private Node embedded(Node row, int size) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("name", layer.name());
        config.put("trainable", layer.trainable());
        config.put("input_dim", 1);
        config.put("output_dim", size);
        config.put("embeddings_initializer", initializer(settings));
        config.put("dtype", "float32");
        Written embedding = new Written(Json.described(LAYERS, "Embedding", config), layer, Shape.of(1, size), null);
        return graph.node(embedding, List.of(row), Shape.of(size));
    }

    private Node reshaped(Node weight, Shape shape) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("name", graph.free(layer.name() + "_weight"));
        config.put("target_shape", IntStream.of(shape.toArray()).boxed().toList());
        return graph.node(Written.layer(Json.described(LAYERS, "Reshape", config), null), List.of(weight), shape);
    }

    private Written operation(String className, String suffix, Map<String, Object> arguments) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("name", graph.free(layer.name() + suffix));
        config.putAll(arguments);
        return Written.operation(UnaryOperations.NUMPY, className, config);
    }

    /** Whether an Embedding has one row of so many numbers, and nothing that a weight has not. */
    static boolean isOnlyRow(JsonObject embedding, List<Integer> shape) {
        Map<String, Object> settings = Json.map(embedding);
        // Exact below 2^53; a larger product is no array's size.
        double size = shape.stream().mapToDouble(dim -> dim).reduce(1, (a, b) -> a * b);
        return settings.get("input_dim") instanceof Number rows
                && rows.intValue() == 1
                && settings.get("output_dim") instanceof Number columns
                && columns.doubleValue() == size
                && !Boolean.TRUE.equals(settings.get("mask_zero"))
                && PENALTIES.stream().allMatch(penalty -> settings.get(penalty) == null);
    }
}
