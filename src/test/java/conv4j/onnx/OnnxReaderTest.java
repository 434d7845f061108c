package conv4j.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.files.FileFormatException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What messages say of a model. */
class OnnxReaderTest {

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
}
