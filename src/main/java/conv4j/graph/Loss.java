package conv4j.graph;

import java.util.List;

/**
 * The loss of every item: the mean of its rows' losses by the {@link LossFunction}.
 *
 * @param prediction any shape, batched; rows are its last axis
 * @param target the prediction's shape, or without its last axis when the function is sparse; batched
 * @param perItem one number per item
 * @param function the formula
 */
public record Loss(Value prediction, Value target, Value perItem, LossFunction function) implements Operation {

    public Loss {
        checkTarget(prediction, target, function.sparse());
        Check.columns("loss", perItem, 1);
    }

    static void checkTarget(Value prediction, Value target, boolean sparse) {
        int needed = sparse ? prediction.shape().rows() : prediction.shape().size();
        if (target.shape().size() != needed) {
            throw new IllegalArgumentException(
                    "targets of shape " + target.shape() + " do not fit predictions of shape "
                            + prediction.shape() + ": " + needed + " numbers per item are needed"
                            + (sparse ? " (class indices)" : "; class indices need the sparse form of the loss"));
        }
    }

    @Override
    public List<Value> inputs() {
        return List.of(prediction, target);
    }

    @Override
    public List<Value> outputs() {
        return List.of(perItem);
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.loss(this);
    }

    /** {@inheritDoc} The end of every chain: what flows back is the derivative of the mean over the batch. */
    @Override
    public void gradient(Gradients gradients) {
        if (gradients.wants(prediction)) {
            Value weights = gradients.weightsOf(perItem);
            if (weights == null) {
                gradients.start(prediction, part -> new Gradient(prediction, target, part, function));
            } else {
                Value unweighted = prediction.like("unweighted gradient of " + prediction.name());
                gradients.emit(new Gradient(prediction, target, unweighted, function));
                gradients.start(prediction, part -> new ScaleItems(unweighted, weights, part));
            }
        }
    }

    /**
     * The gradient of the batch's mean loss: the derivative of every row's loss, divided by the number of rows in the
     * batch (items of this run times rows per item).
     *
     * @param prediction any shape, batched
     * @param target the prediction's shape, or without its last axis when sparse
     * @param predictionGradient the shape of the prediction
     * @param function the formula
     */
    public record Gradient(Value prediction, Value target, Value predictionGradient, LossFunction function)
            implements Operation {

        public Gradient {
            checkTarget(prediction, target, function.sparse());
            Check.shape("prediction gradient", predictionGradient, prediction.shape());
        }

        @Override
        public List<Value> inputs() {
            return List.of(prediction, target);
        }

        @Override
        public List<Value> outputs() {
            return List.of(predictionGradient);
        }

        @Override
        public <T> T accept(Operations<T> operations) {
            return operations.lossGradient(this);
        }
    }
}
