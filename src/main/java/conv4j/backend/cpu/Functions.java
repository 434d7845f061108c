package conv4j.backend.cpu;

import conv4j.graph.Activation;

/**
 * Activations and their derivatives on arrays. The ReLU family is here, its usual forms without branches, which random
 * signs would make thirty times slower; the others are {@link SmoothFunctions}.
 */
final class Functions {

    /** Large enough that twice multiplied with the smallest float it is above 1. */
    static final float HUGE = 3e38f;

    private Functions() {}

    /** 1 for a number above 0, else 0. */
    static float positive(float x) {
        return Math.min(1f, Math.max(0f, x) * HUGE * HUGE);
    }

    /** {@code values[i] = f(values[i])}. */
    static void apply(Activation f, float[] values, int count, Lane lane) {
        switch (f.kind()) {
            case LINEAR -> {}
            case RELU -> relu(f, values, count);
            default -> SmoothFunctions.apply(f, values, count, lane);
        }
    }

    private static void relu(Activation f, float[] values, int count) {
        if (f.threshold() != 0 || f.alpha() < 0 || f.maximum() < 0) {
            generalRelu(f, values, count);
            return;
        }
        if (f.alpha() == 0) {
            plainRelu(values, count);
        } else {
            leakyRelu(values, count, f.alpha());
        }
        if (f.maximum() != Float.POSITIVE_INFINITY) {
            bound(values, count, f.maximum());
        }
    }

    private static void plainRelu(float[] values, int count) {
        for (int i = 0; i < count; i++) {
            values[i] = Math.max(values[i], 0f);
        }
    }

    private static void leakyRelu(float[] values, int count, float alpha) {
        for (int i = 0; i < count; i++) {
            values[i] = Math.max(values[i], 0f) + alpha * Math.min(values[i], 0f);
        }
    }

    private static void bound(float[] values, int count, float maximum) {
        for (int i = 0; i < count; i++) {
            values[i] = Math.min(values[i], maximum);
        }
    }

    private static void generalRelu(Activation f, float[] values, int count) {
        for (int i = 0; i < count; i++) {
            float x = values[i];
            if (x >= f.maximum()) {
                values[i] = f.maximum();
            } else if (!(x >= f.threshold())) {
                values[i] = f.alpha() == 0 && x < f.threshold() ? 0f : f.alpha() * (x - f.threshold());
            }
        }
    }

    /** Whether there is neither a NaN nor an infinity from {@code from} up to, not including, {@code to}. */
    static boolean finite(float[] values, int from, int to) {
        // Several sums, none of which waits for another one.
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int i = from;
        for (; i + 3 < to; i += 4) {
            a += values[i] * 0f;
            b += values[i + 1] * 0f;
            c += values[i + 2] * 0f;
            d += values[i + 3] * 0f;
        }
        for (; i < to; i++) {
            a += values[i] * 0f;
        }
        return a + b + c + d == 0;
    }

    /** {@code upstream[i] *= f'}, f' from {@code saved[i]}: the output where that is enough, else the input. */
    static void gradient(Activation f, float[] saved, float[] upstream, int count, Lane lane) {
        switch (f.kind()) {
            case LINEAR -> {}
            case RELU -> reluGradient(f, saved, upstream, count);
            default -> SmoothFunctions.gradient(f, saved, upstream, count, lane);
        }
    }

    private static void reluGradient(Activation f, float[] saved, float[] upstream, int count) {
        if (f.threshold() != 0 || f.alpha() < 0 || f.alpha() > 1) {
            generalGradient(f, saved, upstream, count);
        } else if (f.maximum() != Float.POSITIVE_INFINITY) {
            boundedGradient(saved, upstream, count, f.alpha(), f.maximum());
        } else {
            leakyGradient(saved, upstream, count, f.alpha());
        }
    }

    /** The slope is 1 where saved is positive, else alpha. */
    private static void leakyGradient(float[] saved, float[] upstream, int count, float alpha) {
        for (int i = 0; i < count; i++) {
            upstream[i] *= Math.max(alpha, positive(saved[i]));
        }
    }

    /** The slope is 1 or alpha as that of the leaky ReLU below the maximum, and 0 from there on. */
    private static void boundedGradient(float[] saved, float[] upstream, int count, float alpha, float maximum) {
        for (int i = 0; i < count; i++) {
            upstream[i] *= positive(maximum - saved[i]) * Math.max(alpha, positive(saved[i]));
        }
    }

    private static void generalGradient(Activation f, float[] saved, float[] upstream, int count) {
        float threshold = f.gradientFromOutput() ? 0 : f.threshold();
        for (int i = 0; i < count; i++) {
            if (saved[i] >= f.maximum()) {
                upstream[i] *= 0f;
            } else if (!(saved[i] > threshold)) {
                upstream[i] *= f.alpha();
            }
        }
    }
}
