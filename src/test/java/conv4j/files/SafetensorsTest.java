package conv4j.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.shape.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {

    @TempDir
    Path folder;

    /** A file with the given header and as many data bytes, counting up. */
    private Path file(String header, int dataBytes) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json);
        for (int i = 0; i < dataBytes; i++) {
            bytes.put((byte) i);
        }
        return Files.write(folder.resolve("x.safetensors"), bytes.array());
    }

    /** A file with one tensor t of the given type and bytes. */
    private Path tensor(String dtype, ByteBuffer data) throws IOException {
        int length = data.limit();
        int elements = length / ElementFormat.valueOf(dtype).bytes();
        Path file = file(
                "{\"t\":{\"dtype\":\"" + dtype + "\",\"shape\":[" + elements + "],\"data_offsets\":[0," + length
                        + "]}}",
                length);
        byte[] bytes = Files.readAllBytes(file);
        data.get(0, bytes, bytes.length - length, length);
        return Files.write(file, bytes);
    }

    private static ByteBuffer bytes(int count) {
        return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    }

    private String refusal(Path file) {
        return assertThrows(
                        FileFormatException.class, () -> Safetensors.open(file).close())
                .getMessage();
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        Path file = folder.resolve("deep/er/x.safetensors");
        float[] large = new float[100_000];
        for (int i = 0; i < large.length; i++) {
            large[i] = (float) Math.sin(i);
        }
        large[7] = Float.NaN;
        large[8] = Float.NEGATIVE_INFINITY;
        large[9] = -0f;
        new SafetensorsWriter()
                .metadata("quote \" and \n line", "ünï → \u2028 \\")
                .floats("large", Shape.of(250, 400), large)
                .ints("labels", Shape.of(3), new int[] {Integer.MIN_VALUE, 0, 7})
                .floats("scalar/ü", Shape.SCALAR, new float[] {1.5f})
                .write(file);
        try (Safetensors in = Safetensors.open(file)) {
            assertEquals(Map.of("quote \" and \n line", "ünï → \u2028 \\"), in.metadata());
            assertEquals(List.of("large", "labels", "scalar/ü"), List.copyOf(in.names()));
            assertArrayEquals(large, in.floats("large"));
            assertArrayEquals(new long[] {250, 400}, in.entry("large").shape());
            assertArrayEquals(new int[] {Integer.MIN_VALUE, 0, 7}, in.ints("labels"));
            assertArrayEquals(new float[] {1.5f}, in.floats("scalar/ü"));
            assertEquals(0, in.entry("scalar/ü").shape().length);
        }
    }

    /** The bytes that huggingface's own description of the format prescribes for this file. */
    @Test
    void theBytesAreThoseOfTheFormat() throws IOException {
        Path file = folder.resolve("x.safetensors");
        new SafetensorsWriter().floats("a", Shape.of(2), new float[] {1, -2}).write(file);
        String header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
        String padded = header + " ".repeat((8 - header.length() % 8) % 8);
        ByteBuffer expected = bytes(8 + padded.length() + 8);
        expected.putLong(padded.length()).put(padded.getBytes(StandardCharsets.UTF_8));
        expected.putFloat(1).putFloat(-2);
        assertArrayEquals(expected.array(), Files.readAllBytes(file));
    }

    @Test
    void everyNumericTypeIsReadAsFloats() throws IOException {
        assertArrayEquals(
                new float[] {0.1f, -3}, read("F64", bytes(16).putDouble(0.1).putDouble(-3)));
        assertArrayEquals(new float[] {1, -2, 0.5f}, read("BF16", shorts(0x3F80, 0xC000, 0x3F00)));
        assertArrayEquals(
                new float[] {1, -2, 65504, 0x1p-24f, 0x1p-14f, Float.NEGATIVE_INFINITY, Float.NaN, -0f},
                read("F16", shorts(0x3C00, 0xC000, 0x7BFF, 0x0001, 0x0400, 0xFC00, 0x7E00, 0x8000)));
        assertArrayEquals(new float[] {-5, 7}, read("I32", bytes(8).putInt(-5).putInt(7)));
        assertArrayEquals(new float[] {-5}, read("I64", bytes(8).putLong(-5)));
        assertArrayEquals(
                new float[] {0, 255}, read("U8", bytes(2).put((byte) 0).put((byte) 255)));
        assertArrayEquals(new float[] {-1}, read("I8", bytes(1).put((byte) -1)));
        assertArrayEquals(new float[] {-1}, read("I16", shorts(0xFFFF)));
        assertArrayEquals(new float[] {65535}, read("U16", shorts(0xFFFF)));
        assertArrayEquals(new float[] {0x1p32f}, read("U32", bytes(4).putInt(-1)));
        assertArrayEquals(
                new float[] {1, 0}, read("BOOL", bytes(2).put((byte) 1).put((byte) 0)));
    }

    private static ByteBuffer shorts(int... values) {
        ByteBuffer buffer = bytes(2 * values.length);
        for (int value : values) {
            buffer.putShort((short) value);
        }
        return buffer;
    }

    private float[] read(String dtype, ByteBuffer data) throws IOException {
        try (Safetensors in = Safetensors.open(tensor(dtype, data.rewind()))) {
            return in.floats("t");
        }
    }

    @Test
    void integersAreReadAsIntegersOnlyWhenTheyFit() throws IOException {
        try (Safetensors in =
                Safetensors.open(tensor("I64", bytes(16).putLong(-5).putLong(Integer.MAX_VALUE)))) {
            assertArrayEquals(new int[] {-5, Integer.MAX_VALUE}, in.ints("t"));
        }
        try (Safetensors in = Safetensors.open(tensor("I64", bytes(8).putLong(1L << 31)))) {
            String message =
                    assertThrows(FileFormatException.class, () -> in.ints("t")).getMessage();
            assertTrue(message.contains("element 0 of t I64 (1) is 2147483648"), message);
        }
        try (Safetensors in = Safetensors.open(tensor("F32", bytes(4)))) {
            assertThrows(FileFormatException.class, () -> in.ints("t"));
        }
        try (Safetensors in = Safetensors.open(tensor("F8_E4M3", bytes(4)))) {
            assertThrows(FileFormatException.class, () -> in.floats("t"));
        }
    }

    @Test
    void aTensorThatIsNotThereIsNamedWithThoseThatAre() throws IOException {
        try (Safetensors in = Safetensors.open(tensor("F32", bytes(4)))) {
            String message = assertThrows(FileFormatException.class, () -> in.floats("u"))
                    .getMessage();
            assertTrue(message.contains("\"u\"") && message.contains("[t]"), message);
        }
    }

    @Test
    void tensorsWithoutElementsAreAllowed() throws IOException {
        Path file = file(
                "{\"e\":{\"dtype\":\"F32\",\"shape\":[0,5],\"data_offsets\":[4,4]},"
                        + "\"t\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}",
                4);
        try (Safetensors in = Safetensors.open(file)) {
            assertEquals(0, in.floats("e").length);
            assertEquals(1, in.floats("t").length);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'t':{'dtype':'F32','shape':[2],'data_offsets':[0,12]}} | 8 | has 8 bytes of data",
                "{'t':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}} | 8 | bytes 8 to 0",
                "{'t':{'dtype':'F32','shape':[2],'data_offsets':[-8,0]}} | 8 | \"-8\"",
                "{'t':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}} | 8 | \"-2\"",
                "{'t':{'dtype':'F32','shape':[2.0],'data_offsets':[0,8]}} | 8 | \"2.0\"",
                "{'t':{'dtype':'F32','shape':['2'],'data_offsets':[0,8]}} | 8 | not of numbers",
                "{'t':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}} | 8 | needs 12 bytes, but its data_offsets span 8",
                "{'t':{'dtype':'F99','shape':[2],'data_offsets':[0,8]}} | 8 | dtype \"F99\"; known are F64, F32",
                "{'t':{'dtype':'F32','shape':[999999999999,999999999999],'data_offsets':[0,8]}} | 8 | more elements",
                "{'t':{'dtype':'F32','shape':[2],'data_offsets':[0,8,9]}} | 8 | more than 2 numbers",
                "{'t':{'dtype':'F32','shape':[2],'data_offsets':[0]}} | 8 | needs dtype, shape and two data_offsets",
                "{'t':{'dtype':'F32','data_offsets':[0,8]}} | 8 | needs dtype, shape and two data_offsets",
                "{'t':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'x':1}} | 8 | field \"x\"",
                "{'t':{'dtype':'F32','dtype':'F32','shape':[2],'data_offsets':[0,8]}} | 8 | two dtypes",
                "{'t':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'t':{'dtype':'F32','shape':[1],"
                        + "'data_offsets':[4,8]}} | 8 | tensor \"t\" twice",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'b':{'dtype':'F32','shape':[1],"
                        + "'data_offsets':[4,8]}} | 8 | overlaps",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[1],"
                        + "'data_offsets':[8,12]}} | 12 | 4 bytes before b",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | 9 | 5 bytes after its last tensor",
                "{'__metadata__':{'a':1}} | 0 | metadata \"a\" that is not a string",
                "{'__metadata__':{'a':'1','a':'2'}} | 0 | metadata \"a\" twice",
                "{'__metadata__':{},'__metadata__':{}} | 0 | __metadata__ twice",
                "{'__metadata__':[]} | 0 | not the JSON that is needed",
                "{'t':7} | 0 | not the JSON that is needed",
                "{t:{}} | 0 | not the JSON that is needed",
                "{'t':{'dtype':'F32' | 0 | not the JSON that is needed",
                "{} {} | 0 | not a readable safetensors file",
            })
    void aHeaderThatContradictsItselfIsRefused(String header, int dataBytes, String expected) throws IOException {
        Path file = file(header.replace('\'', '"'), dataBytes);
        String message = refusal(file);
        assertTrue(message.contains(expected), message);
        assertTrue(message.startsWith(file.toString()), message);
        assertEquals(1, message.lines().count(), message);
    }

    @Test
    void absurdRanksAndDeepNestingAreRefused() throws IOException {
        String ones = "1,".repeat(40) + "1";
        String message = refusal(file("{\"t\":{\"dtype\":\"U8\",\"shape\":[" + ones + "],\"data_offsets\":[0,1]}}", 1));
        assertTrue(message.contains("more than 32 numbers in its shape"), message);
        assertTrue(refusal(file("{\"t\":" + "[".repeat(100_000), 0)).contains("not the JSON"));
        assertTrue(refusal(file("{\"t\":{\"shape\":" + "[".repeat(100_000), 0)).contains("numbers"));
    }

    @Test
    void aHeaderThatIsTooLongOrLongerThanTheFileIsRefusedBeforeItIsRead() throws IOException {
        for (long length : new long[] {-1, Long.MAX_VALUE, Safetensors.MAX_HEADER_BYTES + 1L}) {
            Path file = Files.write(
                    folder.resolve("x"),
                    bytes(20).putLong(length).put((byte) '{').array());
            assertTrue(refusal(file).contains("does not begin with a header"), () -> length + ": " + refusal(file));
        }
        Path file = Files.write(
                folder.resolve("x"),
                bytes(20).putLong(Safetensors.MAX_HEADER_BYTES).put((byte) '{').array());
        assertTrue(refusal(file).contains("is truncated"), refusal(file));
        Files.write(file, bytes(20).putLong(13).put((byte) '{').array());
        assertTrue(refusal(file).contains("its header alone needs 13 bytes, but only 12 follow"), refusal(file));
        Files.write(file, bytes(20).putLong(0).put((byte) '{').array());
        assertTrue(refusal(file).contains("its header is not the JSON"), refusal(file));
    }

    @Test
    void headersThatAreNotTextAreRefused() throws IOException {
        Path file = file("{\"????\":{}}", 0);
        byte[] bytes = Files.readAllBytes(file);
        bytes[11] = (byte) 0xFF;
        Files.write(file, bytes);
        assertTrue(refusal(file).contains("not UTF-8"), refusal(file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "short", "a text that is long enough to have been one"})
    void otherFilesAreRefused(String content) throws IOException {
        refusal(Files.writeString(folder.resolve("x"), content));
    }

    @Test
    void foldersAndMissingFilesAreToldApart() {
        assertTrue(refusal(folder).contains("is a folder"));
        assertThrows(NoSuchFileException.class, () -> Safetensors.open(folder.resolve("none")));
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        Path file = folder.resolve("x");
        new SafetensorsWriter().floats("a", Shape.of(4), new float[4]).write(file);
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            refusal(file);
        }
    }

    @Test
    void aWriterRefusesSizesThatDoNotFitAndNamesThatAreTaken() {
        SafetensorsWriter writer = new SafetensorsWriter().floats("a", Shape.of(1), new float[1]);
        assertThrows(IllegalArgumentException.class, () -> writer.floats("a", Shape.of(1), new float[1]));
        assertThrows(IllegalArgumentException.class, () -> writer.ints("b", Shape.of(2), new int[1]));
        assertThrows(IllegalArgumentException.class, () -> writer.ints("__metadata__", Shape.of(1), new int[1]));
    }
}
