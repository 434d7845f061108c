package conv4j.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import conv4j.graph.Fusion;
import conv4j.graph.Graph;
import conv4j.graph.Value;
import conv4j.random.RandomStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every layer on the reference backend: its gradients against finite differences, and fused against not fused. */
class LayerGradientsTest {
    private static final int BATCH = 2;

    /** Distance of the inputs from each other. Kinks of the activations lie on its multiples, inputs in between. */
    private static final double SPACING = 0.05;

    private static final double DIFFERENCE = 0.01;

    static List<LayerCases.Case> cases() {
        // All inputs are the same here, which is where a maximum has its kink, and near 0, where a quotient is steep.
        Set<Class<? extends Layer>> elsewhere = Set.of(Maximum.class, Minimum.class, Divide.class);
        return LayerCases.all().stream()
                .filter(each -> !elsewhere.contains(each.layer().getClass()))
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void gradientsInTrainingAgreeWithFiniteDifferences(LayerCases.Case each) {
        checkGradients(bench(each, true));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void gradientsOutsideTrainingAgreeWithFiniteDifferences(LayerCases.Case each) {
        checkGradients(bench(each, false));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void fusedOperationsComputeTheSame(LayerCases.Case each) {
        for (boolean training : new boolean[] {true, false}) {
            LayerBench bench = bench(each, training);
            Graph fused = Fusion.apply(bench.context.graph, training);
            assertArrayEquals(
                    bench.runForward(), bench.run(fused, List.of(bench.output)).get(bench.output), 1e-6f);
        }
    }

    private static LayerBench bench(LayerCases.Case each, boolean training) {
        RandomStream random = new RandomStream(99, 0);
        return new LayerBench(each.layer(), each.inputs(), training, BATCH, value -> {
            int count = (int) value.elements(BATCH);
            return switch (value.role()) {
                case INPUT -> value.name().equals("x") ? separated(count) : uniform(random, count, -1, 1);
                case PARAMETER -> uniform(random, count, -0.6f, 0.7f);
                default -> uniform(random, count, 0.4f, 1.2f);
            };
        });
    }

    private static void checkGradients(LayerBench bench) {
        Map<Value, float[]> gradients = bench.runBackward();
        for (Value value : bench.leaves()) {
            float[] gradient = gradients.get(value);
            assertNotNull(gradient, () -> "no gradient of " + value);
            float[] numbers = bench.given(value);
            assertEquals(numbers.length, gradient.length);
            for (int i = 0; i < numbers.length; i++) {
                double expected = derivative(bench, numbers, i);
                int index = i;
                assertEquals(expected, gradient[i], 3e-3 * (1 + Math.abs(expected)), () -> value + " at " + index);
            }
        }
    }

    /** The central difference of fourth order. */
    private static double derivative(LayerBench bench, float[] numbers, int i) {
        return (8 * (lossAt(bench, numbers, i, 1) - lossAt(bench, numbers, i, -1))
                        - (lossAt(bench, numbers, i, 2) - lossAt(bench, numbers, i, -2)))
                / (12 * DIFFERENCE);
    }

    /** The sum of outputs times upstream gradients with one number moved; that sum's gradient is the layer's. */
    private static double lossAt(LayerBench bench, float[] numbers, int i, int steps) {
        float before = numbers[i];
        numbers[i] = (float) (before + steps * DIFFERENCE);
        float[] outputs = bench.runForward();
        numbers[i] = before;
        float[] weights = bench.given(bench.upstream);
        double sum = 0;
        for (int j = 0; j < weights.length; j++) {
            sum += (double) outputs[j] * weights[j];
        }
        return sum;
    }

    /** Numbers around 0 in random order, none of which a step of the differences takes past another or a kink. */
    private static float[] separated(int count) {
        int[] order = RandomStream.permutation(count, 7, count);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) ((order[i] - count / 2 + 0.5) * SPACING);
        }
        return numbers;
    }

    private static float[] uniform(RandomStream random, int count, float low, float high) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = random.nextFloat(low, high);
        }
        return numbers;
    }
}
