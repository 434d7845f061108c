package conv4j.selftest;

import static conv4j.selftest.Numbers.SMALLEST;
import static conv4j.selftest.Numbers.UNIT;
import static conv4j.selftest.Numbers.gamma;

import conv4j.graph.Softmax;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Softmax and its gradient. */
final class ProbabilityContract extends Contract {

    ProbabilityContract(Subject subject) {
        super("softmax", subject);
    }

    @Override
    List<Check> checks() {
        return List.of(
                check("softmax is as good as its exponentials", this::softmaxIsAsGoodAsItsExponentials),
                check("softmax does not overflow", this::softmaxDoesNotOverflow),
                check(
                        "softmax gradients stay within the bound of their sums",
                        this::softmaxGradientsStayWithinTheBoundOfTheirSums));
    }

    /** Items of a shape whose rows are classes; logits are normally distributed with this deviation. */
    record Case(Shape shape, int n, int maxBatch, double deviation) {

        Value items(String name) {
            return Value.activation(name, shape);
        }

        float[] logits(Random random) {
            float[] x = Numbers.reals(random, n * shape.size());
            for (int i = 0; i < x.length; i++) {
                x[i] *= (float) deviation;
            }
            return x;
        }
    }

    private List<Case> all() {
        List<Case> cases = new ArrayList<>();
        for (int i = 0; i < Numbers.EDGES.length; i++) {
            cases.add(new Case(Shape.of(Numbers.EDGES[i]), Numbers.EDGES[(i + 5) % Numbers.EDGES.length], 66, 2));
        }
        cases.add(new Case(Shape.of(1000), 3, 4, 5));
        cases.add(new Case(Shape.of(5, 10), 3, 3, 1));
        cases.add(new Case(Shape.of(2, 3, 4), 2, 3, 1));
        cases.add(new Case(Shape.of(10), 5, 5, 1000));
        return cases;
    }

    private void softmaxIsAsGoodAsItsExponentials() {
        each(all(), c -> {
            Softmax operation = new Softmax(c.items("x"), c.items("y"));
            float[] x = c.logits(random());
            int columns = c.shape().columns();
            // x - max is rounded in units of their sizes, exp is good to 6 u, the sum adds gamma, the division 5 u.
            Trial.of(c, operation, c.n(), c.maxBatch())
                    .put(operation.input(), x)
                    .assertWithin(
                            subject(),
                            (v, i, want) -> want * (gamma(columns + 32) + 4 * UNIT * largest(x, i / columns, columns))
                                    + SMALLEST);
        });
    }

    /** The largest absolute value of a row. */
    static double largest(float[] x, int row, int columns) {
        double largest = 0;
        for (int i = row * columns; i < (row + 1) * columns; i++) {
            largest = Math.max(largest, Math.abs(x[i]));
        }
        return largest;
    }

    private void softmaxDoesNotOverflow() {
        float inf = Float.POSITIVE_INFINITY;
        Softmax operation = new Softmax(Value.activation("x", Shape.of(4)), Value.activation("y", Shape.of(4)));
        float[] x = {
            1e38f, -1e38f, 0, 1e38f, -1e38f, -1e38f, -1e38f, -1e38f, -inf, 3, -inf, 3, 1, Float.NaN, 2, 3, 7, 7, 7, 7
        };
        Trial.of("huge, minus infinity, NaN", operation, 5, 6)
                .put(operation.input(), x)
                .assertWithin(subject(), (v, i, want) -> 8 * UNIT * want);
    }

    private void softmaxGradientsStayWithinTheBoundOfTheirSums() {
        each(all(), c -> {
            Softmax forward = new Softmax(c.items("x"), c.items("y"));
            float[] y = Trial.of(c, forward, c.n(), c.maxBatch())
                    .put(forward.input(), c.logits(random()))
                    .onReference()
                    .of(forward.output());
            Softmax.Gradient operation = new Softmax.Gradient(c.items("dy"), forward.output(), c.items("dx"));
            float[] dy = Numbers.reals(random(), y.length);
            int columns = c.shape().columns();
            Trial.of(c, operation, c.n(), c.maxBatch())
                    .put(operation.outputGradient(), dy)
                    .put(operation.output(), y)
                    .assertWithin(subject(), (v, i, want) -> {
                        double sum = 0;
                        for (int j = i / columns * columns; j < (i / columns + 1) * columns; j++) {
                            sum += Math.abs((double) dy[j] * y[j]);
                        }
                        return gamma(columns + 4) * y[i] * (Math.abs(dy[i]) + sum) + SMALLEST;
                    });
        });
    }
}
