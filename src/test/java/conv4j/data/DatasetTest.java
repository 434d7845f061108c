package conv4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.shape.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class DatasetTest {

    private static final Shape PIXEL = Shape.of(1, 1, 1);

    /** n images of one pixel, of value i and class i % 3. */
    static ImageSet counting(int n) {
        byte[] pixels = new byte[n];
        int[] labels = new int[n];
        for (int i = 0; i < n; i++) {
            pixels[i] = (byte) i;
            labels[i] = i % 3;
        }
        return new ImageSet(PIXEL, pixels, labels, List.of("a", "b", "c"));
    }

    static int[] firstValues(Dataset set) {
        float[] value = new float[set.inputShape().size()];
        int[] values = new int[set.size()];
        for (int i = 0; i < values.length; i++) {
            set.input(i, value, 0);
            values[i] = (int) value[0];
        }
        return values;
    }

    private static String message(org.junit.jupiter.api.function.Executable action) {
        return assertThrows(DataException.class, action).getMessage();
    }

    @Test
    void oneInputAndOneLabelAreReadFromAnySet() {
        Dataset later = counting(9).split(0.5).test();
        assertArrayEquals(new float[] {5}, later.input(1));
        assertEquals(2, later.label(1));
        Dataset numbers = new ArraySet(PIXEL, new float[] {7.5f}, Shape.of(2), new float[] {1, 2});
        assertArrayEquals(new float[] {7.5f}, numbers.input(0));
        assertTrue(message(() -> numbers.label(0)).contains("the shape (2,)"), message(() -> numbers.label(0)));
    }

    @Test
    void bytesAreUnsigned() {
        ImageSet set = counting(256);
        float[] value = new float[2];
        byte[] bytes = new byte[2];
        set.input(255, value, 1);
        set.inputBytes(255, bytes, 1);
        assertArrayEquals(new float[] {0, 255}, value);
        assertArrayEquals(new byte[] {0, -1}, bytes);
    }

    @Test
    void imagesAreFoundInEveryArrayOfALargeSet() {
        List<byte[]> chunks = List.of(new byte[] {0, 1, 2, 3}, new byte[] {4, 5, 6, 7}, new byte[] {8, 9});
        ImageSet set = new ImageSet(Shape.of(1, 2, 1), chunks, new int[] {0, 1, 0, 1, 1}, List.of("x", "y"));
        assertArrayEquals(new int[] {0, 2, 4, 6, 8}, firstValues(set));
        assertEquals(1, set.label(4));
        byte[] image = new byte[2];
        set.inputBytes(3, image, 0);
        assertArrayEquals(new byte[] {6, 7}, image);
    }

    @Test
    void pixelsAndLabelsOfDifferentCountsAreRefusedWithBothSizes() {
        int[] labels = new int[3];
        List<String> names = List.of("x");
        assertTrue(
                message(() -> new ImageSet(PIXEL, new byte[2], labels, names)).contains("1 are missing"));
        assertTrue(
                message(() -> new ImageSet(PIXEL, new byte[4], labels, names)).contains("has 4 bytes; needed are 3"));
        assertTrue(message(() -> new ImageSet(PIXEL, List.of(new byte[2], new byte[2]), labels, names))
                .contains("array 1"));
        assertTrue(message(() -> new ImageSet(PIXEL, new byte[0], new int[0], names))
                .contains("no images"));
        assertTrue(message(() -> new ImageSet(Shape.of(3), new byte[9], labels, names))
                .contains("(3,)"));
    }

    @Test
    void aLabelOutOfRangeIsNamedWithItsIndexAndTheNumberOfClasses() {
        for (int wrong : new int[] {-1, 2}) {
            String message =
                    message(() -> new ImageSet(PIXEL, new byte[3], new int[] {0, 1, wrong}, List.of("x", "y")));
            assertTrue(message.startsWith("label " + wrong + " of example 2 is out of range: with 2 classes"), message);
        }
        float[] inputs = new float[2];
        ArraySet half = new ArraySet(PIXEL, inputs, Shape.SCALAR, new float[] {0, 0.5f});
        assertTrue(message(() -> Labels.check(half, 2)).startsWith("label 0.5 of example 1"));
        ArraySet nan = new ArraySet(PIXEL, inputs, Shape.SCALAR, new float[] {0, Float.NaN});
        assertTrue(message(() -> Labels.check(nan, 2)).startsWith("label NaN of example 1"));
        ArraySet vectors = new ArraySet(PIXEL, inputs, Shape.of(2), new float[4]);
        assertTrue(message(() -> Labels.check(vectors, 2)).contains("(2,)"));
        Labels.check(counting(9), 3);
        assertTrue(message(() -> Labels.check(counting(9), 2)).startsWith("label 2 of example 2"));
    }

    @Test
    void classNamesMustBeThereAndDiffer() {
        assertTrue(message(() -> new ImageSet(PIXEL, new byte[1], new int[1], List.of()))
                .contains("given none"));
        assertTrue(message(() -> new ImageSet(PIXEL, new byte[1], new int[1], List.of("x", "x")))
                .contains("twice"));
    }

    @Test
    void arraysKeepEveryFloatAsItIs() {
        float[] inputs = {1, Float.NaN, Float.POSITIVE_INFINITY, -0f};
        ArraySet set = new ArraySet(Shape.of(2), inputs, Shape.of(1), new float[] {7, 8});
        float[] out = new float[3];
        set.input(1, out, 1);
        assertArrayEquals(new float[] {0, Float.POSITIVE_INFINITY, -0f}, out);
        set.target(1, out, 2);
        assertEquals(8, out[2]);
        assertFalse(set.bytes());
        assertThrows(UnsupportedOperationException.class, () -> set.inputBytes(0, new byte[2], 0));
    }

    @Test
    void arraysWithoutAWholeNumberOfExamplesAreRefused() {
        Shape two = Shape.of(2);
        assertTrue(message(() -> new ArraySet(two, new float[3], Shape.SCALAR, new float[1]))
                .contains("3 values of inputs"));
        assertTrue(message(() -> new ArraySet(two, new float[4], Shape.SCALAR, new float[3]))
                .contains("2 inputs and 3"));
        assertTrue(message(() -> new ArraySet(two, new float[0], Shape.SCALAR, new float[0]))
                .contains("0 values"));
        assertTrue(message(() -> ArraySet.labelled(two, new float[4], new int[] {0, 2}, List.of("a", "b")))
                .startsWith("label 2 of example 1"));
    }

    @Test
    void labelledArraysGiveTheClassIndexAsAFloat() {
        ArraySet set = ArraySet.labelled(PIXEL, new float[3], new int[] {2, 0, 1}, List.of("a", "b", "c"));
        float[] target = new float[1];
        set.target(0, target, 0);
        assertEquals(2, target[0]);
        assertEquals(Shape.SCALAR, set.targetShape());
        assertEquals(List.of("a", "b", "c"), set.classNames());
    }

    @Test
    void takeIsAViewOfTheFirstExamples() {
        Dataset few = counting(10).take(4);
        assertArrayEquals(new int[] {0, 1, 2, 3}, firstValues(few));
        assertTrue(few.bytes());
        assertEquals(List.of("a", "b", "c"), few.classNames());
        assertTrue(message(() -> counting(10).take(11)).contains("11"));
        assertTrue(message(() -> counting(10).take(0)).contains("0"));
    }

    @Test
    void splitTakesTheLastPartForValidationAsKerasDoes() {
        Split split = counting(10).split(0.25);
        assertArrayEquals(new int[] {0, 1, 2, 3, 4, 5, 6}, firstValues(split.train()));
        assertArrayEquals(new int[] {7, 8, 9}, firstValues(split.test()));
        assertArrayEquals(
                new int[] {8}, firstValues(split.test().take(2).split(0.5).test()));
    }

    @Test
    void aSplitWithAnEmptyPartIsRefused() {
        for (double fraction : new double[] {0, 1, -0.1, 1.5, 0.999, Double.NaN}) {
            assertTrue(message(() -> counting(10).split(fraction)).contains("" + fraction));
        }
    }
}
