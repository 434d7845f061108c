package conv4j.graph;

import java.util.List;

/**
 * The loss with a penalty on the numbers w of a parameter: {@code output[i] = loss[i] + l1 * sum |w| + l2 * sum w^2}, the
 * same for every item, so that the mean over items grows by the penalty once.
 *
 * @param parameter {@code w}, without a batch axis
 * @param loss one number per item
 * @param output one number per item
 * @param l1 the factor of the absolute values, 0 or more
 * @param l2 the factor of the squares, 0 or more
 */
public record Penalty(Value parameter, Value loss, Value output, float l1, float l2) implements Operation {

    public Penalty {
        checkFactors(l1, l2);
        Check.columns("loss", loss, 1);
        Check.columns("output", output, 1);
        checkUnbatched(parameter);
    }

    private static void checkFactors(float l1, float l2) {
        if (!(l1 >= 0 && l2 >= 0)) {
            throw new IllegalArgumentException(
                    "the factors of a penalty must be 0 or more, but are " + l1 + " and " + l2);
        }
    }

    private static void checkUnbatched(Value parameter) {
        if (parameter.batched()) {
            throw new IllegalArgumentException("a penalty is for parameters, but " + parameter + " has a batch axis");
        }
    }

    @Override
    public List<Value> inputs() {
        return List.of(parameter, loss);
    }

    @Override
    public List<Value> outputs() {
        return List.of(output);
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.penalty(this);
    }

    /** {@inheritDoc} Both the loss and the penalty are part of what is made small. */
    @Override
    public void gradient(Gradients gradients) {
        gradients.passLoss(output, loss);
        if (gradients.wants(parameter)) {
            gradients.start(parameter, part -> new Gradient(parameter, part, l1, l2));
        }
    }

    /**
     * The derivative of a penalty: {@code gradient = l1 * sign(w) + 2 * l2 * w}, with sign(0) = 0.
     *
     * @param parameter {@code w}
     * @param gradient the shape of the parameter
     * @param l1 the factor of the absolute values
     * @param l2 the factor of the squares
     */
    public record Gradient(Value parameter, Value gradient, float l1, float l2) implements Operation {

        public Gradient {
            checkFactors(l1, l2);
            Check.elements("gradient", gradient, parameter);
        }

        @Override
        public List<Value> inputs() {
            return List.of(parameter);
        }

        @Override
        public List<Value> outputs() {
            return List.of(gradient);
        }

        @Override
        public <T> T accept(Operations<T> operations) {
            return operations.penaltyGradient(this);
        }
    }
}
