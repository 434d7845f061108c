package conv4j.selftest;

import static conv4j.selftest.Assertions.fail;
import static conv4j.selftest.Numbers.UNIT;
import static conv4j.selftest.Numbers.gamma;

import com.google.gson.Gson;
import conv4j.backend.Backend;
import conv4j.backend.Run;
import conv4j.files.Safetensors;
import conv4j.graph.Update;
import conv4j.graph.Update.Kind;
import conv4j.graph.Update.Rule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Twelve optimizer steps that PyTorch computed. */
final class OptimizerVectors {

    private final Safetensors file;
    private final Backend backend;
    private final String name;
    private final double rate;
    private final float[] all;
    private final int size;

    OptimizerVectors(Safetensors file, Backend backend) {
        this.file = file;
        this.backend = backend;
        name = file.metadata("name");
        rate = Double.parseDouble(file.metadata("lr"));
        all = file.floats("grads");
        size = (int) file.entry("w0").elements();
    }

    private float number(String key) {
        return Float.parseFloat(file.metadata(key));
    }

    private float beta(int index) {
        return new Gson().fromJson(file.metadata("betas"), float[].class)[index];
    }

    private Rule rule() {
        float none = Float.POSITIVE_INFINITY;
        return switch (name) {
            case "sgd" -> new Rule(Kind.SGD, 0, 0, 0, false, false, 0, none);
            case "momentum" -> new Rule(Kind.SGD, number("momentum"), 0, 0, false, false, 0, none);
            case "nesterov" -> new Rule(Kind.SGD, number("momentum"), 0, 0, true, false, 0, none);
            case "rmsprop" -> new Rule(Kind.RMSPROP, 0, number("alpha"), 0, false, true, 0, none);
            case "adam", "adamw" -> new Rule(
                    Kind.ADAM, beta(0), beta(1), 0, false, false, number("weight_decay"), none);
            case "adamax" -> new Rule(Kind.ADAMAX, beta(0), beta(1), 0, false, false, 0, none);
            default -> fail("no rule for " + name);
        };
    }

    /** The coefficients of step t, counted from 1; PyTorch adds epsilon after correcting Adam's second moment. */
    private Run run(Rule rule, int t) {
        double epsilon = rule.kind() == Kind.SGD ? 0 : Double.parseDouble(file.metadata("eps"));
        double first = 1 - Math.pow(rule.beta1(), t);
        double second = Math.sqrt(1 - Math.pow(rule.beta2(), t));
        double c1 =
                switch (rule.kind()) {
                    case ADAM -> rate * second / first;
                    case ADAMAX -> rate / first;
                    default -> 0;
                };
        double c2 = rule.kind() == Kind.ADAM ? epsilon * second : epsilon;
        return new Run(1, t - 1, 0, 0, (float) rate, (float) c1, (float) c2, 0);
    }

    void check(String title) {
        Rule rule = rule();
        Update operation = new OptimizerContract.Case(rule, size).operation();
        float[] want = file.floats("w");
        float[] w = file.floats("w0");
        List<float[]> slots = new ArrayList<>();
        operation.slots().forEach(slot -> slots.add(new float[size]));
        double[] tolerance = new double[size];
        double[][] moments = new double[2][size];
        for (int t = 1; t <= want.length / size; t++) {
            float[] g = Arrays.copyOfRange(all, (t - 1) * size, t * size);
            Trial trial = Trial.of(title, operation, 1, run(rule, t))
                    .put(operation.parameters(), w)
                    .put(operation.gradients(), g);
            for (int s = 0; s < slots.size(); s++) {
                trial.put(operation.slots().get(s), slots.get(s));
            }
            Trial.Results results = trial.on(backend);
            for (int s = 0; s < slots.size(); s++) {
                slots.set(s, results.of(operation.slots().get(s)));
            }
            w = results.of(operation.parameters());
            for (int i = 0; i < size; i++) {
                double step = stepSize(rule, t, g[i], i, moments);
                tolerance[i] += 4 * UNIT * Math.abs(w[i]) + gamma(8 * t + 32) * step;
            }
            float[] expected = Arrays.copyOfRange(want, (t - 1) * size, t * size);
            Vectors.compare(title + " step " + t, "w", expected, w, i -> tolerance[i]);
        }
    }

    /** The sum of the absolute values that a step is made of: what its rounding errors are relative to. */
    private double stepSize(Rule rule, int t, double g, int i, double[][] moments) {
        double[] m = moments[0];
        double[] v = moments[1];
        double b1 = rule.beta1();
        double b2 = rule.beta2();
        switch (rule.kind()) {
            case SGD -> {
                m[i] = b1 * m[i] + rate * Math.abs(g);
                return m[i] + rate * Math.abs(g);
            }
            case RMSPROP -> {
                v[i] = b2 * v[i] + (1 - b2) * g * g;
                return rate * Math.abs(g) / (Math.sqrt(v[i]) + 1e-7);
            }
            default -> {
                m[i] = b1 * m[i] + (1 - b1) * Math.abs(g);
                double mean = m[i] / (1 - Math.pow(b1, t));
                if (rule.kind() == Kind.ADAMAX) {
                    // PyTorch adds epsilon to |g| inside the maximum, so it decays with it: 12 steps times 0.001 of it.
                    v[i] = Math.max(b2 * v[i], Math.abs(g));
                    double epsilonDecay = 0.012 * 1e-7 / (v[i] * gamma(1));
                    return rate * mean / (v[i] + 1e-7) * (1 + epsilonDecay);
                }
                v[i] = b2 * v[i] + (1 - b2) * g * g;
                return rate * mean / (Math.sqrt(v[i] / (1 - Math.pow(b2, t))) + 1e-7);
            }
        }
    }
}
