package conv4j.graph;

import java.util.List;

/**
 * Sets a random share of the elements to zero and scales the others so that the expected value stays: {@code output =
 * kept ? input / (1 - rate) : 0}. Srivastava et al. 2014.
 *
 * <p>The mask is a function of the run's seed and step, of the stream and of the element's flat index in the batch, by
 * Philox4x32-10 (Salmon et al. 2011): key (seed low, seed high), counter (block low, block high, step, stream) with block
 * = index / 4, word index % 4; kept where {@code word >= rate * 2^32}, compared as unsigned integers. It is thus the
 * same on every backend, and nothing needs to be stored for the gradient, which is the same operation applied to what
 * flows back.
 *
 * @param input any shape, batched
 * @param output the same shape
 * @param rate the share that is dropped, from 0 up to but not including 1
 * @param stream tells the model's dropout operations apart, 0 or more
 */
public record Dropout(Value input, Value output, float rate, int stream) implements OneInput {

    public Dropout {
        Check.elements("output", output, input);
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException("the dropout rate must be in [0, 1), but is " + rate);
        }
    }

    /**
     * The rate as an integer: elements whose random word is below it, unsigned, are dropped.
     *
     * @return {@code floor(rate * 2^32)} in 32 bits, unsigned
     */
    public int threshold() {
        return (int) (long) (rate * 4294967296.0);
    }

    /**
     * What kept elements are multiplied by.
     *
     * @return {@code 1 / (1 - rate)}
     */
    public float scale() {
        return (float) (1 / (1 - (double) rate));
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.dropout(this);
    }

    @Override
    public void gradient(Gradients gradients) {
        gradients.emit(new Dropout(gradients.of(output), gradients.contribution(input), rate, stream));
    }

    /**
     * The gradient of a dropout and of the activation before it, as one operation: what flows between the two is never
     * written. Only graphs of backends that ask for it have it, see {@link Fusion#dropped}.
     *
     * @param dropout the gradient of the dropout, whose output nothing else reads
     * @param activation the gradient of the activation
     */
    public record ActivationGradient(Dropout dropout, Activate.Gradient activation) implements Operation {

        public ActivationGradient {
            if (dropout.output() != activation.outputGradient()) {
                throw new IllegalArgumentException(
                        "the gradients of a dropout and of the activation before it are one operation where the latter"
                                + " reads what the former writes, " + dropout.output() + ", not "
                                + activation.outputGradient());
            }
        }

        @Override
        public List<Operation> unfused() {
            return List.of(dropout, activation);
        }

        @Override
        public List<Value> inputs() {
            return List.of(dropout.input(), activation.saved());
        }

        @Override
        public List<Value> outputs() {
            return activation.outputs();
        }

        @Override
        public <T> T accept(Operations<T> operations) {
            return operations.dropoutActivationGradient(this);
        }
    }
}
