package conv4j.keras;

import conv4j.graph.Value;
import conv4j.layers.Layer;
import conv4j.layers.LayerContext;
import conv4j.layers.Layers;
import conv4j.shape.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keras' PReLU, whose weight is as large as its input but for the axes that share it: it becomes a {@code Weighted} as soon as
 * it is applied.
 */
final class UnbuiltPReLU extends Layer {

    private final List<?> sharedAxes;
    private final Object initializer;
    private Layer built;

    /**
     * A PReLU.
     *
     * @param config Keras' arguments
     * @throws IllegalArgumentException when an argument is wrong
     */
    UnbuiltPReLU(Map<String, Object> config) {
        Object axes = config.get("shared_axes");
        this.sharedAxes = axes instanceof List<?> list ? list : axes == null ? List.of() : List.of(axes);
        this.initializer = config.get("alpha_initializer");
        name((String) config.get("name"));
        trainable(!Boolean.FALSE.equals(config.get("trainable")));
        layer(Shape.of(1)); // says what is wrong with the initializer
    }

    /** The layer for inputs of a shape; the same one for all uses. */
    Layer built(Shape input) {
        if (built == null) {
            int[] weight = input.toArray();
            for (Object axis : sharedAxes) {
                if (!(axis instanceof Number number) || number.intValue() < 1 || number.intValue() > weight.length) {
                    throw new IllegalArgumentException("the shared axis " + axis + " of '" + name()
                            + "' (PReLU); an input of shape " + input + " has the axes 1 to " + weight.length);
                }
                weight[number.intValue() - 1] = 1;
            }
            built = layer(Shape.of(weight));
        }
        return built;
    }

    private Layer layer(Shape weight) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("name", name());
        config.put("trainable", trainable());
        config.put("function", "prelu");
        config.put("weight_shape", Arrays.stream(weight.toArray()).boxed().toList());
        if (initializer != null) {
            config.put("weight_initializer", initializer);
        }
        return Layers.fromConfig("Weighted", config);
    }

    @Override
    protected Shape computeOutputShape(List<Shape> inputs) {
        return single(inputs);
    }

    @Override
    public Value call(LayerContext context, List<Value> inputs) {
        return built(inputs.get(0).shape()).call(context, inputs);
    }
}
