package conv4j.optimizers;

import conv4j.graph.Update;
import java.util.List;

/** Adam with the largest recent gradient in the place of the deviation. Kingma and Ba 2015, section 7.1. */
public final class Adamax extends AdamFamily<Adamax> {

    /** Keras' default learning rate, 0.001. */
    public Adamax() {
        this(0.001);
    }

    /**
     * An optimizer with the given learning rate.
     *
     * @param learningRate 0 or more
     */
    public Adamax(double learningRate) {
        super(learningRate);
    }

    @Override
    public Update.Rule rule() {
        return rule(Update.Kind.ADAMAX, beta1(), beta2(), epsilon(), false, false);
    }

    @Override
    public float[] coefficients(long step) {
        double rate = learningRateAt(step);
        double corrected = rate / (1 - Math.pow(beta1(), step + 1.0));
        return new float[] {(float) rate, (float) corrected, (float) epsilon(), 0};
    }

    @Override
    public List<String> slotNames() {
        return List.of("momentum", "norm");
    }
}
