package conv4j.layers;

import conv4j.config.Config;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.List;
import java.util.Map;

/**
 * In training sets a random share of the elements to zero and scales the others by {@code 1 / (1 - rate)}; else does
 * nothing. Any shape to the same shape. The masks follow from the model's seed. Srivastava et al. 2014.
 */
public final class Dropout extends FluentLayer<Dropout> {

    private final double rate;

    /**
     * Dropout.
     *
     * @param rate the share that is dropped, in [0, 1)
     * @throws IllegalArgumentException when the rate is out of range
     */
    public Dropout(double rate) {
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException("Dropout needs a rate in [0, 1), but was given " + rate);
        }
        this.rate = rate;
    }

    @Override
    protected Shape computeOutputShape(List<Shape> inputs) {
        return single(inputs);
    }

    @Override
    public Value call(LayerContext context, List<Value> inputs) {
        Value output = output(inputs);
        if (!context.training() || rate == 0) {
            return inputs.get(0);
        }
        context.graph().add(new conv4j.graph.Dropout(inputs.get(0), output, (float) rate, context.stream()));
        return output;
    }

    static Dropout from(Config config) {
        return new Dropout(config.number("rate"));
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("rate", rate);
        return config;
    }
}
