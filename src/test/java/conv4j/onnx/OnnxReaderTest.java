package conv4j.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.files.FileFormatException;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Messages of protocol buffers, byte by byte, and what they say of a model. */
class OnnxReaderTest {

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

    // Models.

    private static ProtoWriter graph() {
        ProtoWriter node = new ProtoWriter().text(1, "x").text(2, "y").text(4, "Relu");
        return new ProtoWriter()
                .message(1, node)
                .text(2, "small")
                .message(11, new ProtoWriter().text(1, "x"))
                .message(12, new ProtoWriter().text(1, "y"));
    }

    private static ProtoWriter version(String domain, long number) {
        return new ProtoWriter().text(1, domain).number(2, number).number(15, 1);
    }

    private static OnnxModel model(ProtoWriter writer) {
        return OnnxReader.model(ByteBuffer.wrap(writer.toBytes()));
    }

    @Test
    void theVersionIsThatOfOnnxOwnOperators() {
        assertEquals(1, model(new ProtoWriter().message(7, graph())).opset());
        ProtoWriter both = new ProtoWriter()
                .message(8, version("com.example", 99))
                .message(8, version("", 13))
                .message(7, graph());
        assertEquals(13, model(both).opset());
        assertEquals(
                14,
                model(new ProtoWriter().message(8, version("ai.onnx", 14)).message(7, graph()))
                        .opset());
    }

    @Test
    void whatElseAFileHasIsLeftOut() {
        ProtoWriter entry =
                new ProtoWriter().text(1, "author").text(2, "nobody").number(7, 1);
        ProtoWriter half = new ProtoWriter().text(1, "empty");
        OnnxModel model = model(new ProtoWriter()
                .text(2, "producer")
                .message(7, graph().text(10, "documentation"))
                .message(14, entry)
                .message(14, half));
        assertEquals(Map.of("author", "nobody", "empty", ""), model.metadata());
        assertEquals("small", model.name());
        assertEquals("Relu 'y'", model.nodes().get(0).label());
    }

    @Test
    void whatIsNotReadIsRefused() {
        ProtoWriter functions = new ProtoWriter().message(7, graph()).message(25, new ProtoWriter());
        assertTrue(assertThrows(FileFormatException.class, () -> model(functions))
                .getMessage()
                .contains("functions of its own"));
        ProtoWriter sparse = new ProtoWriter().message(7, graph().message(15, new ProtoWriter()));
        assertTrue(assertThrows(FileFormatException.class, () -> model(sparse))
                .getMessage()
                .contains("sparse weights"));
        ProtoWriter empty = new ProtoWriter().number(1, 8);
        assertTrue(assertThrows(FileFormatException.class, () -> model(empty))
                .getMessage()
                .contains("it has no graph"));
        Path nowhere = Path.of("target", "there-is-no-such-file.onnx");
        assertTrue(assertThrows(UncheckedIOException.class, () -> OnnxReader.model(nowhere))
                .getMessage()
                .contains("cannot read " + nowhere));
    }

    private static String namesRefused(ProtoWriter graph) {
        return assertThrows(FileFormatException.class, () -> model(new ProtoWriter().message(7, graph)))
                .getMessage();
    }

    @Test
    void everyNameIsGivenOnceAndBeforeItIsRead() {
        ProtoWriter again = new ProtoWriter().text(1, "x").text(2, "y").text(4, "Abs");
        assertTrue(namesRefused(graph().message(1, again)).contains("node Abs 'y' writes 'y', which is there already"));
        ProtoWriter unknown =
                new ProtoWriter().text(1, "z").text(2, "w").text(3, "third").text(4, "Abs");
        String message = namesRefused(graph().message(1, unknown));
        assertTrue(
                message.contains("node Abs 'third' reads 'z', which no input, weight or earlier node gives"), message);
        ProtoWriter output = graph().message(12, new ProtoWriter().text(1, "q"));
        assertTrue(namesRefused(output).contains("no node writes the graph's output 'q'"));
        // An input and an output that are left out have no names.
        ProtoWriter left = new ProtoWriter().text(1, "").text(2, "").text(2, "").text(4, "Clip");
        assertEquals(
                2,
                model(new ProtoWriter().message(7, graph().message(1, left)))
                        .nodes()
                        .size());
    }

    @Test
    void weightsThatAreInputsTooAreWeights() {
        ProtoWriter weight = new ProtoWriter()
                .number(1, 1)
                .number(2, OnnxTensor.FLOAT)
                .text(8, "w")
                .bytes(9, new byte[4]);
        ProtoWriter graph = graph().message(5, weight).message(11, new ProtoWriter().text(1, "w"));
        OnnxModel model = model(new ProtoWriter().message(7, graph));
        assertEquals(
                List.of("x"), model.inputs().stream().map(OnnxModel.Port::name).toList());
        assertEquals(java.util.Set.of("w"), model.initializers().keySet());
    }

    @Test
    void attributesAreOfSixKinds() {
        ProtoWriter node =
                new ProtoWriter().text(1, "x").text(2, "z").text(4, "Strange").text(7, "ai.onnx");
        ProtoWriter tensor = new ProtoWriter().number(2, OnnxTensor.FLOAT).bytes(9, new byte[] {0, 0, -128, 63});
        node.message(5, new ProtoWriter().text(1, "real").real(2, 1.5f).number(20, 1))
                .message(5, new ProtoWriter().text(1, "number").number(3, 7).number(20, 2))
                .message(5, new ProtoWriter().text(1, "text").text(4, "abc").number(20, 3))
                .message(
                        5,
                        new ProtoWriter().text(1, "tensor").message(5, tensor).number(20, 4))
                .message(
                        5,
                        new ProtoWriter().text(1, "reals").real(7, 1).real(7, 2).number(20, 6))
                .message(
                        5,
                        new ProtoWriter()
                                .text(1, "numbers")
                                .number(8, 3)
                                .number(8, 4)
                                .number(20, 7))
                .message(5, new ProtoWriter().text(1, "graph").number(20, 5).text(13, "documentation"))
                .text(6, "documentation");
        OnnxNode read = model(new ProtoWriter().message(7, graph().message(1, node)))
                .nodes()
                .get(1);
        assertEquals("", read.domain());
        assertEquals(1.5f, read.real("real", 0));
        assertEquals(7, read.integer("number", 0));
        assertEquals("abc", read.text("text", ""));
        assertArrayEquals(new float[] {1}, read.tensor("tensor").floats());
        assertArrayEquals(new int[0], read.tensor("tensor").dims());
        assertArrayEquals(new float[] {1, 2}, read.reals("reals"));
        assertArrayEquals(new long[] {3, 4}, read.integers("numbers"));
        assertTrue(read.has("graph"));
        assertNull(read.tensor("graph"));
        String message = assertThrows(FileFormatException.class, () -> read.integer("text", 0))
                .getMessage();
        assertTrue(message.contains("Strange 'z': attribute 'text' is String, but Long is needed"), message);
    }

    @Test
    void sizesOfAttributesAreCounted() {
        Map<String, Object> attributes =
                Map.of("large", 1L << 40, "two", new long[] {1, 2}, "vast", new long[] {1L << 40});
        OnnxNode node = new OnnxNode("Conv", "", "", List.of(), List.of(), attributes);
        assertEquals("Conv ''", node.label());
        assertTrue(assertThrows(FileFormatException.class, () -> node.size("large", 1))
                .getMessage()
                .contains("attribute 'large' is 1099511627776, which is beyond what any size may be"));
        assertTrue(assertThrows(FileFormatException.class, () -> node.sizes("two", 3, 1))
                .getMessage()
                .contains("attribute 'two' has 2 numbers, but needs 3"));
        assertTrue(assertThrows(FileFormatException.class, () -> node.sizes("vast", 1, 1))
                .getMessage()
                .contains("attribute 'vast' is 1099511627776, which is beyond"));
        assertArrayEquals(new int[] {5, 5}, node.sizes("missing", 2, 5));
        assertTrue(node.flag("large", false));
        assertTrue(node.flag("missing", true));
        assertFalse(node.flag("missing", false));
    }

    @Test
    void portsTellTheirExtentsWhereTheyAreKnown() {
        ProtoWriter shape = new ProtoWriter()
                .message(1, new ProtoWriter().text(2, "N"))
                .message(1, new ProtoWriter().number(1, 3).text(3, "denotation"))
                .number(9, 1);
        ProtoWriter tensor = new ProtoWriter().number(1, 1).message(2, shape).number(9, 1);
        ProtoWriter kinds = new ProtoWriter().number(9, 1).message(1, tensor).text(6, "denotation");
        ProtoWriter port =
                new ProtoWriter().text(3, "documentation").text(1, "in").message(2, kinds);
        OnnxModel model = model(new ProtoWriter().message(7, graph().message(11, port)));
        OnnxModel.Port read = model.inputs().get(1);
        assertEquals("in", read.name());
        assertEquals(OnnxTensor.FLOAT, read.type());
        assertArrayEquals(new long[] {OnnxModel.OPEN, 3}, read.dims());
        assertNull(model.inputs().get(0).dims());
        assertEquals(0, model.inputs().get(0).type());
    }

    // Tensors.

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
