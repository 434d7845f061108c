package conv4j.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.files.FileFormatException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tensors of every type, as the file has them. */
class OnnxTensorTest {

    private static OnnxTensor tensor(ProtoWriter writer) {
        return OnnxReader.tensor(new ProtoReader(ByteBuffer.wrap(writer.toBytes())));
    }

    private static ProtoWriter typed(int type, int... dims) {
        ProtoWriter writer = new ProtoWriter().text(8, "t").number(2, type);
        for (int dim : dims) {
            writer.number(1, dim);
        }
        return writer;
    }

    private static byte[] bytes(int... values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int value : values) {
            out.write(value);
        }
        return out.toByteArray();
    }

    @Test
    void floatingPointNumbersOfAllWidths() {
        // 1.5, -2 and the smallest number above 0 of 16 bits; infinity and what is none.
        OnnxTensor half = tensor(typed(OnnxTensor.FLOAT16, 6)
                .bytes(9, bytes(0x00, 0x3E, 0x00, 0xC0, 0x01, 0x00, 0x00, 0x7C, 0x01, 0x7C, 0x00, 0xFC)));
        float[] halves = {1.5f, -2, 0x1p-24f, Float.POSITIVE_INFINITY, Float.NaN, Float.NEGATIVE_INFINITY};
        assertArrayEquals(halves, half.floats());
        OnnxTensor listed =
                tensor(typed(OnnxTensor.FLOAT16, 2).number(5, 0x3E00).number(5, 0xC000));
        assertArrayEquals(new float[] {1.5f, -2}, listed.floats());
        OnnxTensor brain = tensor(typed(OnnxTensor.BFLOAT16, 2).bytes(9, bytes(0xC0, 0x3F, 0x00, 0xC0)));
        assertArrayEquals(new float[] {1.5f, -2}, brain.floats());
        assertTrue(brain.isFloating());
        OnnxTensor floats = tensor(typed(OnnxTensor.FLOAT, 2).real(4, 1.5f).real(4, -2));
        assertArrayEquals(new float[] {1.5f, -2}, floats.floats());
        ByteBuffer two = ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putDouble(1.5)
                .putDouble(-2);
        assertArrayEquals(
                new float[] {1.5f, -2},
                tensor(typed(OnnxTensor.DOUBLE, 2).bytes(9, two.array())).floats());
        assertArrayEquals(
                new float[] {1.5f, -2},
                tensor(typed(OnnxTensor.DOUBLE, 2).bytes(10, two.array())).floats());
    }

    @Test
    void wholeNumbersOfAllWidths() {
        int[][] cases = {
            {OnnxTensor.UINT8, 200, 1},
            {OnnxTensor.INT8, -56, 1},
            {OnnxTensor.BOOL, 1, 1},
            {OnnxTensor.UINT16, 65336, 2},
            {OnnxTensor.INT16, -200, 2},
            {OnnxTensor.INT32, -200, 4},
            {OnnxTensor.INT64, -200, 8},
            {OnnxTensor.UINT64, -200, 8}
        };
        for (int[] each : cases) {
            int width = each[2];
            ByteBuffer two = ByteBuffer.allocate(2 * width).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < width; i++) {
                two.put(width + i, (byte) ((long) each[1] >> 8 * i));
            }
            OnnxTensor raw = tensor(typed(each[0], 2).bytes(9, two.array()));
            assertArrayEquals(new long[] {0, each[1]}, raw.longs(), raw.toString());
            OnnxTensor listed = tensor(typed(each[0], 2).number(5, 0).number(5, each[1]));
            assertArrayEquals(new long[] {0, each[1]}, listed.longs(), listed.toString());
            assertFalse(raw.isFloating());
        }
        OnnxTensor unsigned = tensor(typed(OnnxTensor.UINT32, 1).bytes(9, bytes(0xFF, 0xFF, 0xFF, 0xFF)));
        assertArrayEquals(new long[] {0xFFFFFFFFL}, unsigned.longs());
    }

    @Test
    void tensorsThatContradictThemselvesAreRefused() {
        for (ProtoWriter writer : List.of(
                typed(OnnxTensor.FLOAT, 2).bytes(9, new byte[4]),
                typed(OnnxTensor.FLOAT, 2).bytes(9, new byte[9]),
                typed(OnnxTensor.FLOAT, 2).real(4, 1),
                typed(OnnxTensor.INT64, 2).number(7, 1))) {
            String message = assertThrows(FileFormatException.class, () -> tensor(writer))
                    .getMessage();
            assertTrue(
                    message.contains("tensor 't' has the extents [2], which need 2 elements, but the file has"),
                    message);
        }
        String text = assertThrows(Unsupported.class, () -> tensor(typed(OnnxTensor.STRING, 1)))
                .getMessage();
        assertEquals("tensor 't' of string", text);
        String unknown =
                assertThrows(Unsupported.class, () -> tensor(typed(99, 1))).getMessage();
        assertEquals("tensor 't' of type 99", unknown);
        ProtoWriter inFile =
                typed(OnnxTensor.FLOAT, 1).number(14, 0).bytes(9, new byte[4]).number(12, 1);
        assertEquals(1, tensor(inFile).size());
        ProtoWriter nameless = new ProtoWriter().number(2, 1).number(1, 1).number(14, 1);
        String beside =
                assertThrows(FileFormatException.class, () -> tensor(nameless)).getMessage();
        assertTrue(beside.startsWith("the weights are not in the file"), beside);
    }

    @Test
    void wholeNumbersBecomeFloatsOnlyWhereNothingIsLost() {
        long most = 1 << 24;
        OnnxTensor exact = OnnxTensor.of("n", new long[] {most, -most}, 2);
        assertArrayEquals(new float[] {16777216, -16777216}, exact.toFloats());
        String message = assertThrows(Unsupported.class, () -> OnnxTensor.of("n", new long[] {most + 1}, 1)
                        .toFloats())
                .getMessage();
        assertEquals("whole numbers beyond 2^24, such as 16777217 in 'n'", message);
    }

    @Test
    void shortFloatsAreRoundedToTheNearestEvenOne() {
        assertEquals(1, OnnxTensor.toBfloat16(1 + 0x1p-8f));
        assertEquals(1 + 0x1p-6f, OnnxTensor.toBfloat16(1 + 0x1p-7f + 0x1p-8f));
        assertEquals(1 + 0x1p-7f, OnnxTensor.toBfloat16(1 + 0x1p-8f + 0x1p-20f));
        assertEquals(-1.5f, OnnxTensor.toBfloat16(-1.5f));
        assertTrue(Float.isNaN(OnnxTensor.toBfloat16(Float.NaN)));
    }

    @Test
    void integersKeepTheirLowestBits() {
        long[][] cases = {
            {OnnxTensor.UINT8, 300, 44},
            {OnnxTensor.INT8, 200, -56},
            {OnnxTensor.UINT16, -1, 65535},
            {OnnxTensor.INT16, 40000, -25536},
            {OnnxTensor.INT32, 1L << 31, -(1L << 31)},
            {OnnxTensor.UINT32, -1, 0xFFFFFFFFL},
            {OnnxTensor.BOOL, 7, 1},
            {OnnxTensor.BOOL, 0, 0},
            {OnnxTensor.INT64, -5, -5}
        };
        for (long[] each : cases) {
            assertEquals(each[2], OnnxTensor.wrapped(each[1], (int) each[0]));
        }
    }

    @Test
    void extentsAreWhatAnArrayCanHave() {
        assertEquals(0, Sizes.product(new int[] {0, 5}, "it"));
        assertEquals(Integer.MAX_VALUE, Sizes.product(new int[] {Integer.MAX_VALUE, 1}, "it"));
        for (int[] dims : new int[][] {{1 << 30, 2}, {-1, 3}}) {
            assertTrue(assertThrows(FileFormatException.class, () -> Sizes.product(dims, "it"))
                    .getMessage()
                    .contains("it has the extents"));
        }
        assertEquals(0, Sizes.axis(0, 0, "it"));
        assertEquals(2, Sizes.axis(-1, 3, "it"));
        for (long axis : new long[] {3, -4}) {
            assertTrue(assertThrows(FileFormatException.class, () -> Sizes.axis(axis, 3, "it"))
                    .getMessage()
                    .contains("it: there is no axis " + axis + " of 3"));
        }
    }
}
