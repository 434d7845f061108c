package conv4j.optimizers;

import conv4j.graph.Update;
import java.util.List;
import java.util.Map;

/**
 * The formula of Adam, with or without AMSGrad.
 *
 * @param <O> the optimizer's own type
 */
abstract class AmsgradFamily<O extends AmsgradFamily<O>> extends AdamFamily<O> {

    private boolean amsgrad;

    AmsgradFamily(double learningRate) {
        super(learningRate);
    }

    /**
     * Sets whether the largest average so far is used. Reddi et al. 2018.
     *
     * @param largest true for AMSGrad, by default false
     * @return this
     */
    public final O amsgrad(boolean largest) {
        this.amsgrad = largest;
        return self();
    }

    @Override
    public final Update.Rule rule() {
        return rule(Update.Kind.ADAM, beta1(), beta2(), epsilon(), amsgrad, false);
    }

    @Override
    public final float[] coefficients(long step) {
        double rate = learningRateAt(step);
        double t = step + 1.0;
        double corrected = rate * Math.sqrt(1 - Math.pow(beta2(), t)) / (1 - Math.pow(beta1(), t));
        return new float[] {(float) rate, (float) corrected, (float) epsilon(), 0};
    }

    @Override
    public final List<String> slotNames() {
        return amsgrad ? List.of("momentum", "velocity", "velocity_hat") : List.of("momentum", "velocity");
    }

    @Override
    public final Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("amsgrad", amsgrad);
        return config;
    }
}
