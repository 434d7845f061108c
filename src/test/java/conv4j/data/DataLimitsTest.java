package conv4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.shape.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Data sets, labels and normalizations at the limits of what they take. */
class DataLimitsTest {

    private static final List<String> NAMES = List.of("a", "b");

    private static void assertRefused(Class<? extends Exception> kind, String said, Executable making) {
        String message = assertThrows(kind, making).getMessage();
        assertTrue(message.contains(said), message);
    }

    private static ArraySet vectors(int items, int size) {
        return new ArraySet(Shape.of(size), new float[items * size], Shape.SCALAR, new float[items]);
    }

    @Test
    void batchesNeedItemsAndRoomForThem() {
        Normalization identity = Normalization.IDENTITY;
        assertRefused(IllegalArgumentException.class, "no items", () -> Batches.inOrder(
                        vectors(3, 2), new int[0], 4, identity)
                .close());
        assertRefused(
                IllegalArgumentException.class, "a batch size of 0", () -> Batches.inOrder(vectors(3, 2), 0, identity)
                        .close());
        Dataset huge = new Selection(vectors(1, 1 << 20), new int[4096]);
        assertRefused(
                IllegalArgumentException.class,
                "a batch of 4096 items of shape (1048576,) has more elements",
                () -> Batches.inOrder(huge, 5000, identity).close());
        try (Batches one = Batches.inOrder(vectors(1, 2), 1, identity)) {
            assertEquals(1, one.count());
            assertEquals(1, one.next().count());
            assertFalse(one.hasNext());
        }
    }

    @Test
    void normalizationsAreEqualWhenTheirNumbersAre() {
        Normalization one = new Normalization(new float[] {2, 3}, new float[] {4, 5});
        assertEquals(new Normalization(new float[] {2, 3}, new float[] {4, 5}), one);
        assertEquals(new Normalization(new float[] {2, 3}, new float[] {4, 5}).hashCode(), one.hashCode());
        assertNotEquals(new Normalization(new float[] {2, 3}, new float[] {4, 6}), one);
        assertNotEquals(new Normalization(new float[] {2, 9}, new float[] {4, 5}), one);
        assertNotEquals(new Normalization(new float[] {2, 9}, new float[] {4, 5}).hashCode(), one.hashCode());
        assertEquals("x * [2.0, 3.0] + [4.0, 5.0]", one.toString());
        one.scale()[0] = 9;
        one.shift()[0] = 9;
        assertArrayEquals(new float[] {2, 3}, one.scale());
        assertArrayEquals(new float[] {4, 5}, one.shift());
    }

    @Test
    void normalizationsAreFiniteAndFitTheChannels() {
        Class<IllegalArgumentException> kind = IllegalArgumentException.class;
        assertRefused(kind, "0 factors", () -> new Normalization(new float[0], new float[0]));
        assertRefused(kind, "1 factors and 2 shifts", () -> new Normalization(new float[1], new float[2]));
        assertRefused(kind, "channel 1", () -> new Normalization(new float[] {1, Float.NaN}, new float[2]));
        assertRefused(
                kind, "channel 0", () -> new Normalization(new float[] {1}, new float[] {Float.NEGATIVE_INFINITY}));
        assertRefused(kind, "channel 0", () -> Normalization.of(new double[] {1}, new double[] {0}));
        assertRefused(kind, "2 means and 1 deviations", () -> Normalization.of(new double[2], new double[1]));
        Normalization two = new Normalization(new float[] {2, 3}, new float[] {4, 5});
        assertRefused(kind, "of 2 channels was given for inputs of 3", () -> two.check(3));
        assertDoesNotThrow(() -> two.check(2));
        assertDoesNotThrow(() -> Normalization.IDENTITY.check(7));
    }

    /** What lies before and after the given range stays. */
    @Test
    void normalizationsChangeTheirRangeOnly() {
        float[] values = {1, 1, 2, 3, 4, 1};
        new Normalization(new float[] {2, 10}, new float[] {0, 1}).apply(values, 1, 4, 2);
        assertArrayEquals(new float[] {1, 2, 21, 6, 41, 1}, values);
        assertArrayEquals(
                new float[] {1 / 127.5f},
                Normalization.ofRaw(new double[] {0}, new double[] {127.5}).scale());
        assertArrayEquals(
                new float[] {-2},
                Normalization.of(new double[] {1}, new double[] {0.5}).shift());
    }

    @Test
    void labelsAreWholeNumbersBelowTheNumberOfClasses() {
        assertDoesNotThrow(() -> Labels.check(new int[] {0, 2}, 3));
        assertRefused(DataException.class, "label 3 of example 1", () -> Labels.check(new int[] {0, 3}, 3));
        assertRefused(DataException.class, "label -1 of example 0", () -> Labels.check(new int[] {-1, 3}, 3));
        for (float wrong : new float[] {-1, 3, 0.5f, Float.NaN}) {
            ArraySet set = new ArraySet(Shape.of(1), new float[2], Shape.SCALAR, new float[] {2, wrong});
            assertRefused(DataException.class, "of example 1 is out of range", () -> Labels.check(set, 3));
        }
        assertDoesNotThrow(
                () -> Labels.check(new ArraySet(Shape.of(1), new float[2], Shape.SCALAR, new float[] {2, 0}), 3));
        ArraySet vectors = new ArraySet(Shape.of(1), new float[2], Shape.of(2), new float[4]);
        assertRefused(DataException.class, "(2,) are not class labels", () -> Labels.check(vectors, 3));
    }

    @Test
    void classNamesDiffer() {
        assertRefused(DataException.class, "given none", () -> Labels.checkNames(List.of()));
        assertRefused(DataException.class, "hold a name twice", () -> Labels.checkNames(List.of("a", "b", "a")));
        assertEquals(NAMES, Labels.checkNames(NAMES));
    }

    @Test
    void arraysFillTheirShapes() {
        assertRefused(DataException.class, "0 values of inputs", () -> vectors(0, 2));
        assertRefused(
                DataException.class,
                "5 values of inputs",
                () -> new ArraySet(Shape.of(2), new float[5], Shape.SCALAR, new float[2]));
        assertRefused(
                DataException.class,
                "3 inputs and 2 targets",
                () -> new ArraySet(Shape.of(2), new float[6], Shape.SCALAR, new float[2]));
        ArraySet set = ArraySet.labelled(Shape.of(2), new float[] {1, 2, 3, 4}, new int[] {1, 0}, NAMES);
        float[] out = new float[4];
        set.input(1, out, 1);
        set.target(0, out, 3);
        assertArrayEquals(new float[] {0, 3, 4, 1}, out);
        assertEquals(2, set.size());
        assertFalse(set.bytes());
        assertEquals(NAMES, set.classNames());
    }

    @Test
    void imagesMayLieInSeveralArrays() {
        Shape shape = Shape.of(1, 2, 1);
        List<byte[]> chunks = List.of(new byte[] {1, 2, 3, 4}, new byte[] {5, (byte) 200});
        ImageSet set = new ImageSet(shape, chunks, new int[] {1, 0, 1}, NAMES);
        float[] floats = new float[3];
        byte[] bytes = new byte[3];
        set.input(2, floats, 1);
        set.inputBytes(1, bytes, 1);
        assertArrayEquals(new float[] {0, 5, 200}, floats);
        assertArrayEquals(new byte[] {0, 3, 4}, bytes);
        assertEquals(1, set.label(2));
        assertTrue(set.bytes());
    }

    @Test
    void pixelsAndLabelsAreOfTheSameImages() {
        Shape shape = Shape.of(1, 2, 1);
        Class<DataException> kind = DataException.class;
        assertRefused(kind, "(2,)", () -> new ImageSet(Shape.of(2), new byte[2], new int[1], NAMES));
        assertRefused(kind, "no images", () -> new ImageSet(shape, new byte[0], new int[0], NAMES));
        assertRefused(kind, "2 are missing", () -> new ImageSet(shape, new byte[2], new int[2], NAMES));
        assertRefused(kind, "array 0 of the pixels has 4", () -> new ImageSet(shape, new byte[4], new int[1], NAMES));
        assertRefused(kind, "array 0 of the pixels has 3", () -> new ImageSet(shape, new byte[3], new int[2], NAMES));
        assertRefused(
                kind,
                "array 1 of the pixels has 4",
                () -> new ImageSet(shape, List.of(new byte[4], new byte[4]), new int[3], NAMES));
        assertRefused(
                kind,
                "array 1 of the pixels has 0",
                () -> new ImageSet(shape, List.of(new byte[4], new byte[0]), new int[2], NAMES));
        assertRefused(kind, "label 2", () -> new ImageSet(shape, new byte[2], new int[] {2}, NAMES));
        assertRefused(kind, "2 are missing", () -> new ImageSet(shape, List.of(), new int[1], NAMES));
    }
}
