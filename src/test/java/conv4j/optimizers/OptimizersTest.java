package conv4j.optimizers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.graph.Update;
import conv4j.schedules.CosineDecay;
import conv4j.schedules.ExponentialDecay;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizersTest {
    private static final int STEPS = 40;
    private static final double W0 = 0.7;

    /** A textbook's loop in double precision: from step (1 to STEPS) and gradient to the new weight. */
    private interface Textbook {
        double step(int t, double g);
    }

    static Stream<Arguments> textbooks() {
        return Stream.of(
                arguments("SGD", () -> new SGD(0.05), new Textbook() {
                    double w = W0;

                    @Override
                    public double step(int t, double g) {
                        return w -= 0.05 * g;
                    }
                }),
                arguments("momentum", () -> new SGD(0.05).momentum(0.9), new Textbook() {
                    double w = W0;
                    double v;

                    @Override
                    public double step(int t, double g) {
                        v = 0.9 * v - 0.05 * g;
                        return w += v;
                    }
                }),
                arguments("Nesterov", () -> new SGD(0.05).momentum(0.9).nesterov(true), new Textbook() {
                    double w = W0;
                    double v;

                    @Override
                    public double step(int t, double g) {
                        v = 0.9 * v - 0.05 * g;
                        return w += 0.9 * v - 0.05 * g;
                    }
                }),
                arguments("RMSprop", () -> new RMSprop(0.01), new Textbook() {
                    double w = W0;
                    double v;

                    @Override
                    public double step(int t, double g) {
                        v = 0.9 * v + 0.1 * g * g;
                        return w -= 0.01 * g / Math.sqrt(v + 1e-7);
                    }
                }),
                arguments(
                        "RMSprop centered, momentum",
                        () -> new RMSprop(0.01)
                                .rho(0.8)
                                .centered(true)
                                .momentum(0.5)
                                .epsilon(1e-3),
                        new Textbook() {
                            double w = W0;
                            double v;
                            double a;
                            double m;

                            @Override
                            public double step(int t, double g) {
                                v = 0.8 * v + 0.2 * g * g;
                                a = 0.8 * a + 0.2 * g;
                                m = 0.5 * m + 0.01 * g / Math.sqrt(v - a * a + 1e-3);
                                return w -= m;
                            }
                        }),
                arguments("Adam", () -> new Adam(0.01), new AdamBook(0, false)),
                arguments("Adam AMSGrad", () -> new Adam(0.01).amsgrad(true), new AdamBook(0, true)),
                arguments("AdamW", () -> new AdamW(0.01), new AdamBook(0.004, false)),
                arguments("Adamax", () -> new Adamax(0.01), new Textbook() {
                    double w = W0;
                    double m;
                    double u;

                    @Override
                    public double step(int t, double g) {
                        m = 0.9 * m + 0.1 * g;
                        u = Math.max(0.999 * u, Math.abs(g));
                        return w -= 0.01 / (1 - Math.pow(0.9, t)) * m / (u + 1e-7);
                    }
                }),
                arguments("Nadam", () -> new Nadam(0.01), new Textbook() {
                    double w = W0;
                    double m;
                    double v;
                    double product = 1;

                    @Override
                    public double step(int t, double g) {
                        double now = 0.9 * (1 - 0.5 * Math.pow(0.96, t));
                        double next = 0.9 * (1 - 0.5 * Math.pow(0.96, t + 1));
                        product *= now;
                        m = 0.9 * m + 0.1 * g;
                        v = 0.999 * v + 0.001 * g * g;
                        double ahead = next * m / (1 - product * next) + (1 - now) * g / (1 - product);
                        return w -= 0.01 * ahead / (Math.sqrt(v / (1 - Math.pow(0.999, t))) + 1e-7);
                    }
                }));
    }

    /** Both averages corrected; as in Keras epsilon is added before the correction of v. */
    private static final class AdamBook implements Textbook {
        private final double decay;
        private final boolean amsgrad;
        private double w = W0;
        private double m;
        private double v;
        private double largest;

        AdamBook(double decay, boolean amsgrad) {
            this.decay = decay;
            this.amsgrad = amsgrad;
        }

        @Override
        public double step(int t, double g) {
            w -= decay * 0.01 * w;
            m = 0.9 * m + 0.1 * g;
            v = 0.999 * v + 0.001 * g * g;
            largest = Math.max(largest, v);
            double c = Math.sqrt(1 - Math.pow(0.999, t));
            double mHat = m / (1 - Math.pow(0.9, t));
            double root = Math.sqrt(amsgrad ? largest : v) / c;
            return w -= 0.01 * mHat / (root + 1e-7 / c);
        }
    }

    private static Arguments arguments(String name, Supplier<Optimizer> optimizer, Textbook textbook) {
        return Arguments.of(name, optimizer, textbook);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("textbooks")
    void ruleAndCoefficientsGiveTheTextbooksSteps(String name, Supplier<Optimizer> made, Textbook textbook) {
        Optimizer optimizer = made.get();
        double[] slots = new double[optimizer.slotNames().size()];
        double w = W0;
        for (int step = 0; step < STEPS; step++) {
            double g = Math.cos(1.7 * step) * (1 + 0.1 * step);
            w = applied(optimizer.rule(), optimizer.coefficients(step), w, g, slots);
            assertEquals(textbook.step(step + 1, g), w, 2e-6, name + " at step " + step);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("textbooks")
    void slotNamesAreAsManyAsTheRuleHasSlots(String name, Supplier<Optimizer> made, Textbook unused) {
        assertEquals(made.get().rule().slots(), made.get().slotNames().size());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("textbooks")
    void resumingGivesTheSameBitsAsNeverHavingStopped(String name, Supplier<Optimizer> made, Textbook unused) {
        Optimizer running = made.get();
        for (int step = 0; step < 25; step++) {
            running.coefficients(step);
        }
        float[] expected = running.coefficients(25);
        assertArrayEquals(expected, made.get().coefficients(25));
        running.coefficients(90);
        assertArrayEquals(expected, running.coefficients(25));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("textbooks")
    void configurationsMakeTheSameOptimizerAgain(String name, Supplier<Optimizer> made, Textbook unused) {
        for (Optimizer optimizer : new Optimizer[] {
            made.get(),
            made.get().weightDecay(0.02).clipNorm(1.5),
            made.get().globalClipNorm(2).learningRate(new CosineDecay(0.1, 7)),
            made.get().clipValue(0.5).weightDecay(0)
        }) {
            Optimizer again = Optimizers.fromConfig(optimizer.className(), optimizer.config());
            assertEquals(optimizer.config(), again.config());
            assertEquals(optimizer.rule(), again.rule());
            assertArrayEquals(optimizer.coefficients(3), again.coefficients(3));
            assertEquals(optimizer.clipNorm(), again.clipNorm());
            assertEquals(optimizer.globalClipNorm(), again.globalClipNorm());
            assertSame(optimizer.getClass(), again.getClass());
        }
    }

    @Test
    void defaultsAreThoseOfKeras() {
        assertEquals(0.01, new SGD().learningRateAt(0));
        for (String name : new String[] {"rmsprop", "adam", "adamw", "adamax", "nadam"}) {
            assertEquals(0.001, Optimizers.named(name).learningRateAt(0), name);
            assertEquals(1e-7, Optimizers.named(name).config().get("epsilon"), name);
        }
        assertEquals(0.004f, new AdamW().rule().weightDecay());
        assertEquals(0f, new Adam().rule().weightDecay());
        assertEquals(Float.POSITIVE_INFINITY, new Adam().rule().clipValue());
        assertEquals(0.9f, new RMSprop().rule().beta2());
    }

    /** What Keras 3.15.1 writes for an optimizer, with the settings that change nothing here. */
    @Test
    void aConfigurationWrittenByKerasIsRead() {
        Map<String, Object> config = new java.util.HashMap<>(
                Map.of("name", "adam", "learning_rate", 0.002, "use_ema", false, "ema_momentum", 0.99, "beta_1", 0.8));
        for (String absent : new String[] {
            "weight_decay",
            "clipnorm",
            "global_clipnorm",
            "clipvalue",
            "ema_overwrite_frequency",
            "loss_scale_factor",
            "gradient_accumulation_steps"
        }) {
            config.put(absent, null);
        }
        Optimizer adam = Optimizers.fromConfig("Adam", config);
        assertEquals(0.002, adam.learningRateAt(5));
        assertEquals(0.8f, adam.rule().beta1());
        assertRefused("use_ema", () -> Optimizers.fromConfig("Adam", Map.of("use_ema", true)));
    }

    /** The numbers that kernels get, where a rounding in the textbook's loop would hide them. */
    @Test
    void settingsReachRuleAndCoefficients() {
        for (Optimizer optimizer : new Optimizer[] {
            new Adam().beta1(0.5).beta2(0.25).epsilon(0.125),
            new Adamax().beta1(0.5).beta2(0.25).epsilon(0.125),
            new Nadam().beta1(0.5).beta2(0.25).epsilon(0.125)
        }) {
            assertEquals(0.5f, optimizer.rule().beta1());
            assertEquals(0.25f, optimizer.rule().beta2());
            assertEquals(0.125f, optimizer.rule().epsilon());
        }
        assertEquals(0.125f, new Adam().epsilon(0.125).coefficients(3)[2]);
        assertEquals(0.125f, new Adamax().epsilon(0.125).coefficients(3)[2]);
        assertEquals(0.125f, new RMSprop().epsilon(0.125).coefficients(3)[2]);
        assertEquals(0.5f, new SGD().clipValue(0.5).rule().clipValue());
        assertEquals(0.5, new SGD().clipNorm(0.5).clipNorm().getAsDouble());
        assertEquals(0.5, new SGD().globalClipNorm(0.5).globalClipNorm().getAsDouble());
        assertTrue(new SGD().clipNorm().isEmpty() && new SGD().globalClipNorm().isEmpty());
    }

    @Test
    void settingsAreWrittenUnderKerasNames() {
        Map<String, Object> config = new SGD(0.5).clipNorm(3).config();
        assertEquals(0.5, config.get("learning_rate"));
        assertEquals(3.0, config.get("clipnorm"));
        assertTrue(config.containsKey("weight_decay") && config.get("weight_decay") == null, "none is written as null");
        assertEquals(0.25, new SGD().weightDecay(0.25).config().get("weight_decay"));
        assertFalse(new RMSprop().config().containsKey("epsilon_outside"), "Keras has no such argument");
        assertEquals(true, new RMSprop().epsilonOutside(true).config().get("epsilon_outside"));
        assertTrue(new RMSprop().epsilonOutside(true).rule().epsilonOutside());
        Optimizer again = Optimizers.fromConfig(
                "RMSprop", new RMSprop().epsilonOutside(true).config());
        assertTrue(again.rule().epsilonOutside());
    }

    /** The methods return the optimizer itself, also where it is known as an Optimizer only. */
    @Test
    void settingsCanBeChained() {
        Optimizer optimizer = new Adam();
        assertSame(optimizer, optimizer.learningRate(0.5));
        assertSame(optimizer, optimizer.learningRate(new CosineDecay(0.1, 7)));
        assertSame(optimizer, optimizer.weightDecay(0.5));
        assertSame(optimizer, optimizer.clipNorm(0.5));
        Optimizer other = new SGD();
        assertSame(other, other.globalClipNorm(1));
        Optimizer third = new SGD();
        assertSame(third, third.clipValue(1));
    }

    /** A step far ahead does not need the steps before it, whatever was asked first. */
    @Test
    void nadamsProductIsThatOfAllStepsInAnyOrder() {
        Nadam optimizer = new Nadam(0.5);
        double product = 1;
        for (int t = 1; t <= 8; t++) {
            product *= 0.9 * (1 - 0.5 * Math.pow(0.96, t));
        }
        double now = 0.9 * (1 - 0.5 * Math.pow(0.96, 8));
        double expected = 0.5 * (1 - now) / (1 - product);
        assertEquals(expected, optimizer.coefficients(7)[2], 1e-7);
        assertEquals(expected, optimizer.coefficients(7)[2], 1e-7, "asked again");
        optimizer.coefficients(2);
        assertEquals(expected, optimizer.coefficients(7)[2], 1e-7, "after an earlier step");
    }

    @Test
    void theLearningRateFollowsTheScheduleUntilANumberIsSet() {
        Optimizer optimizer = new Adamax(1).learningRate(new ExponentialDecay(0.005, 10, 0.9, true));
        assertEquals(0.005f, optimizer.coefficients(9)[0]);
        assertEquals(0.0045f, optimizer.coefficients(10)[0]);
        optimizer.learningRate(0.25);
        assertEquals(0.25f, optimizer.coefficients(10)[0]);
    }

    @Test
    void impossibleSettingsAreRefused() {
        assertRefused("-1", () -> new SGD(-1));
        assertRefused("NaN", () -> new SGD(Double.NaN));
        assertRefused("1.0", () -> new Adam().beta1(1));
        assertRefused("only one of", () -> new Adam().clipNorm(1).clipValue(1));
        assertRefused("only one of", () -> new Adam().globalClipNorm(1).clipNorm(1));
        assertRefused("0.0", () -> new Adam().clipNorm(0));
        assertRefused("0.0", () -> new Adam().globalClipNorm(0));
        assertRefused("0.0", () -> new Adam().clipValue(0));
        assertRefused("NaN", () -> new Adam().clipValue(Double.NaN));
        assertRefused("only one of", () -> new Adam().clipValue(1).globalClipNorm(1));
        assertRefused("only one of", () -> new Adam().clipNorm(1).globalClipNorm(1));
        assertRefused("only one of", () -> new Adam().clipValue(1).clipNorm(1));
        assertRefused("only one of", () -> new Adam().globalClipNorm(1).clipValue(1));
        assertRefused("Infinity", () -> new SGD(Double.POSITIVE_INFINITY));
        assertRefused("-0.5", () -> new SGD().weightDecay(-0.5));
        assertRefused("-0.5", () -> new SGD().momentum(-0.5));
        assertRefused("NaN", () -> new RMSprop().rho(Double.NaN));
        assertRefused("-1.0E-7", () -> new RMSprop().epsilon(-1e-7));
        assertRefused("'lion'", () -> Optimizers.named("lion"));
        assertRefused("learning_rate", () -> Optimizers.fromConfig("SGD", Map.of("learning_rate", true)));
    }

    private static void assertRefused(String said, Runnable code) {
        String message = assertThrows(IllegalArgumentException.class, code::run).getMessage();
        assertTrue(message.contains(said), message);
    }

    /** The formulas of {@link Update.Kind}, letter by letter, for one parameter. */
    private static double applied(Update.Rule rule, float[] c, double before, double g, double[] s) {
        double w = before - rule.weightDecay() * c[0] * before;
        double b1 = rule.beta1();
        double b2 = rule.beta2();
        switch (rule.kind()) {
            case SGD -> {
                if (b1 == 0) {
                    return w - c[0] * g;
                }
                s[0] = b1 * s[0] - c[0] * g;
                return rule.variant() ? w + b1 * s[0] - c[0] * g : w + s[0];
            }
            case RMSPROP -> {
                s[0] = b2 * s[0] + (1 - b2) * g * g;
                double v = s[0];
                int next = 1;
                if (rule.variant()) {
                    s[next] = b2 * s[next] + (1 - b2) * g;
                    v -= s[next] * s[next];
                    next++;
                }
                double d = rule.epsilonOutside() ? c[0] * g / (Math.sqrt(v) + c[2]) : c[0] * g / Math.sqrt(v + c[2]);
                if (b1 == 0) {
                    return w - d;
                }
                s[next] = b1 * s[next] + d;
                return w - s[next];
            }
            case ADAM -> {
                s[0] = b1 * s[0] + (1 - b1) * g;
                s[1] = b2 * s[1] + (1 - b2) * g * g;
                double v = s[1];
                if (rule.variant()) {
                    s[2] = Math.max(s[2], v);
                    v = s[2];
                }
                return w - c[1] * s[0] / (Math.sqrt(v) + c[2]);
            }
            case ADAMAX -> {
                s[0] = b1 * s[0] + (1 - b1) * g;
                s[1] = Math.max(b2 * s[1], Math.abs(g));
                return w - c[1] * s[0] / (s[1] + c[2]);
            }
            case NADAM -> {
                s[0] = b1 * s[0] + (1 - b1) * g;
                s[1] = b2 * s[1] + (1 - b2) * g * g;
                return w - (c[1] * s[0] + c[2] * g) / (Math.sqrt(s[1] * c[3]) + rule.epsilon());
            }
            default -> throw new AssertionError(rule.kind());
        }
    }
}
