package conv4j.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.files.FileFormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages of protocol buffers, byte by byte. */
class ProtoReaderTest {

    private static ProtoReader reader(int... bytes) {
        byte[] content = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            content[i] = (byte) bytes[i];
        }
        ProtoReader reader = new ProtoReader(ByteBuffer.wrap(content));
        assertTrue(reader.next());
        return reader;
    }

    private static String refusal(Runnable reading) {
        String message = assertThrows(FileFormatException.class, reading::run).getMessage();
        assertTrue(message.startsWith("not an ONNX file, or a damaged one: it has "), message);
        return message;
    }

    @Test
    void numbersAreSevenBitsInEachByte() {
        // 300 is 10 0101100; a negative number has ten bytes.
        ProtoReader reader = reader(0x08, 0xAC, 0x02);
        assertEquals(1, reader.field());
        assertEquals(300, reader.number());
        assertFalse(reader.next());
        byte[] least = new ProtoWriter().number(3, -2).toBytes();
        assertEquals(11, least.length);
        ProtoReader negative = new ProtoReader(ByteBuffer.wrap(least));
        assertTrue(negative.next());
        assertEquals(-2, negative.number());
        assertTrue(refusal(() -> reader(0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1)
                        .number())
                .contains("a number of more than 64 bits"));
        assertTrue(refusal(() -> reader(0x08, 0x80).number()).contains("a number that goes beyond the end"));
        assertTrue(refusal(() -> reader(0x00)).contains("a field without a number"));
    }

    @Test
    void aFieldOfAnotherKindIsRefused() {
        assertTrue(
                refusal(() -> reader(0x0D, 0, 0, 0, 0).number()).contains("field 1 of kind 5 where kind 0 is needed"));
        assertTrue(refusal(() -> reader(0x08, 0, 0, 0, 0).real()).contains("field 1 of kind 0 where kind 5 is needed"));
        assertTrue(refusal(() -> reader(0x08, 0).bytes()).contains("field 1 of kind 0 where kind 2 is needed"));
        assertTrue(refusal(() -> reader(0x0B).skip()).contains("a field of kind 3"));
        assertTrue(refusal(() -> reader(0x0A, 5, 0).bytes()).contains("a field of 5 bytes where 1 bytes are left"));
        assertTrue(refusal(() -> reader(0x0D, 0, 0).real()).contains("a number that goes beyond the end"));
    }

    @Test
    void fieldsOfEveryKindAreLeftOut() {
        for (int[] field :
                new int[][] {{0x08, 0x96, 0x01}, {0x09, 1, 2, 3, 4, 5, 6, 7, 8}, {0x0A, 2, 7, 7}, {0x0D, 1, 2, 3, 4}}) {
            int[] both = java.util.Arrays.copyOf(field, field.length + 2);
            both[field.length] = 0x10;
            both[field.length + 1] = 42;
            ProtoReader reader = reader(both);
            reader.skip();
            assertTrue(reader.next());
            assertEquals(2, reader.field());
            assertEquals(42, reader.number());
        }
        assertTrue(refusal(() -> reader(0x09, 1, 2).skip()).contains("beyond the end"));
        assertTrue(refusal(() -> reader(0x0D, 1, 2).skip()).contains("beyond the end"));
    }

    @Test
    void listsArePackedOrOneByOne() {
        List<Long> numbers = new ArrayList<>();
        reader(0x08, 7).numbers(numbers);
        reader(0x0A, 3, 1, 0x80, 1).numbers(numbers);
        assertEquals(List.of(7L, 1L, 128L), numbers);
        ByteBuffer two = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        two.putFloat(1.5f).putFloat(-2).putDouble(2.5).putDouble(-3);
        List<Float> reals = new ArrayList<>();
        reader(list(0x0D, two, 0, 4, false)).reals(reals);
        reader(list(0x0A, two, 0, 8, true)).reals(reals);
        reader(list(0x09, two, 8, 8, false)).doubles(reals);
        reader(list(0x0A, two, 8, 16, true)).doubles(reals);
        assertEquals(List.of(1.5f, 1.5f, -2f, 2.5f, 2.5f, -3f), reals);
        assertTrue(refusal(() -> reader(list(0x0A, two, 0, 7, true)).reals(reals))
                .contains("a list of numbers that ends within a number"));
        assertTrue(refusal(() -> reader(list(0x0A, two, 8, 9, true)).doubles(reals))
                .contains("a list of numbers that ends within a number"));
    }

    private static int[] list(int tag, ByteBuffer content, int from, int count, boolean length) {
        int start = length ? 2 : 1;
        int[] bytes = new int[start + count];
        bytes[0] = tag;
        bytes[start - 1] = length ? count : tag;
        for (int i = 0; i < count; i++) {
            bytes[start + i] = content.get(from + i);
        }
        return bytes;
    }
}
