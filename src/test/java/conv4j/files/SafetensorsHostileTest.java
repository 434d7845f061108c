package conv4j.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import conv4j.random.RandomStream;
import conv4j.shape.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Safetensors files made to mislead, and the limits of what is written. */
class SafetensorsHostileTest {

    /** A name with a line break, an escape sequence, a C1 control, a line separator and a change of direction. */
    private static final String NASTY = "a\\n\\u001b[31m\\u009b\\u2028\\u202e";

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("x.safetensors");
    }

    /** Writes a header, with ' for ", and as many data bytes. */
    private void make(String header, int dataBytes) throws IOException {
        byte[] json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(file, bytes.putLong(json.length).put(json).array());
    }

    private static String tensor(String name, String dtype, String shape, String offsets) {
        return "'" + name + "':{'dtype':'" + dtype + "','shape':[" + shape + "],'data_offsets':[" + offsets + "]}";
    }

    private String refusal() {
        return assertThrows(
                        FileFormatException.class, () -> Safetensors.open(file).close())
                .getMessage();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "8e0",
                "0x8",
                "08",
                "+8",
                "8.",
                "-0",
                "NaN",
                "Infinity",
                "'8'",
                "null",
                "true",
                "[8]",
                "1000000000000000000"
            })
    void numbersInAnotherNotationAreRefused(String number) throws IOException {
        make("{" + tensor("t", "U8", number, "0,8") + "}", 8);
        refusal();
        make("{" + tensor("t", "U8", "8", "0," + number) + "}", 8);
        refusal();
    }

    /** In 64 bits the first product is 0 and the second 8: what wraps around must not fit the offsets. */
    @ParameterizedTest
    @CsvSource({"'4294967296,4294967296', 0", "'24,768614336404564651', 8"})
    void shapesWhoseProductWrapsAroundAreRefused(String shape, int bytes) throws IOException {
        make("{" + tensor("t", "U8", shape, "0," + bytes) + "}", bytes);
        assertTrue(refusal().contains("more elements than any file can hold"), refusal());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{//comment\n}",
                "{#comment\n}",
                "{'t';{}}",
                "{'t'={}}",
                "{'__metadata__':{'a':'1',}}",
                "{'__metadata__':{'a':'\\x41'}}",
                "{'__metadata__':null}",
                "{'__metadata__':{'a':null}}",
                "{'__metadata__':{'a':{'b':'c'}}}",
                "{'__metadata__':{'a':true}}",
                "{'__metadata__':{'a':'\t'}}",
                "{}\0",
                "{}x",
                "{},{}",
                "{'a':'b'}",
                "{'a':[]}",
                "{ "
            })
    void whatStrictJsonDoesNotHaveIsRefused(String header) throws IOException {
        make(header, 0);
        String message = refusal();
        assertTrue(message.contains("is not a readable safetensors file"), message);
        assertEquals(1, message.lines().count(), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{} ", "{ \n\t}", "{'__metadata__':{}}"})
    void filesWithoutTensorsAreRead(String header) throws IOException {
        make(header, 0);
        try (Safetensors in = Safetensors.open(file)) {
            assertEquals(0, in.names().size());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'t':{'shape':[1],'shape':[1],'dtype':'U8','data_offsets':[0,1]} | two shapes",
                "'t':{'shape':[1],'dtype':'U8','data_offsets':[0,1],'data_offsets':[0,1]} | data_offsets twice",
                "'t':{'shape':[1],'dtype':'U8','data_offsets':[0,1]},'\\u0074':{} | tensor \"t\" twice",
                "'t':{'shape':[1],'dtype':'u8','data_offsets':[0,1]} | has dtype \"u8\"",
                "'t':{'shape':[1],'dtype':7,'data_offsets':[0,1]} | has dtype \"7\"",
                "'t':{'shape':[1],'dtype':null,'data_offsets':[0,1]} | not the JSON",
                "'t':{'shape':{},'dtype':'U8','data_offsets':[0,1]} | not the JSON",
                "'t':{'shape':[1],'data_offsets':[0,1]} | needs dtype",
                "'t':{'shape':[1],'dtype':'U8'} | needs dtype",
                "'t':{'shape':[1],'dtype':'U8','data_offsets':[0,1]},'e':{'shape':[0],'dtype':'U8','data_offsets':[2,2]}"
                        + " | bytes 2 to 2",
            })
    void fieldsAreUniqueCompleteAndKnown(String header, String expected) throws IOException {
        make("{" + header + "}", 1);
        String message = refusal();
        assertTrue(message.contains(expected), message);
    }

    @Test
    void anEmptyTensorInsideAnotherOverlapsIt() throws IOException {
        make("{" + tensor("t", "F32", "1", "0,4") + "," + tensor("e", "F32", "0", "2,2") + "}", 4);
        assertTrue(refusal().contains("e F32 (0) overlaps"), refusal());
    }

    @Test
    void tensorsMayStandInAnyOrderAndAreListedInThatOfTheirData() throws IOException {
        make(
                "{" + tensor("b", "U8", "1", "1,2") + "," + tensor("a", "U8", "1", "0,1") + ","
                        + tensor("e", "U8", "0", "1,1") + "}",
                2);
        try (Safetensors in = Safetensors.open(file)) {
            assertEquals("[a, e, b]", in.names().toString());
        }
    }

    @Test
    void thirtyTwoAxesAreTheMost() throws IOException {
        make("{" + tensor("t", "U8", "1" + ",1".repeat(31), "0,1") + "}", 1);
        try (Safetensors in = Safetensors.open(file)) {
            assertEquals(32, in.entry("t").shape().length);
        }
        make("{" + tensor("t", "U8", "1" + ",1".repeat(32), "0,1") + "}", 1);
        assertTrue(refusal().contains("more than 32 numbers"), refusal());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'@':{'dtype':'F32','shape':[2],'data_offsets':[0,12]}}",
                "{'@':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}}",
                "{'@':{'dtype':'F32','shape':[999999999999,999999999999],'data_offsets':[0,8]}}",
                "{'@':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}",
                "{'@':{'dtype':'@','shape':[1],'data_offsets':[4,8]}}",
                "{'@':{'@':1}}",
                "{'@':{'shape':['@']}}",
                "{'@':{'shape':['1','@']}}",
                "{'__metadata__':{'@':1}}",
                "{'@':{'dtype':'U8','shape':[0],'data_offsets':[0,0]},'@':{}}"
            })
    void textsOfTheFileCannotBreakOutOfAMessage(String header) throws IOException {
        for (String text : new String[] {NASTY, NASTY + "b".repeat(10_000)}) {
            make(header.replace("@", text), 8);
            String message = refusal();
            assertTrue(message.codePoints().noneMatch(SafetensorsHostileTest::harmful), message);
            assertTrue(message.length() < 500 + file.toString().length(), message);
        }
    }

    private static boolean harmful(int codePoint) {
        int type = Character.getType(codePoint);
        return Character.isISOControl(codePoint)
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }

    @Test
    void aLongListOfNamesIsCut() throws IOException {
        make(
                IntStream.range(0, 50)
                        .mapToObj(i -> tensor("n" + i + "\\n", "U8", "0", "0,0"))
                        .collect(Collectors.joining(",", "{", "}")),
                0);
        try (Safetensors in = Safetensors.open(file)) {
            String message =
                    assertThrows(FileFormatException.class, () -> in.entry("x")).getMessage();
            assertTrue(message.contains("it has [n0?, n1?, "), message);
            assertTrue(message.endsWith(", n19?, and 30 more]"), message);
        }
    }

    /** Whatever bytes change, a file is read or refused: no other exception, no endless loop, no large allocation. */
    @Test
    void damagedBytesAreReadOrRefused() throws IOException {
        new SafetensorsWriter()
                .metadata("key", "value")
                .floats("first", Shape.of(2, 2), new float[] {1, 2, 3, 4})
                .ints("second", Shape.of(1), new int[] {5})
                .write(file);
        byte[] whole = Files.readAllBytes(file);
        RandomStream random = new RandomStream(20, 25);
        int refused = 0;
        for (int trial = 0; trial < 800; trial++) {
            byte[] changed = whole.clone();
            for (int change = random.nextInt(3); change >= 0; change--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            }
            refused += readOrRefused(changed) ? 0 : 1;
        }
        assertTrue(refused > 400 && refused < 800, "refused: " + refused);
    }

    private boolean readOrRefused(byte[] bytes) throws IOException {
        Files.write(file, bytes);
        try (Safetensors in = Safetensors.open(file)) {
            for (String name : in.names()) {
                if (in.entry(name).format().numeric()) {
                    assertEquals(in.entry(name).elements(), in.floats(name).length);
                }
            }
            return true;
        } catch (FileFormatException refused) {
            return false;
        }
    }

    @Test
    void aTensorOfMoreElementsThanAnArrayHoldsIsRefusedWhenItIsRead() throws IOException {
        long elements = Integer.MAX_VALUE - 7L;
        make("{" + tensor("t", "U8", Long.toString(elements), "0," + elements) + "}", 0);
        Files.move(file, folder.resolve("small"));
        try (FileChannel out = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            byte[] header = Files.readAllBytes(folder.resolve("small"));
            out.write(ByteBuffer.wrap(header));
            out.write(ByteBuffer.allocate(1), header.length + elements - 1);
        }
        try (Safetensors in = Safetensors.open(file)) {
            assertEquals(elements, in.entry("t").elements());
            String message = assertThrows(FileFormatException.class, () -> in.floats("t"))
                    .getMessage();
            assertTrue(message.endsWith("has more elements than one array can hold"), message);
            assertThrows(FileFormatException.class, () -> in.ints("t"));
        }
    }

    @Test
    void aFileThatShrinksWhileItIsOpenIsNoticed() throws IOException {
        new SafetensorsWriter().floats("t", Shape.of(4), new float[4]).write(file);
        try (Safetensors in = Safetensors.open(file)) {
            byte[] whole = Files.readAllBytes(file);
            Files.write(file, Arrays.copyOf(whole, whole.length - 1));
            String message = assertThrows(FileFormatException.class, () -> in.floats("t"))
                    .getMessage();
            assertTrue(message.contains("became shorter"), message);
        }
    }

    @Test
    void aClosedFileIsNotRead() throws IOException {
        new SafetensorsWriter().floats("t", Shape.of(4), new float[4]).write(file);
        Safetensors in = Safetensors.open(file);
        in.close();
        assertThrows(UncheckedIOException.class, () -> in.floats("t"));
    }

    /** Windows would not let go of it otherwise, and a loop over damaged files would run out of handles. */
    @Test
    void aRefusedFileIsClosed() throws IOException {
        Path handles = Path.of("/proc/self/fd");
        assumeTrue(Files.isDirectory(handles), "this system does not list open files");
        make("{'t':7}", 0);
        long before = count(handles);
        for (int i = 0; i < 300; i++) {
            assertThrows(FileFormatException.class, () -> Safetensors.open(file));
        }
        assertTrue(count(handles) < before + 100, "open files: " + before + ", then " + count(handles));
    }

    private static long count(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }

    @Test
    void aHeaderOfTheLongestLengthMayBeWrittenAndNoLongerOne() {
        assertDoesNotThrow(() -> SafetensorsWriter.requireReadable(Safetensors.MAX_HEADER_BYTES));
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> SafetensorsWriter.requireReadable(Safetensors.MAX_HEADER_BYTES + 8L))
                .getMessage();
        assertTrue(message.contains("100000000 bytes, but this one needs 100000008"), message);
    }

    @Test
    void aWriterRefusesWhatNoReaderTakes() {
        int[] ones = new int[33];
        Arrays.fill(ones, 1);
        SafetensorsWriter writer = new SafetensorsWriter();
        assertThrows(IllegalArgumentException.class, () -> writer.floats("t", Shape.of(ones), new float[1]));
        assertDoesNotThrow(() -> writer.floats("t", Shape.of(Arrays.copyOf(ones, 32)), new float[1]));
        assertThrows(NullPointerException.class, () -> writer.metadata("key", null));
    }

    @Test
    void entriesAreEqualWhenAllTheyTellIs() {
        TensorEntry entry = new TensorEntry("t", ElementFormat.F32, new long[] {2, 3}, 8, 32);
        assertEquals(new TensorEntry("t", ElementFormat.F32, new long[] {2, 3}, 8, 32), entry);
        assertEquals(new TensorEntry("t", ElementFormat.F32, new long[] {2, 3}, 8, 32).hashCode(), entry.hashCode());
        assertNotEquals(new TensorEntry("u", ElementFormat.F32, new long[] {2, 3}, 8, 32), entry);
        assertNotEquals(new TensorEntry("u", ElementFormat.F32, new long[] {2, 3}, 8, 32).hashCode(), entry.hashCode());
        assertNotEquals(new TensorEntry("t", ElementFormat.I32, new long[] {2, 3}, 8, 32), entry);
        assertNotEquals(new TensorEntry("t", ElementFormat.F32, new long[] {3, 2}, 8, 32), entry);
        assertNotEquals(new TensorEntry("t", ElementFormat.F32, new long[] {2, 3}, 0, 32), entry);
        assertNotEquals(new TensorEntry("t", ElementFormat.F32, new long[] {2, 3}, 8, 40), entry);
        entry.shape()[0] = 9;
        assertArrayEquals(new long[] {2, 3}, entry.shape());
        assertEquals(6, entry.elements());
    }
}
