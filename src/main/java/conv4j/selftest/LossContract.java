package conv4j.selftest;

import static conv4j.selftest.Numbers.SMALLEST;
import static conv4j.selftest.Numbers.gamma;

import conv4j.graph.Loss;
import conv4j.graph.LossFunction;
import conv4j.graph.LossFunction.Kind;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Every loss function, from logits and from probabilities, with its gradient. */
final class LossContract extends Contract {

    LossContract(Subject subject) {
        super("loss", subject);
    }

    @Override
    List<Check> checks() {
        return List.of(
                check("losses stay within the bound of their sums", this::lossesStayWithinTheBoundOfTheirSums),
                check(
                        "gradients are those of the mean over the actual batch",
                        this::gradientsAreThoseOfTheMeanOverTheActualBatch),
                check(
                        "squared and absolute errors are exact on integers",
                        this::squaredAndAbsoluteErrorsAreExactOnIntegers),
                check("huge logits do not overflow", this::hugeLogitsDoNotOverflow),
                check("certain probabilities are clipped", this::certainProbabilitiesAreClipped),
                check("a class out of range gives not a number", this::aClassOutOfRangeGivesNotANumber),
                check("not a number reaches only its own item", this::notANumberReachesOnlyItsOwnItem));
    }

    /** A function on predictions of a shape. */
    record Case(LossFunction function, Shape shape, int n, int maxBatch) {

        int columns() {
            return shape.columns();
        }

        Value prediction() {
            return Value.activation("prediction", shape);
        }

        Value target() {
            return Value.input("target", function.sparse() ? Shape.of(shape.rows()) : shape);
        }

        float[] predictions(Random random) {
            int size = n * shape.size();
            boolean probabilities = crossEntropy() && !function.fromLogits();
            return probabilities ? Numbers.between(random, size, 0.01, 0.99) : Numbers.reals(random, size);
        }

        float[] targets() {
            Random random = new Random(columns());
            if (function.sparse()) {
                float[] classes = new float[n * shape.rows()];
                for (int i = 0; i < classes.length; i++) {
                    classes[i] = random.nextInt(columns());
                }
                return classes;
            }
            return crossEntropy()
                    ? Numbers.between(random, n * shape.size(), 0, 1)
                    : Numbers.reals(random, n * shape.size());
        }

        boolean crossEntropy() {
            return function.sparse()
                    || function.kind() == Kind.CATEGORICAL_CROSSENTROPY
                    || function.kind() == Kind.BINARY_CROSSENTROPY;
        }
    }

    static List<LossFunction> functions() {
        List<LossFunction> all = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            all.add(LossFunction.of(kind));
        }
        for (Kind kind : List.of(
                Kind.CATEGORICAL_CROSSENTROPY, Kind.SPARSE_CATEGORICAL_CROSSENTROPY, Kind.BINARY_CROSSENTROPY)) {
            all.add(LossFunction.of(kind).onLogits());
            all.add(new LossFunction(kind, true, 0.1f, 1));
            all.add(new LossFunction(kind, false, 0.2f, 1));
        }
        all.add(new LossFunction(Kind.HUBER, false, 0, 0.5f));
        return all;
    }

    private List<Case> all() {
        List<Case> cases = new ArrayList<>();
        for (LossFunction function : functions()) {
            for (int columns : new int[] {1, 3, 10, 33, 65}) {
                cases.add(new Case(function, Shape.of(columns), columns % 7 + 1, 9));
            }
            cases.add(new Case(function, Shape.of(4, 5), 3, 3));
            cases.add(new Case(function, Shape.of(10), 33, 40));
            cases.add(new Case(function, Shape.of(300, 3), 2, 3));
        }
        return cases;
    }

    /**
     * One row's numbers, from which its errors are bounded: predictions p, smoothed targets t, and what is lost in
     * computing the row's loss and its derivatives.
     */
    record Row(LossFunction function, double[] p, double[] t) {

        static Row of(Case c, float[] predictions, float[] targets, int row) {
            int columns = c.columns();
            double[] p = new double[columns];
            double[] t = new double[columns];
            for (int j = 0; j < columns; j++) {
                p[j] = predictions[row * columns + j];
                t[j] = c.function.sparse() ? (targets[row] == j ? 1 : 0) : targets[row * columns + j];
            }
            return new Row(c.function, p, t);
        }

        /** What multiplies gamma in the error of the row's loss: the absolute values of everything added up. */
        double size() {
            double sum = 0;
            double largest = Arrays.stream(p).map(Math::abs).max().orElse(0);
            double total = Arrays.stream(p).sum();
            for (int j = 0; j < p.length; j++) {
                double share = Math.abs(t[j]) + 1.0 / p.length;
                sum += switch (function.kind()) {
                    case CATEGORICAL_CROSSENTROPY, SPARSE_CATEGORICAL_CROSSENTROPY -> share
                            * (function.fromLogits()
                                    ? 2 * largest + Math.log(p.length) + 1
                                    : 1 + Math.abs(Math.log(p[j] / total)));
                    default -> elementSize(j) / p.length;
                };
            }
            return sum;
        }

        private double elementSize(int j) {
            double error = Math.abs(p[j] - t[j]);
            return switch (function.kind()) {
                case BINARY_CROSSENTROPY -> function.fromLogits()
                        ? Math.abs(p[j]) * 2 + 1
                        : 2 + Math.abs(Math.log(p[j])) + Math.abs(Math.log(1 - p[j]));
                case MEAN_SQUARED_ERROR -> error * error;
                case MEAN_ABSOLUTE_ERROR -> error;
                default -> function.delta() * error + function.delta() * function.delta();
            };
        }

        /** The same for the derivative of the row's loss with respect to p[j]. */
        double derivativeSize(int j) {
            double total = Arrays.stream(p).sum();
            double weight = Math.abs(t[j]) + 1;
            return switch (function.kind()) {
                case CATEGORICAL_CROSSENTROPY, SPARSE_CATEGORICAL_CROSSENTROPY -> {
                    double largest = Arrays.stream(p).map(Math::abs).max().orElse(0);
                    double targets = Arrays.stream(t).map(Math::abs).sum() + 1;
                    yield function.fromLogits()
                            ? weight + targets * (1 + 2 * largest)
                            : weight / p[j] + targets / total;
                }
                case BINARY_CROSSENTROPY -> (function.fromLogits() ? weight : weight / p[j] + weight / (1 - p[j]))
                        / p.length;
                case MEAN_ABSOLUTE_ERROR -> 1.0 / p.length;
                default -> 2 * Math.abs(p[j] - t[j]) / p.length;
            };
        }
    }

    private void lossesStayWithinTheBoundOfTheirSums() {
        each(all(), c -> {
            Loss operation = new Loss(c.prediction(), c.target(), Value.activation("loss", Shape.SCALAR), c.function());
            float[] p = c.predictions(random());
            float[] t = c.targets();
            int rows = c.shape().rows();
            Trial.of(c, operation, c.n(), c.maxBatch())
                    .put(operation.prediction(), p)
                    .put(operation.target(), t)
                    .assertWithin(subject(), (v, item, want) -> {
                        double size = 0;
                        for (int r = item * rows; r < (item + 1) * rows; r++) {
                            size += Row.of(c, p, t, r).size() / rows;
                        }
                        return gamma(2 * c.columns() + rows + 32) * size + SMALLEST;
                    });
        });
    }

    private void gradientsAreThoseOfTheMeanOverTheActualBatch() {
        each(all(), c -> {
            float[] p = c.predictions(random());
            gradientTrial(c, p).assertWithin(subject(), gradientBound(c, p));
        });
    }

    private static Trial gradientTrial(Case c, float[] p) {
        Value dp = Value.activation("prediction gradient", c.shape());
        Loss.Gradient operation = new Loss.Gradient(c.prediction(), c.target(), dp, c.function());
        return Trial.of(c, operation, c.n(), c.maxBatch())
                .put(operation.prediction(), p)
                .put(operation.target(), c.targets());
    }

    private static Trial.Tolerance gradientBound(Case c, float[] p) {
        float[] t = c.targets();
        double rows = c.n() * c.shape().rows();
        return (v, i, want) -> {
            Row row = Row.of(c, p, t, i / c.columns());
            return gamma(2 * c.columns() + 32) * row.derivativeSize(i % c.columns()) / rows + SMALLEST;
        };
    }

    private void squaredAndAbsoluteErrorsAreExactOnIntegers() {
        for (Kind kind : List.of(Kind.MEAN_SQUARED_ERROR, Kind.MEAN_ABSOLUTE_ERROR, Kind.HUBER)) {
            Case c = new Case(LossFunction.of(kind), Shape.of(16), 4, 5);
            Loss loss = new Loss(c.prediction(), c.target(), Value.activation("loss", Shape.of(1)), c.function());
            Trial.of(c, loss, 4, 5).integers(random(), 9).assertExact(subject());
            Value dp = Value.activation("prediction gradient", c.shape());
            Loss.Gradient gradient = new Loss.Gradient(c.prediction(), c.target(), dp, c.function());
            Trial.of(c, gradient, 4, 5).integers(random(), 9).assertExact(subject());
        }
    }

    private void hugeLogitsDoNotOverflow() {
        for (Kind kind : List.of(Kind.SPARSE_CATEGORICAL_CROSSENTROPY, Kind.BINARY_CROSSENTROPY)) {
            Case c = new Case(LossFunction.of(kind).onLogits(), Shape.of(3), 2, 2);
            Loss loss = new Loss(c.prediction(), c.target(), Value.activation("loss", Shape.SCALAR), c.function());
            float[] p = {1e4f, -1e4f, 0, 300, 299, -300};
            float[] t = kind == Kind.BINARY_CROSSENTROPY ? new float[] {0, 1, 1, 1, 0, 0} : new float[] {1, 0};
            Trial.of(c, loss, 2, 2)
                    .put(loss.prediction(), p)
                    .put(loss.target(), t)
                    .assertWithin(subject(), (v, i, want) -> gamma(64) * 1e4);
            Value dp = Value.activation("prediction gradient", c.shape());
            Loss.Gradient gradient = new Loss.Gradient(loss.prediction(), loss.target(), dp, c.function());
            Trial.of(c, gradient, 2, 2)
                    .put(loss.prediction(), p)
                    .put(loss.target(), t)
                    .assertWithin(subject(), (v, i, want) -> gamma(600));
        }
    }

    private void certainProbabilitiesAreClipped() {
        for (Kind kind : List.of(Kind.CATEGORICAL_CROSSENTROPY, Kind.BINARY_CROSSENTROPY)) {
            Case c = new Case(LossFunction.of(kind), Shape.of(2), 2, 2);
            Loss loss = new Loss(c.prediction(), c.target(), Value.activation("loss", Shape.SCALAR), c.function());
            float[] p = {0, 1, 1, 0};
            float[] t = {1, 0, 1, 0};
            Trial.of(c, loss, 2, 2)
                    .put(loss.prediction(), p)
                    .put(loss.target(), t)
                    .assertWithin(subject(), (v, i, want) -> gamma(64) * 20);
            Value dp = Value.activation("prediction gradient", c.shape());
            Loss.Gradient gradient = new Loss.Gradient(loss.prediction(), loss.target(), dp, c.function());
            Trial.of(c, gradient, 2, 2)
                    .put(loss.prediction(), p)
                    .put(loss.target(), t)
                    .assertExact(subject());
        }
    }

    private void aClassOutOfRangeGivesNotANumber() {
        for (boolean fromLogits : new boolean[] {false, true}) {
            LossFunction function = new LossFunction(Kind.SPARSE_CATEGORICAL_CROSSENTROPY, fromLogits, 0, 1);
            Case c = new Case(function, Shape.of(3), 4, 4);
            float[] p = {0.2f, 0.3f, 0.5f, 0.2f, 0.3f, 0.5f, 0.2f, 0.3f, 0.5f, 0.2f, 0.3f, 0.5f};
            float[] t = {3, -1, 2, Float.NaN};
            Loss loss = new Loss(c.prediction(), c.target(), Value.activation("loss", Shape.SCALAR), function);
            Trial.of(c, loss, 4, 4)
                    .put(loss.prediction(), p)
                    .put(loss.target(), t)
                    .assertWithin(subject(), (v, i, want) -> gamma(64) * 3);
        }
    }

    private void notANumberReachesOnlyItsOwnItem() {
        for (LossFunction function : functions()) {
            Case c = new Case(function, Shape.of(3), 3, 3);
            float[] p = c.predictions(random());
            p[4] = Float.NaN;
            Loss loss = new Loss(c.prediction(), c.target(), Value.activation("loss", Shape.SCALAR), function);
            Trial.of(c, loss, 3, 3)
                    .put(loss.prediction(), p)
                    .put(loss.target(), c.targets())
                    .assertWithin(subject(), (v, i, want) -> gamma(64) * 20);
            gradientTrial(c, p).assertWithin(subject(), gradientBound(c, p));
        }
    }
}
