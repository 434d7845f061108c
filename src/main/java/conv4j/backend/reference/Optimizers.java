package conv4j.backend.reference;

import conv4j.backend.Run;
import conv4j.backend.Step;
import conv4j.graph.ClipByNorm;
import conv4j.graph.Unscale;
import conv4j.graph.Update;
import java.util.List;

/** Optimizer steps, parameter by parameter; letters are those of {@link Update.Kind}. */
final class Optimizers {

    private final Update.Rule rule;
    private final Run run;
    private final List<Floats> slots;
    private final int index;

    /** The update of the parameter at {@code index}. */
    private Optimizers(Update.Rule rule, Run run, List<Floats> slots, int index) {
        this.rule = rule;
        this.run = run;
        this.slots = slots;
        this.index = index;
    }

    static Step update(Update operation, Places places) {
        Floats parameters = places.of(operation.parameters());
        Floats gradients = places.of(operation.gradients());
        List<Floats> slots = operation.slots().stream().map(places::of).toList();
        Floats finite = operation.finite() == null ? null : places.of(operation.finite());
        Update.Rule rule = operation.rule();
        return run -> {
            if (finite != null && finite.get(0) == 0) {
                return;
            }
            for (int i = 0; i < operation.parameters().shape().size(); i++) {
                double g = clip(gradients.get(i), rule.clipValue());
                double w = parameters.get(i);
                w -= (double) rule.weightDecay() * run.c0() * w;
                parameters.set(i, w + new Optimizers(rule, run, slots, i).change(g));
            }
        };
    }

    private static double clip(double g, double limit) {
        return Double.isNaN(g) ? g : Math.min(Math.max(g, -limit), limit);
    }

    /** Moves the slots on and returns what is added to the parameter. */
    private double change(double g) {
        return switch (rule.kind()) {
            case SGD -> sgd(g);
            case RMSPROP -> rmsprop(g);
            case ADAM -> adam(g);
            case ADAMAX -> adamax(g);
            case NADAM -> nadam(g);
        };
    }

    private double sgd(double g) {
        double plain = -run.c0() * g;
        if (rule.beta1() == 0) {
            return plain;
        }
        double m = store(0, rule.beta1() * slot(0) + plain);
        return rule.variant() ? rule.beta1() * m + plain : m;
    }

    private double rmsprop(double g) {
        double v = mean(0, rule.beta2(), g * g);
        if (rule.variant()) {
            double a = mean(1, rule.beta2(), g);
            v -= a * a;
        }
        double root = rule.epsilonOutside() ? Math.sqrt(v) + run.c2() : Math.sqrt(v + run.c2());
        double d = run.c0() * g / root;
        if (rule.beta1() == 0) {
            return -d;
        }
        int momentum = rule.slots() - 1;
        return -store(momentum, rule.beta1() * slot(momentum) + d);
    }

    private double adam(double g) {
        double m = mean(0, rule.beta1(), g);
        double v = mean(1, rule.beta2(), g * g);
        if (rule.variant()) {
            v = store(2, Math.max(slot(2), v));
        }
        return -run.c1() * m / (Math.sqrt(v) + run.c2());
    }

    private double adamax(double g) {
        double m = mean(0, rule.beta1(), g);
        double u = store(1, Math.max(rule.beta2() * slot(1), Math.abs(g)));
        return -run.c1() * m / (u + run.c2());
    }

    private double nadam(double g) {
        double m = mean(0, rule.beta1(), g);
        double v = mean(1, rule.beta2(), g * g);
        return -(run.c1() * m + run.c2() * g) / (Math.sqrt(v * run.c3()) + rule.epsilon());
    }

    /** {@code slot = beta * slot + (1 - beta) * next}. */
    private double mean(int slot, double beta, double next) {
        return store(slot, beta * slot(slot) + (1 - beta) * next);
    }

    private double slot(int slot) {
        return slots.get(slot).get(index);
    }

    private double store(int slot, double value) {
        slots.get(slot).set(index, value);
        return value;
    }

    static Step clipByNorm(ClipByNorm operation, Places places) {
        Floats g = places.of(operation.gradient());
        int elements = operation.gradient().shape().size();
        return run -> {
            double squares = 0;
            for (int i = 0; i < elements; i++) {
                squares += (double) g.get(i) * g.get(i);
            }
            double factor = operation.limit() / Math.max(Math.sqrt(squares), operation.limit());
            for (int i = 0; i < elements; i++) {
                g.set(i, g.get(i) * factor);
            }
        };
    }

    static Step unscale(Unscale operation, Places places) {
        Floats g = places.of(operation.gradient());
        Floats scale = places.of(operation.scale());
        Floats steps = places.of(operation.steps());
        Floats finite = places.of(operation.finite());
        int elements = operation.gradient().shape().size();
        return run -> {
            boolean allFinite = true;
            for (int i = 0; i < elements; i++) {
                allFinite &= Float.isFinite(g.get(i));
                g.set(i, (double) g.get(i) / scale.get(0));
            }
            finite.set(0, allFinite ? 1 : 0);
            float before = scale.get(0);
            scale.set(0, operation.nextScale(before, steps.get(0), allFinite));
            steps.set(0, operation.nextSteps(steps.get(0), allFinite));
        };
    }
}
