package conv4j.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.files.FileFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are damaged, endless, circular or of another world are refused as files, with what is wrong. */
class OnnxHostileTest {

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("hostile.onnx");
    }

    private static ProtoWriter node(String operator, String input, String output) {
        return new ProtoWriter().text(1, input).text(2, output).text(3, output).text(4, operator);
    }

    private static byte[] model(ProtoWriter graph, int... dims) {
        graph.message(11, OnnxBuilder.port("x", dims)).message(12, OnnxBuilder.port("y", dims));
        return new ProtoWriter()
                .message(7, graph)
                .message(8, new ProtoWriter().number(2, 17))
                .toBytes();
    }

    private String message(byte[] bytes) throws IOException {
        Files.write(file, bytes);
        return assertThrows(FileFormatException.class, () -> OnnxFile.load(file))
                .getMessage();
    }

    @Test
    void allOperatorsThatAreNotSupportedAreNamedAtOnce() throws IOException {
        ProtoWriter graph = new ProtoWriter()
                .message(1, node("Relu", "x", "a"))
                .message(1, node("FancyOperator", "a", "b"))
                .message(1, node("NonMaxSuppression", "b", "c").text(7, "com.example"))
                .message(1, node("STFT", "c", "y"));
        String message = message(model(graph, 2, 4, 4));
        assertTrue(message.contains("FancyOperator 'b'"), message);
        assertTrue(message.contains("com.example.NonMaxSuppression 'c'"), message);
        assertTrue(message.contains("STFT 'y'"), message);
    }

    @Test
    void aCircleIsRefused() throws IOException {
        ProtoWriter graph = new ProtoWriter().message(1, node("Relu", "b", "a")).message(1, node("Relu", "a", "b"));
        assertTrue(message(model(graph, 3)).contains("cycle"));
    }

    @Test
    void weightsInAnotherFileAreRefusedWithWhatToDo() throws IOException {
        ProtoWriter tensor = new ProtoWriter()
                .number(1, 4)
                .number(2, OnnxTensor.FLOAT)
                .text(8, "w")
                .message(13, new ProtoWriter().text(1, "location").text(2, "../../etc/passwd"))
                .number(14, 1);
        String message = message(model(new ProtoWriter().message(5, tensor), 4));
        assertTrue(message.contains("'w'") && message.contains("onnx.save"), message);
    }

    @Test
    void extentsBeyondTheFileAreRefusedBeforeAnythingIsAllocated() throws IOException {
        for (long[] dims : List.of(
                new long[] {1L << 40}, new long[] {-1}, new long[] {65536, 65536, 65536}, new long[] {1L << 30, 2})) {
            ProtoWriter tensor = new ProtoWriter();
            for (long dim : dims) {
                tensor.number(1, dim);
            }
            tensor.number(2, OnnxTensor.FLOAT).text(8, "w").bytes(9, new byte[16]);
            String message = message(model(new ProtoWriter().message(5, tensor), 4));
            assertTrue(message.contains("'w'"), message);
        }
    }

    @Test
    void aConstantWithoutMeasureIsRefused() throws IOException {
        OnnxBuilder onnx = new OnnxBuilder();
        String shape = onnx.longs("shape", 1L << 30, 3);
        String zeros = onnx.node("ConstantOfShape", "zeros", Map.of(), shape);
        String y = onnx.node("Add", "y", Map.of(), "x", zeros);
        byte[] bytes = onnx.file("endless", OnnxBuilder.port("x", 4), OnnxBuilder.port(y, 4), Map.of());
        assertTrue(message(bytes).contains("zeros"));
    }

    @Test
    void aDeepNestOfMessagesDoesNotExhaustTheStack() throws IOException {
        ProtoWriter nest = new ProtoWriter();
        byte[] inner = new byte[0];
        for (int i = 0; i < 2000; i++) {
            inner = new ProtoWriter().bytes(6, inner).toBytes();
        }
        nest.bytes(7, inner);
        assertTrue(OnnxFileCase.isRefused(file, nest.toBytes(), "a nest"));
        assertEquals(true, Files.exists(file));
    }
}
