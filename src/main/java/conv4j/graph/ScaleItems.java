package conv4j.graph;

import java.util.List;

/**
 * Multiplies every item by a number of its own: {@code output[i, ...] = input[i, ...] * weights[i]}. On the loss this is
 * Keras' {@code sample_weight}; what divides the sum of weighted losses is still the number of items.
 *
 * @param input any shape, batched
 * @param weights one number per item
 * @param output the shape of the input
 */
public record ScaleItems(Value input, Value weights, Value output) implements Operation {

    public ScaleItems {
        Check.columns("weights", weights, 1);
        Check.elements("output", output, input);
        if (!input.batched() || !weights.batched()) {
            throw new IllegalArgumentException("items are scaled, but " + input + " and " + weights + " have no batch");
        }
    }

    @Override
    public List<Value> inputs() {
        return List.of(input, weights);
    }

    @Override
    public List<Value> outputs() {
        return List.of(output);
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.scaleItems(this);
    }

    /** {@inheritDoc} The weights are given, not learnt. */
    @Override
    public void gradient(Gradients gradients) {
        if (gradients.isLoss(output)) {
            gradients.weighLoss(output, input, weights);
        } else {
            gradients.emit(new ScaleItems(gradients.of(output), weights, gradients.contribution(input)));
        }
    }
}
