package conv4j.selftest;

import static conv4j.selftest.Numbers.gamma;

import conv4j.graph.AveragePool2d;
import conv4j.graph.MaxPool2d;
import conv4j.graph.Value;
import conv4j.shape.Padding;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Max and average pooling with their gradients. */
final class PoolingContract extends Contract {

    PoolingContract(Subject subject) {
        super("pooling", subject);
    }

    @Override
    List<Check> checks() {
        return List.of(
                check("maxima are exact", this::maximaAreExact),
                check("the first of equal maxima takes the gradient", this::theFirstOfEqualMaximaTakesTheGradient),
                check(
                        "gradients of maxima stay within the bound of their sums",
                        this::gradientsOfMaximaStayWithinTheBoundOfTheirSums),
                check("padding never wins", this::paddingNeverWins),
                check("not a number wins", this::notANumberWins),
                check("means stay within the bound of their sums", this::meansStayWithinTheBoundOfTheirSums),
                check("means of windows of four are exact on integers", this::meansOfWindowsOfFourAreExactOnIntegers),
                check(
                        "gradients of means stay within the bound of their sums",
                        this::gradientsOfMeansStayWithinTheBoundOfTheirSums),
                check("means keep not a number", this::meansKeepNotANumber),
                check("noted places are those of the first maxima", this::notedPlacesAreThoseOfTheFirstMaxima),
                check("gradients go to noted places", this::gradientsGoToNotedPlaces));
    }

    /** A geometry with the batch to run it on. */
    record Case(String name, PoolGeometry geometry, int n, int maxBatch) {

        Value input(String name) {
            return Value.activation(name, geometry.inputShape());
        }

        Value output(String name) {
            return Value.activation(name, geometry.outputShape());
        }

        MaxPool2d max() {
            return new MaxPool2d(input("input"), output("output"), geometry);
        }

        /** For windows of 2x2 side by side. */
        MaxPool2d noting() {
            return new MaxPool2d(input("input"), output("output"), output("places"), geometry);
        }

        AveragePool2d average() {
            return new AveragePool2d(input("input"), output("output"), geometry);
        }

        AveragePool2d.Gradient averageGradient() {
            return new AveragePool2d.Gradient(output("output gradient"), input("input gradient"), geometry);
        }

        /** The gradient of max pooling at the given input; the output gradient is left to fill. */
        Trial maxGradient(float[] x) {
            MaxPool2d forward = max();
            float[] y = Trial.of(this, forward, n, maxBatch)
                    .put(forward.input(), x)
                    .onReference()
                    .of(forward.output());
            MaxPool2d.Gradient gradient = new MaxPool2d.Gradient(
                    forward.input(), forward.output(), output("output gradient"), input("input gradient"), geometry);
            return Trial.of(this, gradient, n, maxBatch).put(forward.input(), x).put(forward.output(), y);
        }

        int inputs() {
            return n * geometry.inputShape().size();
        }
    }

    static Case pool(String name, int h, int w, int[] size, int[] strides, Padding padding, int channels) {
        PoolGeometry geometry = new PoolGeometry(
                padding.rows(h, size[0], strides[0], 1), padding.columns(w, size[1], strides[1], 1), channels);
        return new Case(name, geometry, 2, 3);
    }

    private static Case dilated(String name, Window rows, Window columns, int channels) {
        return new Case(name, new PoolGeometry(rows, columns, channels), 2, 3);
    }

    private static int[] both(int number) {
        return new int[] {number, number};
    }

    private List<Case> all() {
        List<Case> cases = new ArrayList<>();
        cases.add(pool("plain", 6, 8, both(2), both(2), Padding.VALID, 5));
        cases.add(pool("a rest at the end", 7, 9, both(2), both(2), Padding.VALID, 3));
        cases.add(pool("overlapping", 7, 6, both(3), both(2), Padding.VALID, 4));
        cases.add(pool("overlapping, stride 1", 5, 6, both(3), both(1), Padding.SAME, 3));
        cases.add(pool("same, odd padding", 7, 8, both(2), both(2), Padding.SAME, 3));
        cases.add(pool("same, even window, stride 1", 5, 4, both(2), both(1), Padding.SAME, 3));
        cases.add(pool("stride above the window", 9, 11, both(2), both(3), Padding.VALID, 2));
        cases.add(pool("window of a row", 5, 9, new int[] {1, 4}, new int[] {2, 3}, Padding.VALID, 3));
        cases.add(pool("window of a column", 9, 5, new int[] {3, 1}, new int[] {1, 2}, Padding.SAME, 3));
        cases.add(pool("explicit", 6, 5, both(3), both(2), Padding.explicit(1, 0, 2, 1), 3));
        cases.add(pool("global", 5, 7, new int[] {5, 7}, both(1), Padding.VALID, 9));
        cases.add(pool("one pixel", 1, 1, both(1), both(1), Padding.VALID, 1));
        cases.add(pool("one pixel, padded", 1, 1, both(3), both(1), Padding.SAME, 4));
        cases.add(dilated("dilation 2", new Window(9, 3, 1, 2, 0, 0), new Window(8, 2, 2, 2, 0, 0), 3));
        cases.add(dilated("dilation, padded", new Window(7, 3, 2, 3, 5, 4), new Window(6, 3, 1, 2, 3, 1), 5));
        for (int i = 0; i < Numbers.EDGES.length; i++) {
            int size = Numbers.EDGES[i];
            cases.add(pool("edges, channels", 4, 3, both(2), both(1), Padding.VALID, size));
            cases.add(pool("edges, width", 3, size, both(2), both(2), Padding.SAME, 3));
        }
        cases.add(new Case(
                "global, large", pool("", 16, 17, new int[] {16, 17}, both(1), Padding.VALID, 70).geometry, 3, 4));
        cases.add(new Case("batch 1 of 1", cases.get(0).geometry, 1, 1));
        cases.add(new Case("33 of 40", cases.get(2).geometry, 33, 40));
        Random random = random();
        for (int i = 0; i < randomCases(); i++) {
            int[] size = {1 + random.nextInt(4), 1 + random.nextInt(4)};
            int[] strides = {1 + random.nextInt(4), 1 + random.nextInt(4)};
            Padding padding = random.nextBoolean() ? Padding.SAME : Padding.VALID;
            int h = size[0] + random.nextInt(12);
            int w = size[1] + random.nextInt(12);
            cases.add(pool("random", h, w, size, strides, padding, 1 + random.nextInt(20)));
        }
        return cases;
    }

    private void maximaAreExact() {
        each(
                all(),
                c -> Trial.of(c, c.max(), c.n(), c.maxBatch()).reals(random()).assertExact(subject()));
    }

    private void theFirstOfEqualMaximaTakesTheGradient() {
        each(all(), c -> {
            float[] manyTies = Numbers.integers(random(), c.inputs(), 1);
            c.maxGradient(manyTies).integers(random(), 9).assertExact(subject());
        });
    }

    private void gradientsOfMaximaStayWithinTheBoundOfTheirSums() {
        each(all(), c -> {
            float[] x = Numbers.reals(random(), c.inputs());
            Trial trial = c.maxGradient(x).reals(random());
            int windows = c.geometry().rows().kernel() * c.geometry().columns().kernel();
            MaxPool2d.Gradient operation = (MaxPool2d.Gradient) trial.operation();
            float[] magnitude = trial.with(operation)
                    .put(operation.outputGradient(), Numbers.absolute(trial.elements(operation.outputGradient())))
                    .onReference()
                    .single();
            trial.assertWithin(subject(), (v, i, want) -> gamma(windows) * magnitude[i]);
        });
    }

    private void paddingNeverWins() {
        Case c = pool("below zero", 3, 4, both(3), both(2), Padding.SAME, 2);
        float[] x = new float[c.inputs()];
        Arrays.fill(x, Float.NEGATIVE_INFINITY);
        x[5] = -7;
        MaxPool2d operation = c.max();
        Trial.of(c, operation, c.n(), c.maxBatch()).put(operation.input(), x).assertExact(subject());
        c.maxGradient(x).integers(random(), 5).assertExact(subject());
    }

    private void notANumberWins() {
        for (Padding padding : List.of(Padding.SAME, Padding.VALID)) {
            Case c = pool("NaN", 5, 5, both(3), both(2), padding, 2);
            float[] x = Numbers.integers(random(), c.inputs(), 3);
            x[3] = Float.NaN;
            x[22] = Float.NaN;
            x[24] = Float.NaN;
            x[60] = Float.POSITIVE_INFINITY;
            MaxPool2d operation = c.max();
            Trial.of(c, operation, c.n(), c.maxBatch())
                    .put(operation.input(), x)
                    .assertExact(subject());
            c.maxGradient(x).integers(random(), 5).assertExact(subject());
        }
    }

    private void meansStayWithinTheBoundOfTheirSums() {
        each(all(), c -> {
            Trial trial = Trial.of(c, c.average(), c.n(), c.maxBatch()).reals(random());
            float[] magnitude = trial.absolute().onReference().single();
            int length = c.geometry().rows().kernel() * c.geometry().columns().kernel();
            // 2.5 units in the last place for the division, or a product with a rounded reciprocal.
            trial.assertWithin(subject(), (v, i, want) -> gamma(length + 5) * magnitude[i]);
        });
    }

    private void meansOfWindowsOfFourAreExactOnIntegers() {
        for (int channels : Numbers.EDGES) {
            Case c = pool("2x2", 6, 4, both(2), both(2), Padding.VALID, channels);
            Trial.of(c, c.average(), 2, 3).integers(random(), 99).assertExact(subject());
            Trial.of(c, c.averageGradient(), 2, 3).integers(random(), 99).assertExact(subject());
        }
    }

    private void gradientsOfMeansStayWithinTheBoundOfTheirSums() {
        each(all(), c -> {
            Trial trial = Trial.of(c, c.averageGradient(), c.n(), c.maxBatch()).reals(random());
            float[] magnitude = trial.absolute().onReference().single();
            int windows = c.geometry().rows().kernel() * c.geometry().columns().kernel();
            trial.assertWithin(subject(), (v, i, want) -> gamma(windows + 5) * magnitude[i]);
        });
    }

    private void meansKeepNotANumber() {
        Case c = pool("NaN", 4, 4, both(2), both(2), Padding.VALID, 2);
        float[] x = Numbers.integers(random(), c.inputs(), 3);
        x[3] = Float.NaN;
        AveragePool2d operation = c.average();
        Trial.of(c, operation, c.n(), c.maxBatch()).put(operation.input(), x).assertExact(subject());
    }

    /** Windows of 2x2 side by side, whole ones and others. */
    private List<Case> pairs() {
        List<Case> cases = new ArrayList<>();
        cases.add(pool("whole windows", 6, 8, both(2), both(2), Padding.VALID, 5));
        cases.add(pool("a rest at the end", 7, 9, both(2), both(2), Padding.VALID, 3));
        cases.add(pool("the last windows padded", 7, 9, both(2), both(2), Padding.SAME, 4));
        cases.add(pool("a row left", 5, 6, both(2), both(2), Padding.VALID, 8));
        cases.add(pool("a column padded", 4, 7, both(2), both(2), Padding.SAME, 33));
        cases.add(pool("one pixel, padded", 1, 1, both(2), both(2), Padding.SAME, 1));
        for (int size : Numbers.EDGES) {
            cases.add(pool("edges, channels", 3, 4, both(2), both(2), Padding.SAME, size));
            cases.add(pool("edges, width", 3, size, both(2), both(2), Padding.SAME, 3));
        }
        cases.add(new Case("batch 1 of 5", cases.get(0).geometry, 1, 5));
        cases.add(new Case("17 of 20", cases.get(1).geometry, 17, 20));
        return cases;
    }

    /** Ties, and infinities and NaNs here and there. */
    private void notedPlacesAreThoseOfTheFirstMaxima() {
        each(pairs(), c -> {
            MaxPool2d operation = c.noting();
            float[] x = Numbers.integers(random(), c.inputs(), 1);
            Trial trial = Trial.of(c, operation, c.n(), c.maxBatch()).put(operation.input(), x);
            trial.assertExact(subject());
            for (float special :
                    new float[] {Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, Float.MIN_VALUE}) {
                for (int i = random().nextInt(7); i < x.length; i += 1 + random().nextInt(9)) {
                    x[i] = special;
                }
                trial.assertExact(subject());
            }
        });
    }

    private void gradientsGoToNotedPlaces() {
        each(pairs(), c -> {
            MaxPool2d forward = c.noting();
            float[] places = Trial.of(c, forward, c.n(), c.maxBatch())
                    .reals(random())
                    .onReference()
                    .of(forward.places());
            MaxPool2d.PlacesGradient operation = new MaxPool2d.PlacesGradient(
                    c.output("places"), c.output("output gradient"), c.input("input gradient"), c.geometry());
            float[] dy = Numbers.integers(random(), places.length, 9);
            Trial trial = Trial.of(c, operation, c.n(), c.maxBatch())
                    .put(operation.places(), places)
                    .put(operation.outputGradient(), dy);
            trial.assertExact(subject());
            dy[random().nextInt(dy.length)] = Float.POSITIVE_INFINITY;
            dy[random().nextInt(dy.length)] = Float.NaN;
            trial.assertExact(subject());
        });
    }
}
