package conv4j.layers;

import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.List;
import java.util.Map;

/** Puts all elements of an item on one axis, the last axis running fastest: any shape to (elements). */
public final class Flatten extends FluentLayer<Flatten> {

    /** There is nothing to set. */
    public Flatten() {
        // Nothing to set.
    }

    @Override
    protected Shape computeOutputShape(List<Shape> inputs) {
        return Shape.of(single(inputs).size());
    }

    @Override
    public Value call(LayerContext context, List<Value> inputs) {
        return Reshape.view(context, inputs.get(0), output(inputs));
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("data_format", "channels_last");
        return config;
    }
}
