package conv4j.selftest;

import static conv4j.selftest.Assertions.assertEquals;

import conv4j.backend.Backend;
import conv4j.backend.reference.ReferenceBackend;
import conv4j.graph.Gradients;
import conv4j.graph.Graph;
import conv4j.graph.Loss;
import conv4j.graph.Operation;
import conv4j.graph.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.math3.analysis.UnivariateFunction;
import org.apache.commons.math3.analysis.differentiation.DerivativeStructure;
import org.apache.commons.math3.analysis.differentiation.FiniteDifferencesDifferentiator;

/**
 * Compares derived gradients with central differences of the reference backend. The scalar that is differentiated is the
 * sum of the result's elements times fixed random weights, or the mean loss.
 *
 * <p>With steps of h = 1/256 the cubic term of the Taylor series leaves h^2 / 6 = 3e-6 times the third derivative, and the
 * rounding of results to float, 6e-8 of each, divided by 2 h, about 1e-5 of their sum: 1e-3 of the gradients' size is a
 * safe bound for both, and far below what any wrong formula gives.
 */
public final class GradientCheck {

    private static final double STEP = 1.0 / 256;
    private static final double TOLERANCE = 1e-3;

    private final Graph forward;
    private final Value result;
    private final int batch;
    private final boolean ofLoss;
    private final Map<Value, float[]> inputs = new LinkedHashMap<>();

    /**
     * A check of the gradients of a graph.
     *
     * @param forward the operations
     * @param result the value that the scalar is made of
     * @param batch how many items
     */
    public GradientCheck(Graph forward, Value result, int batch) {
        this.forward = forward;
        this.result = result;
        this.batch = batch;
        ofLoss = forward.operations().stream().anyMatch(Loss.class::isInstance);
    }

    /**
     * A check of one operation's gradients, starting from its first output.
     *
     * @param operation an operation with a gradient
     * @param batch how many items
     * @return the check, without inputs yet
     */
    public static GradientCheck of(Operation operation, int batch) {
        return new GradientCheck(
                new Graph(List.of(operation)), operation.outputs().get(0), batch);
    }

    /**
     * Gives an input its elements.
     *
     * @param value an input or parameter
     * @param elements as many as it has in this batch
     * @return this
     */
    public GradientCheck with(Value value, float... elements) {
        inputs.put(value, elements);
        return this;
    }

    /**
     * Gives an input random elements.
     *
     * @param value an input or parameter
     * @return this
     */
    public GradientCheck random(Value value) {
        return with(value, Numbers.reals(new Random(inputs.size() + 1), (int) value.elements(batch)));
    }

    /**
     * Fails unless the reference backend's gradients are those of the differences.
     *
     * @param wanted the inputs to differentiate by
     * @throws AssertionError when they are not
     */
    public void check(Value... wanted) {
        try (ReferenceBackend reference = new ReferenceBackend()) {
            worstShare(reference, wanted);
        }
    }

    /** Fails unless the device's gradients are those of the differences. */
    void check(Subject subject, Value... wanted) {
        long start = System.nanoTime();
        double worst = worstShare(subject.backend(), wanted);
        subject.tally().add(names().get(0) + " (differences)", worst, System.nanoTime() - start);
    }

    /** The largest error as a share of its bound. */
    private double worstShare(Backend backend, Value... wanted) {
        Graph graph = new Graph(forward.operations());
        Value upstream = result.like("weights");
        Gradients gradients = new Gradients(graph, List.of(wanted));
        Map<Value, Value> derived = (ofLoss ? gradients.ofLoss(result) : gradients.from(result, upstream)).append();
        float[] weights = Numbers.reals(new Random(99), (int) result.elements(batch));
        GraphRun run = run(inputs).put(upstream, weights).of(graph, backend);
        double worst = 0;
        for (Value value : wanted) {
            worst = Math.max(worst, compare(value, run.get(derived.get(value)), weights));
        }
        return worst;
    }

    private double compare(Value value, float[] got, float[] weights) {
        double[] want = IntStream.range(0, got.length)
                .mapToDouble(i -> difference(value, i, weights))
                .toArray();
        double size = 1
                + IntStream.range(0, got.length)
                        .mapToDouble(i -> Math.abs(want[i]))
                        .max()
                        .orElse(0);
        double worst = 0;
        for (int i = 0; i < got.length; i++) {
            assertEquals(want[i], got[i], TOLERANCE * size, "the gradient of " + value + " at " + i + " of " + names());
            worst = Math.max(worst, Math.abs(want[i] - got[i]) / (TOLERANCE * size));
        }
        return worst;
    }

    private List<String> names() {
        return forward.operations().stream().map(Operation::name).toList();
    }

    private double difference(Value value, int index, float[] weights) {
        UnivariateFunction along = x -> scalar(value, index, x, weights);
        DerivativeStructure x = new DerivativeStructure(1, 1, 0, inputs.get(value)[index]);
        return new FiniteDifferencesDifferentiator(2, 2 * STEP)
                .differentiate(along)
                .value(x)
                .getPartialDerivative(1);
    }

    private double scalar(Value value, int index, double x, float[] weights) {
        Map<Value, float[]> moved = new LinkedHashMap<>(inputs);
        float[] elements = inputs.get(value).clone();
        elements[index] = (float) x;
        moved.put(value, elements);
        float[] y = run(moved).of(forward).get(result);
        double sum = 0;
        for (int i = 0; i < y.length; i++) {
            sum += (double) y[i] * (ofLoss ? 1.0 / batch : weights[i]);
        }
        return sum;
    }

    private GraphRun run(Map<Value, float[]> elements) {
        GraphRun run = new GraphRun(batch);
        elements.forEach(run::put);
        return run;
    }
}
