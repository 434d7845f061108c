package conv4j.backend.cpu;

import conv4j.backend.Run;
import conv4j.backend.Step;
import conv4j.graph.Unscale;
import conv4j.graph.Update;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Optimizer steps, {@link Update.Kind}, and the end of a loss's scaling before them. */
final class Optimizer {

    private final Blocks blocks;

    Optimizer(Blocks blocks) {
        this.blocks = blocks;
    }

    Step update(Update operation) {
        Floats parameters = blocks.floats(operation.parameters());
        Floats gradients = blocks.floats(operation.gradients());
        List<Floats> slots = operation.slots().stream().map(blocks::floats).toList();
        Update.Rule rule = operation.rule();
        Step step =
                run -> blocks.streamedElements(operation.parameters().shape().size(), (from, count, lane) -> {
                    float[] w = lane.floats(0, count);
                    float[] g = lane.floats(1, count);
                    float[][] s = new float[slots.size()][];
                    parameters.get(from, w, count);
                    gradients.get(from, g, count);
                    for (int i = 0; i < s.length; i++) {
                        s[i] = lane.floats(2 + i, count);
                        slots.get(i).get(from, s[i], count);
                    }
                    apply(rule, run, w, g, s, count);
                    parameters.put(from, w, count);
                    for (int i = 0; i < s.length; i++) {
                        slots.get(i).put(from, s[i], count);
                    }
                });
        return operation.finite() == null ? step : onlyWhere(blocks.floats(operation.finite()), step);
    }

    private static Step onlyWhere(Floats finite, Step step) {
        return run -> {
            if (number(finite) != 0) {
                step.run(run);
            }
        };
    }

    private static float number(Floats single) {
        float[] number = new float[1];
        single.get(0, number, 1);
        return number[0];
    }

    Step unscale(Unscale operation) {
        Floats gradient = blocks.floats(operation.gradient());
        Floats scale = blocks.floats(operation.scale());
        Floats steps = blocks.floats(operation.steps());
        Floats finite = blocks.floats(operation.finite());
        long elements = operation.gradient().shape().size();
        return run -> {
            float divisor = number(scale);
            float counted = number(steps);
            boolean allFinite = divide(gradient, elements, divisor);
            finite.put(0, new float[] {allFinite ? 1 : 0}, 1);
            scale.put(0, new float[] {operation.nextScale(divisor, counted, allFinite)}, 1);
            steps.put(0, new float[] {operation.nextSteps(counted, allFinite)}, 1);
        };
    }

    /** Divides all elements; returns whether they were finite before. */
    private boolean divide(Floats gradient, long elements, float divisor) {
        AtomicBoolean allFinite = new AtomicBoolean(true);
        blocks.elements(elements, (from, count, lane) -> {
            float[] g = lane.floats(0, count);
            gradient.get(from, g, count);
            if (!Functions.finite(g, 0, count)) {
                allFinite.set(false);
            }
            for (int i = 0; i < count; i++) {
                g[i] /= divisor;
            }
            gradient.put(from, g, count);
        });
        return allFinite.get();
    }

    private static void apply(Update.Rule rule, Run run, float[] w, float[] g, float[][] s, int count) {
        if (rule.clipValue() != Float.POSITIVE_INFINITY) {
            clip(g, rule.clipValue(), count);
        }
        if (rule.weightDecay() != 0) {
            decay(w, rule.weightDecay() * run.c0(), count);
        }
        switch (rule.kind()) {
            case SGD -> sgd(rule, run.c0(), w, g, s, count);
            case RMSPROP -> rmsprop(rule, run, w, g, s, count);
            case ADAM -> adam(rule, run, w, g, s, count);
            case ADAMAX -> adamax(rule.beta1(), rule.beta2(), run.c1(), run.c2(), w, g, s[0], s[1], count);
            case NADAM -> nadam(rule, run, w, g, s[0], s[1], count);
        }
    }

    private static void clip(float[] g, float limit, int count) {
        for (int i = 0; i < count; i++) {
            g[i] = Math.max(-limit, Math.min(limit, g[i]));
        }
    }

    private static void decay(float[] w, float share, int count) {
        for (int i = 0; i < count; i++) {
            w[i] -= share * w[i];
        }
    }

    private static void sgd(Update.Rule rule, float rate, float[] w, float[] g, float[][] s, int count) {
        float b1 = rule.beta1();
        if (s.length == 0) {
            for (int i = 0; i < count; i++) {
                w[i] -= rate * g[i];
            }
            return;
        }
        float[] m = s[0];
        for (int i = 0; i < count; i++) {
            m[i] = b1 * m[i] - rate * g[i];
        }
        if (!rule.variant()) {
            Elementwise.add(w, m, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            w[i] += b1 * m[i] - rate * g[i];
        }
    }

    private static void rmsprop(Update.Rule rule, Run run, float[] w, float[] g, float[][] s, int count) {
        float[] v = s[0];
        float[] a = rule.variant() ? s[1] : null;
        float[] m = rule.beta1() == 0 ? null : s[s.length - 1];
        follow(v, g, rule.beta2(), true, count);
        if (a != null) {
            follow(a, g, rule.beta2(), false, count);
        }
        float epsilon = run.c2();
        for (int i = 0; i < count; i++) {
            float spread = a == null ? v[i] : v[i] - a[i] * a[i];
            double root = rule.epsilonOutside() ? Math.sqrt(spread) + epsilon : Math.sqrt((double) spread + epsilon);
            float d = (float) (run.c0() * g[i] / root);
            if (m != null) {
                m[i] = rule.beta1() * m[i] + d;
                d = m[i];
            }
            w[i] -= d;
        }
    }

    /** {@code average = beta * average + (1 - beta) * g}, or of {@code g^2}. */
    private static void follow(float[] average, float[] g, float beta, boolean squared, int count) {
        float rest = 1 - beta;
        if (squared) {
            for (int i = 0; i < count; i++) {
                average[i] = beta * average[i] + rest * (g[i] * g[i]);
            }
        } else {
            for (int i = 0; i < count; i++) {
                average[i] = beta * average[i] + rest * g[i];
            }
        }
    }

    private static void adam(Update.Rule rule, Run run, float[] w, float[] g, float[][] s, int count) {
        follow(s[0], g, rule.beta1(), false, count);
        follow(s[1], g, rule.beta2(), true, count);
        float[] spread = s[1];
        if (rule.variant()) {
            spread = s[2];
            for (int i = 0; i < count; i++) {
                spread[i] = Math.max(spread[i], s[1][i]);
            }
        }
        adamStep(w, s[0], spread, run.c1(), run.c2(), count);
    }

    private static void adamStep(float[] w, float[] m, float[] v, float rate, float epsilon, int count) {
        for (int i = 0; i < count; i++) {
            w[i] -= rate * m[i] / ((float) Math.sqrt(v[i]) + epsilon);
        }
    }

    private static void adamax(
            float b1, float b2, float rate, float epsilon, float[] w, float[] g, float[] m, float[] u, int count) {
        float rest = 1 - b1;
        for (int i = 0; i < count; i++) {
            m[i] = b1 * m[i] + rest * g[i];
            u[i] = Math.max(b2 * u[i], Math.abs(g[i]));
            w[i] -= rate * m[i] / (u[i] + epsilon);
        }
    }

    private static void nadam(Update.Rule rule, Run run, float[] w, float[] g, float[] m, float[] v, int count) {
        follow(m, g, rule.beta1(), false, count);
        follow(v, g, rule.beta2(), true, count);
        for (int i = 0; i < count; i++) {
            w[i] -= (run.c1() * m[i] + run.c2() * g[i]) / ((float) Math.sqrt(v[i] * run.c3()) + rule.epsilon());
        }
    }
}
