package conv4j.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import conv4j.graph.Gradients;
import conv4j.graph.Graph;
import conv4j.graph.Loss;
import conv4j.graph.Operation;
import conv4j.graph.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Compares derived gradients with central differences. The scalar that is differentiated is the sum of the result's
 * elements times fixed random weights, or the mean loss.
 *
 * <p>With steps of h = 1/256 the cubic term of the Taylor series leaves h^2 / 6 = 3e-6 times the third derivative, and the
 * rounding of results to float, 6e-8 of each, divided by 2 h, about 1e-5 of their sum: 1e-3 of the gradients' size is a
 * safe bound for both, and far below what any wrong formula gives.
 */
public final class GradientCheck {

    private static final float STEP = 1f / 256;

    private final Graph forward;
    private final Value result;
    private final int batch;
    private final Map<Value, float[]> inputs = new LinkedHashMap<>();

    /** A check of the graph's gradients that start from a result. */
    public GradientCheck(Graph forward, Value result, int batch) {
        this.forward = forward;
        this.result = result;
        this.batch = batch;
    }

    /** A check of one operation's gradients, starting from its first output. */
    public static GradientCheck of(Operation operation, int batch) {
        return new GradientCheck(
                new Graph(List.of(operation)), operation.outputs().get(0), batch);
    }

    /** An input with its elements. */
    public GradientCheck with(Value value, float... elements) {
        inputs.put(value, elements);
        return this;
    }

    /** An input with random elements. */
    public GradientCheck random(Value value) {
        return with(value, Numbers.reals(new Random(inputs.size() + 1), (int) value.elements(batch)));
    }

    /** Fails unless every wanted input's gradient is that of the differences. */
    public void check(Value... wanted) {
        Graph graph = new Graph(forward.operations());
        boolean isLoss = forward.operations().stream().anyMatch(Loss.class::isInstance);
        Value upstream = result.like("weights");
        Gradients gradients = new Gradients(graph, List.of(wanted));
        Map<Value, Value> derived = (isLoss ? gradients.ofLoss(result) : gradients.from(result, upstream)).append();
        float[] weights = Numbers.reals(new Random(99), (int) result.elements(batch));
        GraphRun run = run(inputs).put(upstream, weights).of(graph);
        for (Value value : wanted) {
            float[] got = run.get(derived.get(value));
            List<Double> want = new ArrayList<>();
            for (int i = 0; i < got.length; i++) {
                want.add(difference(value, i, isLoss ? null : weights));
            }
            double size = 1 + want.stream().mapToDouble(Math::abs).max().orElse(0);
            for (int i = 0; i < got.length; i++) {
                int index = i;
                assertEquals(want.get(i), got[i], 1e-3 * size, () -> "gradient of " + value + " at " + index);
            }
        }
    }

    private GraphRun run(Map<Value, float[]> elements) {
        GraphRun run = new GraphRun(batch);
        elements.forEach(run::put);
        return run;
    }

    private double difference(Value value, int index, float[] weights) {
        return (scalar(value, index, STEP, weights) - scalar(value, index, -STEP, weights)) / (2 * STEP);
    }

    private double scalar(Value value, int index, float step, float[] weights) {
        Map<Value, float[]> moved = new LinkedHashMap<>(inputs);
        float[] elements = inputs.get(value).clone();
        elements[index] += step;
        moved.put(value, elements);
        float[] y = run(moved).of(forward).get(result);
        double sum = 0;
        for (int i = 0; i < y.length; i++) {
            sum += (double) y[i] * (weights == null ? 1.0 / batch : weights[i]);
        }
        return sum;
    }
}
