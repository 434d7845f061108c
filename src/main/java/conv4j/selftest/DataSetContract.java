package conv4j.selftest;

import static conv4j.selftest.Assertions.assertEquals;
import static conv4j.selftest.Assertions.assertTrue;
import static conv4j.selftest.Numbers.UNIT;

import conv4j.backend.Executable;
import conv4j.backend.Memory;
import conv4j.backend.Placement;
import conv4j.backend.Run;
import conv4j.graph.Accumulate;
import conv4j.graph.ElementType;
import conv4j.graph.Gather;
import conv4j.graph.Graph;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Taking a batch's items out of a data set, and adding its results to totals. */
final class DataSetContract extends Contract {

    DataSetContract(Subject subject) {
        super("data set", subject);
    }

    @Override
    List<Check> checks() {
        return List.of(
                check("bytes and floats are taken in the epochs order", this::bytesAndFloatsAreTakenInTheEpochsOrder),
                check("scale and shift are per channel", this::scaleAndShiftArePerChannel),
                check("totals of integers are exact", this::totalsOfIntegersAreExact),
                check("errors within a batch are kept", this::errorsWithinABatchAreKept),
                check("totals do not drift", this::totalsDoNotDrift),
                check("the error has kahans sign", this::theErrorHasKahansSign),
                check("the first step without a number is remembered", this::theFirstStepWithoutANumberIsRemembered));
    }

    private static Gather gather(ElementType type, Shape shape, boolean scaled) {
        Value scale = scaled ? Value.state("scale", Shape.of(shape.columns())) : null;
        Value shift = scaled ? Value.state("shift", Shape.of(shape.columns())) : null;
        return new Gather(
                Value.data("data", type, shape),
                Value.data("order", ElementType.INT32, Shape.SCALAR),
                scale,
                shift,
                Value.input("batch", shape));
    }

    /** Items of the data set. */
    private static final int ITEMS = 9;

    /** The order in which an epoch visits them, one twice. */
    private static final int[] ORDER = {8, 3, 3, 0, 7, 1, 2, 6, 5, 4, 0};

    private static byte[] pixels(Shape shape) {
        byte[] bytes = new byte[ITEMS * shape.size()];
        new Random(1).nextBytes(bytes);
        bytes[0] = -1;
        bytes[1 % bytes.length] = -128;
        return bytes;
    }

    private static List<Shape> shapes() {
        return List.of(
                Shape.SCALAR,
                Shape.of(1),
                Shape.of(10),
                Shape.of(5, 7, 3),
                Shape.of(3, 3, 17),
                Shape.of(65),
                Shape.of(4, 8, 1),
                Shape.of(9, 31, 4),
                Shape.of(20, 30, 2),
                Shape.of(25, 28, 3));
    }

    private void bytesAndFloatsAreTakenInTheEpochsOrder() {
        each(shapes(), shape -> {
            for (int cursor : new int[] {0, 3, 7}) {
                Gather bytes = gather(ElementType.UINT8, shape, false);
                Trial.of(shape, bytes, 5, Run.inference(4, cursor))
                        .put(bytes.order(), ORDER)
                        .put(bytes.data(), pixels(shape))
                        .assertExact(subject());
                Gather floats = gather(ElementType.FLOAT32, shape, false);
                Trial.of(shape, floats, 5, Run.inference(4, cursor))
                        .put(floats.order(), ORDER)
                        .put(floats.data(), Numbers.reals(new Random(2), ITEMS * shape.size()))
                        .assertExact(subject());
            }
        });
    }

    private void scaleAndShiftArePerChannel() {
        each(shapes(), shape -> {
            for (ElementType type : List.of(ElementType.UINT8, ElementType.FLOAT32)) {
                Gather operation = gather(type, shape, true);
                float[] scale = Numbers.reals(new Random(3), shape.columns());
                float[] shift = Numbers.reals(new Random(4), shape.columns());
                Trial trial = Trial.of(shape, operation, 5, Run.inference(3, 2))
                        .put(operation.order(), ORDER)
                        .put(operation.scale(), scale)
                        .put(operation.shift(), shift);
                if (type == ElementType.UINT8) {
                    trial.put(operation.data(), pixels(shape));
                } else {
                    trial.put(operation.data(), Numbers.reals(new Random(5), ITEMS * shape.size()));
                }
                // One product and one sum, each rounded, or both together.
                trial.assertWithin(
                        subject(),
                        (v, i, want) -> 2 * UNIT * (Math.abs(want) + 2 * Math.abs(shift[i % shape.columns()])));
            }
        });
    }

    private static Accumulate accumulate() {
        return new Accumulate(Value.activation("loss", Shape.SCALAR), Value.state("total", Shape.of(3)));
    }

    private float[] accumulated(float[] total, int step, float... perItem) {
        Accumulate operation = accumulate();
        return Trial.of("total", operation, perItem.length + 1, new Run(perItem.length, step, 0, 0, 0, 0, 0, 0))
                .put(operation.perItem(), perItem)
                .put(operation.total(), total)
                .on(subject())
                .of(operation.total());
    }

    private void totalsOfIntegersAreExact() {
        for (int n : Numbers.EDGES) {
            float[] perItem = Numbers.integers(new Random(n), n, 100);
            float[] total = accumulated(new float[] {5, 0, 0}, 3, perItem);
            double sum = 5;
            for (float one : perItem) {
                sum += one;
            }
            assertEquals(sum, total[0], "sum of " + n);
            assertEquals(0, total[1], "error of an exact sum");
            assertEquals(0, total[2], "step of a finite sum");
        }
    }

    private void errorsWithinABatchAreKept() {
        for (int large : new int[] {0, 1, 70, 1024}) {
            float[] perItem = new float[1 + 1024];
            Arrays.fill(perItem, 0x1p-25f);
            perItem[large] = 1;
            // One by one, every small number is lost beside 1; together they are 2^-15.
            float total = accumulated(new float[3], 0, perItem)[0];
            assertEquals(1 + 0x1p-15f, total, "1 at " + large + " and 1024 times 2^-25");
        }
    }

    private void totalsDoNotDrift() {
        Accumulate operation = accumulate();
        int runs = subject().settings().times(20_000);
        float loss = 0.1f;
        try (Memory memory = backend().allocate("test", ElementType.FLOAT32, 512)) {
            Placement placement = new Placement();
            placement.put(operation.perItem(), memory, 0);
            placement.put(operation.total(), memory, 256);
            memory.write(0, new float[] {loss}, 0, 1);
            try (Executable executable = backend().prepare(new Graph(List.of(operation)), placement, 1)) {
                for (int step = 0; step < runs; step++) {
                    executable.run(Run.inference(1, 0));
                }
            }
            float[] total = new float[3];
            memory.read(256, total, 0, 3);
            double exact = (double) loss * runs;
            // Compensated summation: 2 u, however many numbers. Without it a sum of 1000 is off by more than a hundred
            // u.
            assertEquals(exact, total[0], 2 * UNIT * exact + UNIT * exact, "the sum of " + runs + " equal losses");
            assertEquals(exact, (double) total[0] - total[1], 2 * UNIT * UNIT * exact * runs, "that sum and its error");
        }
    }

    private void theErrorHasKahansSign() {
        float quarter = 0x1p-25f;
        // The exact total is 1 + 2^-25; with 3 * 2^-25 more it is 1 + 2^-23, a float.
        float[] total = accumulated(new float[] {1, -quarter, 0}, 0, 3 * quarter);
        assertEquals(1 + 0x1p-23f, total[0], "the rounded total");
        assertEquals(0, total[1], "what is left of the error");
    }

    private void theFirstStepWithoutANumberIsRemembered() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            float[] total = accumulated(new float[] {5, 0, 0}, 41, 1, bad, 2);
            assertTrue(!Float.isFinite(total[0]), "the total after " + bad);
            assertEquals(42, total[2], "1 + step of the first " + bad);
            assertEquals(42, accumulated(total, 50, 1, 2)[2], "after a good step");
            assertEquals(42, accumulated(total, 51, 1, bad)[2], "after another bad step");
        }
        assertEquals(0, accumulated(new float[] {1, 0, 0}, 7, 1, 2)[2], "the step of a finite sum");
    }
}
