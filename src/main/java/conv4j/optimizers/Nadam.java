package conv4j.optimizers;

import conv4j.graph.Update;

/** Adam with Nesterov's momentum. Dozat 2016. */
public final class Nadam extends AdamFamily<Nadam> {

    private static final double SCHEDULE_DECAY = 0.96;

    /** The product of the first {@code productSteps} momentums; a step that does not follow the last starts anew. */
    private double product = 1;

    private long productSteps;

    /** Keras' default learning rate, 0.001. */
    public Nadam() {
        this(0.001);
    }

    /**
     * An optimizer with the given learning rate.
     *
     * @param learningRate 0 or more
     */
    public Nadam(double learningRate) {
        super(learningRate);
    }

    @Override
    public Update.Rule rule() {
        return rule(Update.Kind.NADAM, beta1(), beta2(), epsilon(), false, false);
    }

    @Override
    public float[] coefficients(long step) {
        double rate = learningRateAt(step);
        long t = step + 1;
        double now = productOfFirst(t);
        double ahead = now * momentum(t + 1);
        return new float[] {
            (float) rate,
            (float) (rate * momentum(t + 1) / (1 - ahead)),
            (float) (rate * (1 - momentum(t)) / (1 - now)),
            (float) (1 / (1 - Math.pow(beta2(), t)))
        };
    }

    /** {@code u(t)}, t from 1. */
    private double momentum(long t) {
        return beta1() * (1 - 0.5 * Math.pow(SCHEDULE_DECAY, t));
    }

    /** {@code U(t)}. Multiplied in the order of steps, so that resuming gives the same bits as never having stopped. */
    private double productOfFirst(long t) {
        if (t < productSteps) {
            product = 1;
            productSteps = 0;
        }
        while (productSteps < t) {
            productSteps++;
            product *= momentum(productSteps);
        }
        return product;
    }
}
