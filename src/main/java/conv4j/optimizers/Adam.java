package conv4j.optimizers;

/** Adam: steps of the size of the gradient's average over its deviation. Kingma and Ba 2015, before section 2.1. */
public final class Adam extends AmsgradFamily<Adam> {

    /** Keras' default learning rate, 0.001. */
    public Adam() {
        this(0.001);
    }

    /**
     * An optimizer with the given learning rate.
     *
     * @param learningRate 0 or more
     */
    public Adam(double learningRate) {
        super(learningRate);
    }
}
