package conv4j.graph;

import java.util.List;
import java.util.Objects;

/**
 * One optimizer step over all parameters at once. Parameters, gradients and every slot are flat arrays of the same
 * length.
 *
 * <p>In the formulas {@code c0} to {@code c3} are the run's coefficients, which the host computes in double precision for
 * every step; {@code c0} is always the learning rate. First {@code g} is limited to {@code [-clipValue, clipValue]} and
 * {@code w = w - weightDecay * c0 * w}.
 *
 * @param rule the formula
 * @param parameters {@code w}
 * @param gradients {@code g}
 * @param slots what the optimizer remembers per parameter, as many as {@link Rule#slots()} says, in the order of the
 *     formula's letters
 * @param finite (), whether the step is taken: where it is 0, as {@link Unscale} leaves it, parameters and slots stay what
 *     they are; null to take every step
 */
public record Update(Rule rule, Value parameters, Value gradients, List<Value> slots, Value finite)
        implements Operation {

    /** The formulas. */
    public enum Kind {
        /**
         * Without momentum {@code w -= c0 * g}. With momentum {@code b1}: {@code m = b1 * m - c0 * g}, then {@code w += m},
         * or with Nesterov ({@code variant}) {@code w += b1 * m - c0 * g}. Slots: none or m.
         */
        SGD,
        /**
         * {@code v = b2 * v + (1 - b2) * g^2}; centered ({@code variant}) also {@code a = b2 * a + (1 - b2) * g} and {@code
         * v - a^2} in the place of v; {@code d = c0 * g / sqrt(v + c2)}, or with {@code epsilonOutside} {@code c0 * g /
         * (sqrt(v) + c2)}; then {@code w -= d}, or with momentum b1 {@code m = b1 * m + d; w -= m}. c2 is epsilon. Slots: v
         * [a] [m]. Hinton 2012.
         */
        RMSPROP,
        /**
         * {@code m = b1 * m + (1 - b1) * g}, {@code v = b2 * v + (1 - b2) * g^2}, {@code w -= c1 * m / (sqrt(v) + c2)}; AMSGrad
         * ({@code variant}) keeps {@code h = max(h, v)} and uses it for v. {@code c1 = c0 * sqrt(1 - b2^t) / (1 - b1^t)}, c2 is
         * epsilon. Slots: m v [h]. Kingma and Ba 2015; with weight decay Loshchilov and Hutter 2019.
         */
        ADAM,
        /**
         * {@code m = b1 * m + (1 - b1) * g}, {@code u = max(b2 * u, |g|)}, {@code w -= c1 * m / (u + c2)}, {@code c1 = c0 / (1 -
         * b1^t)}, c2 is epsilon. Slots: m u. Kingma and Ba 2015, section 7.1.
         */
        ADAMAX,
        /**
         * m and v as for ADAM, {@code w -= (c1 * m + c2 * g) / (sqrt(v * c3) + epsilon)}, with {@code c1 = c0 * u(t+1) / (1 -
         * U(t+1))}, {@code c2 = c0 * (1 - u(t)) / (1 - U(t))}, {@code c3 = 1 / (1 - b2^t)}, {@code u(t) = b1 * (1 - 0.96^t / 2)}, U
         * the product of all u so far. Slots: m v. Dozat 2016.
         */
        NADAM
    }

    /**
     * Which formula, with its constants.
     *
     * @param kind the formula
     * @param beta1 b1, the momentum
     * @param beta2 b2, rho of RMSprop; unused for SGD
     * @param epsilon used directly by NADAM only; the others take it as c2
     * @param variant Nesterov for SGD, centered for RMSPROP, AMSGrad for ADAM
     * @param epsilonOutside for RMSPROP, whether epsilon is added after the root
     * @param weightDecay decoupled weight decay, 0 for none
     * @param clipValue the largest absolute value of a gradient's element, infinite for none
     */
    public record Rule(
            Kind kind,
            float beta1,
            float beta2,
            float epsilon,
            boolean variant,
            boolean epsilonOutside,
            float weightDecay,
            float clipValue) {

        public Rule {
            Objects.requireNonNull(kind, "kind");
        }

        /**
         * The number of slot arrays the formula needs.
         *
         * @return 0 to 3
         */
        public int slots() {
            return switch (kind) {
                case SGD -> beta1 == 0 ? 0 : 1;
                case RMSPROP -> 1 + (variant ? 1 : 0) + (beta1 == 0 ? 0 : 1);
                case ADAM -> variant ? 3 : 2;
                case ADAMAX, NADAM -> 2;
            };
        }
    }

    public Update {
        slots = List.copyOf(slots);
        Check.elements("gradients", gradients, parameters);
        if (slots.size() != rule.slots()) {
            throw new IllegalArgumentException(
                    rule.kind() + " needs " + rule.slots() + " slots, but was given " + slots.size());
        }
        for (Value slot : slots) {
            Check.elements("slot", slot, parameters);
        }
        if (finite != null) {
            Check.single("finite", finite);
        }
    }

    /**
     * A step that is always taken.
     *
     * @param rule the formula
     * @param parameters {@code w}
     * @param gradients {@code g}
     * @param slots what the optimizer remembers per parameter
     */
    public Update(Rule rule, Value parameters, Value gradients, List<Value> slots) {
        this(rule, parameters, gradients, slots, null);
    }

    @Override
    public List<Value> inputs() {
        return finite == null ? List.of(parameters, gradients) : List.of(parameters, gradients, finite);
    }

    @Override
    public List<Value> outputs() {
        return List.of(parameters);
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.update(this);
    }
}
