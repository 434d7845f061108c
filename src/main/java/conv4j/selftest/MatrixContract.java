package conv4j.selftest;

import static conv4j.selftest.Assertions.assertEquals;
import static conv4j.selftest.Numbers.gamma;

import conv4j.graph.Activation;
import conv4j.graph.AddBias;
import conv4j.graph.ColumnSums;
import conv4j.graph.MatMul;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;

/** Matrix products with every transposition and the batch on every side that it can be on; sums over rows; biases. */
final class MatrixContract extends Contract {

    MatrixContract(Subject subject) {
        super("matrix product", subject);
    }

    @Override
    List<Check> checks() {
        return List.of(
                check("products are exact on integers", this::productsAreExactOnIntegers),
                check(
                        "products with bias and activation are exact on integers",
                        this::productsWithBiasAndActivationAreExactOnIntegers),
                check("products stay within the bound of their sums", this::productsStayWithinTheBoundOfTheirSums),
                check("products are those of commons math", this::productsAreThoseOfCommonsMath),
                check("every activation is fused into products", this::everyActivationIsFusedIntoProducts),
                check("products keep not a number and infinity", this::productsKeepNotANumberAndInfinity),
                check("column sums are exact on integers", this::columnSumsAreExactOnIntegers),
                check("column sums stay within the bound of their sums", this::columnSumsStayWithinTheBoundOfTheirSums),
                check("biases are added exactly", this::biasesAreAddedExactly));
    }

    /** Where the batch axis is. */
    enum Batch {
        /** Parameters only: any transposition. */
        NOWHERE,
        /** Rows of the left matrix and of the product: a dense layer and the gradient of its input. */
        ROWS,
        /** Rows of both operands, summed over: the gradient of a dense layer's kernel. */
        INNER
    }

    /** Sizes of a product; with a batch axis, rows (or inner) is the number per item. */
    record Case(Batch batch, int m, int k, int n, boolean transposeA, boolean transposeB, int items, int maxBatch) {

        MatMul product(boolean withBias, Activation activation) {
            Value a = value("a", batch != Batch.NOWHERE, transposeA ? Shape.of(k, m) : Shape.of(m, k));
            Value b = value("b", batch == Batch.INNER, transposeB ? Shape.of(n, k) : Shape.of(k, n));
            Value y = value("product", batch == Batch.ROWS, Shape.of(m, n));
            Value bias = withBias ? Value.parameter("bias", Shape.of(n)) : null;
            return new MatMul(a, b, bias, y, transposeA, transposeB, activation);
        }

        private static Value value(String name, boolean batched, Shape shape) {
            return batched ? Value.activation(name, shape) : Value.unbatched(name, shape);
        }

        Trial trial(MatMul operation) {
            return Trial.of(this, operation, items, maxBatch);
        }

        int rows() {
            return batch == Batch.ROWS ? m * items : m;
        }

        double length() {
            return batch == Batch.INNER ? (double) k * items : k;
        }
    }

    private List<Case> all() {
        List<Case> cases = new ArrayList<>();
        int[] edges = Numbers.EDGES;
        for (int i = 0; i < edges.length; i++) {
            int second = edges[(i + 4) % edges.length];
            int third = edges[(i + 9) % edges.length];
            addAll(cases, edges[i], second, third, 1, 1);
            cases.add(new Case(Batch.ROWS, 1, second, third, false, false, edges[i], 65));
            cases.add(new Case(Batch.ROWS, 1, second, third, false, true, edges[i], 70));
            cases.add(new Case(Batch.INNER, second, 1, third, true, false, edges[i], 66));
        }
        addAll(cases, 2, 5, 4, 3, 5);
        addAll(cases, 1, 300, 10, 3, 4);
        addAll(cases, 1, 10, 300, 3, 4);
        cases.add(new Case(Batch.ROWS, 1, 1000, 3, false, false, 2, 2));
        // Sums so long that devices cut them into parts, more rows than one work-item takes, sums of more than a pass.
        addAll(cases, 5, 1030, 21, 3, 4);
        addAll(cases, 40, 70, 3, 5, 6);
        addAll(cases, 7, 300, 5, 2, 3);
        addAll(cases, 2, 600, 512, 1, 1);
        cases.add(new Case(Batch.ROWS, 1, 1030, 21, false, false, 5, 7));
        cases.add(new Case(Batch.INNER, 5, 1, 21, true, false, 601, 700));
        // So many parts that several work-items add up each result's.
        cases.add(new Case(Batch.NOWHERE, 3, 4500, 21, false, false, 1, 1));
        cases.add(new Case(Batch.INNER, 3, 1, 18, true, false, 4300, 4400));
        Random random = random();
        for (int i = 0; i < randomCases(); i++) {
            int items = 1 + random.nextInt(6);
            addAll(
                    cases,
                    1 + random.nextInt(40),
                    1 + random.nextInt(90),
                    1 + random.nextInt(40),
                    items,
                    items + random.nextInt(2));
        }
        return cases;
    }

    private static void addAll(List<Case> cases, int m, int k, int n, int items, int maxBatch) {
        for (boolean transposeA : new boolean[] {false, true}) {
            for (boolean transposeB : new boolean[] {false, true}) {
                cases.add(new Case(Batch.NOWHERE, m, k, n, transposeA, transposeB, items, maxBatch));
            }
        }
        cases.add(new Case(Batch.ROWS, m, k, n, false, false, items, maxBatch));
        cases.add(new Case(Batch.ROWS, m, k, n, false, true, items, maxBatch));
        cases.add(new Case(Batch.INNER, m, k, n, true, false, items, maxBatch));
    }

    private void productsAreExactOnIntegers() {
        each(all(), c -> c.trial(c.product(false, Activation.LINEAR))
                .integers(random(), 4)
                .assertExact(subject()));
    }

    private void productsWithBiasAndActivationAreExactOnIntegers() {
        each(all(), c -> c.trial(c.product(true, ElementwiseContract.BENT))
                .integers(random(), 4)
                .assertExact(subject()));
    }

    private void productsStayWithinTheBoundOfTheirSums() {
        each(all(), c -> {
            Trial trial = c.trial(c.product(true, Activation.LINEAR)).reals(random());
            Trial.Results magnitude = trial.absolute(subject().precision()).onReference();
            double bound = gamma(c.length() + 2, subject().precision());
            trial.assertWithin(subject(), (v, i, want) -> bound * magnitude.of(v)[i] + Numbers.SMALLEST);
        });
    }

    /** Commons Math as a second oracle, in double: on integers every sum is exact there and here. */
    private void productsAreThoseOfCommonsMath() {
        each(all(), c -> {
            MatMul operation = c.product(false, Activation.LINEAR);
            Trial trial = c.trial(operation).integers(random(), 4);
            float[] got = trial.on(subject()).of(operation.output());
            int inner = (int) c.length();
            RealMatrix a = stored(trial.elements(operation.a()), c.transposeA() ? c.rows() : inner);
            RealMatrix b = stored(trial.elements(operation.b()), c.transposeB() ? inner : c.n());
            RealMatrix want = (c.transposeA() ? a.transpose() : a).multiply(c.transposeB() ? b.transpose() : b);
            for (int i = 0; i < got.length; i++) {
                double entry = want.getEntry(i / want.getColumnDimension(), i % want.getColumnDimension());
                assertEquals(entry, got[i], "element " + i + " of the product of " + c);
            }
        });
    }

    private static RealMatrix stored(float[] elements, int columns) {
        RealMatrix matrix = new Array2DRowRealMatrix(elements.length / columns, columns);
        for (int i = 0; i < elements.length; i++) {
            matrix.setEntry(i / columns, i % columns, elements[i]);
        }
        return matrix;
    }

    private void everyActivationIsFusedIntoProducts() {
        Case c = new Case(Batch.ROWS, 1, 9, 17, false, false, 5, 6);
        each(ElementwiseContract.activations(), f -> {
            MatMul operation = c.product(true, f);
            Trial trial = c.trial(operation).reals(random());
            Trial linear = trial.with(new MatMul(
                    operation.a(),
                    operation.b(),
                    operation.bias(),
                    operation.output(),
                    false,
                    false,
                    Activation.LINEAR));
            float[] x = linear.onReference().of(operation.output());
            float[] magnitude =
                    linear.absolute(subject().precision()).onReference().of(operation.output());
            double sum = gamma(c.k() + 2, subject().precision());
            trial.assertWithin(
                    subject(), (v, i, want) -> Numbers.slope(f) * sum * magnitude[i] + Numbers.error(f, x[i], want));
        });
    }

    private void productsKeepNotANumberAndInfinity() {
        Case c = new Case(Batch.ROWS, 1, 3, 5, false, false, 4, 5);
        MatMul operation = c.product(true, Activation.LINEAR);
        float inf = Float.POSITIVE_INFINITY;
        c.trial(operation)
                .put(operation.a(), 1, 2, 3, Float.NaN, 1, 1, inf, 1, 1, 4, 5, 6)
                .put(operation.b(), 1, -1, 2, -2, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2)
                .integers(random(), 4)
                .assertExact(subject());
    }

    /** The sums over rows of a value, with the batch to run them on. */
    record Sums(Value input, int n, int maxBatch) {

        ColumnSums operation() {
            return new ColumnSums(input, Value.unbatched("sums", Shape.of(input.columns())));
        }

        Trial trial() {
            return Trial.of(this, operation(), n, maxBatch);
        }
    }

    static List<Sums> sums() {
        List<Sums> cases = new ArrayList<>();
        for (int i = 0; i < Numbers.EDGES.length; i++) {
            int columns = Numbers.EDGES[i];
            int rows = Numbers.EDGES[(i + 6) % Numbers.EDGES.length];
            cases.add(new Sums(Value.activation("x", Shape.of(columns)), rows, rows + 1));
            cases.add(new Sums(Value.activation("x", Shape.of(3, rows, columns)), 2, 2));
            cases.add(new Sums(Value.unbatched("x", Shape.of(rows, columns)), 1, 1));
        }
        cases.add(new Sums(Value.activation("x", Shape.of(50, 41, 3)), 3, 4));
        cases.add(new Sums(Value.activation("x", Shape.of(30, 20, 70)), 2, 3));
        cases.add(new Sums(Value.activation("x", Shape.of(36, 33, 40)), 3, 4));
        // More rows than 256 parts of 256.
        cases.add(new Sums(Value.activation("x", Shape.of(257, 256, 1)), 1, 1));
        cases.add(new Sums(Value.activation("x", Shape.of(1)), 1, 1));
        return cases;
    }

    private void columnSumsAreExactOnIntegers() {
        each(sums(), c -> c.trial().integers(random(), 9).assertExact(subject()));
    }

    private void columnSumsStayWithinTheBoundOfTheirSums() {
        each(sums(), c -> {
            Trial trial = c.trial().reals(random());
            Trial.Results magnitude = trial.absolute().onReference();
            double bound = gamma(c.input().rows(c.n()));
            trial.assertWithin(subject(), (v, i, want) -> bound * magnitude.of(v)[i]);
        });
    }

    private void biasesAreAddedExactly() {
        each(sums(), c -> {
            Value bias = Value.parameter("bias", Shape.of(c.input().columns()));
            AddBias operation = new AddBias(c.input(), bias, c.input().like("y"));
            Trial.of(c, operation, c.n(), c.maxBatch()).reals(random()).assertExact(subject());
        });
    }
}
