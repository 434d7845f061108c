package conv4j.optimizers;

/** Adam with decoupled weight decay, by default 0.004. Loshchilov and Hutter 2019. */
public final class AdamW extends AmsgradFamily<AdamW> {

    /** Keras' defaults: learning rate 0.001, weight decay 0.004. */
    public AdamW() {
        this(0.001);
    }

    /**
     * An optimizer with the given learning rate and weight decay 0.004.
     *
     * @param learningRate 0 or more
     */
    public AdamW(double learningRate) {
        super(learningRate);
        weightDecay(0.004);
    }
}
