package conv4j.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.files.FileFormatException;
import conv4j.model.Model;
import conv4j.shape.Shape;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Graphs that no layers stand for: each is refused with the node, what it has and what is needed. */
class LayerImportRefusalTest extends LayerImportCase {

    @Test
    void functionsOfTwoTensorsThatNoLayerHasAreRefused() {
        String message = refusal(node("Pow", "power", "x", node("Relu", "relu", "x")), 2);
        assertTrue(message.contains("Pow 'power': two tensors that are both computed from data"), message);
    }

    @Test
    void limitsThatAreComputedAreRefused() {
        String most = onnx.node("ReduceMax", "most", Map.of("axes", new int[] {1}), "x");
        String message = refusal(node("Clip", "clip", "x", most), 2);
        assertTrue(message.contains("Clip 'clip': limits that are computed from data"), message);
    }

    @Test
    void weightsThatAreComputedAreRefused() {
        String message = refusal(node("MatMul", "product", "x", node("Relu", "relu", "x")), 2);
        assertTrue(
                message.contains("MatMul 'product': its input 1 is computed from data, where weights are needed"),
                message);
    }

    @Test
    void tensorsOfDifferentNumbersOfAxesAreRefused() {
        String rows = node("Reshape", "rows", "x", onnx.longs("two", 0, 1, 2));
        String message = refusal(node("Add", "sum", "x", rows), 2);
        assertTrue(message.contains("Add 'sum': two tensors of different numbers of axes"), message);
    }

    @Test
    void aConstantWhereDataIsNeededIsRefused() {
        String message = refusal(node("Relu", "relu", onnx.floats("c", numbers(1, 2), 2)), 2);
        assertTrue(
                message.contains("Relu 'relu': its input 0 is a constant or missing, where data is needed"), message);
    }

    @Test
    void anOutputThatNeedsNoInputIsRefused() {
        String constant = node("Identity", "same", onnx.floats("c", numbers(1, 2), 2));
        assertTrue(refusal(constant, 2).contains("the output 'same' does not depend on the input"));
    }

    @Test
    void aSecondOutputThatIsUsedIsRefused() {
        String[] both = onnx.nodes("MaxPool", "pool", Map.of("kernel_shape", new int[] {1, 1}), 2, "x");
        String message = refusal(node("Add", "sum", both[0], both[1]), 1, 2, 2);
        assertTrue(message.contains("MaxPool 'pool': its output 1, 'pool_1', is used"), message);
    }

    @Test
    void indicesThatAreComputedFromDataHaveNoLayer() {
        String message = refusal(node("Gather", "picked", "x", onnx.longs("index", 0)), 2);
        assertTrue(message.contains("it is computed from data, but only shapes and constants are supported"), message);
    }

    @Test
    void arithmeticOfWeightsIsRefused() {
        String w = onnx.floats("w", numbers(1, 2), 2);
        String message = refusal(node("Mul", "y", "x", node("Exp", "exp", w)), 2);
        assertTrue(message.contains("Exp 'exp': its input 0 is a constant or missing, where data is needed"), message);
    }

    @Test
    void anInputThatIsNoBatchOfFloatsOfKnownShapeIsRefused() {
        ProtoWriter open =
                new ProtoWriter().message(1, new ProtoWriter().text(2, "N")).message(1, new ProtoWriter().text(2, "H"));
        ProtoWriter type = new ProtoWriter().number(1, OnnxTensor.FLOAT).message(2, open);
        ProtoWriter port = new ProtoWriter().text(1, "x").message(2, new ProtoWriter().message(1, type));
        String message = portRefused(port);
        assertTrue(
                message.contains("the input 'x' has the extents [-1, -1], which leave more than the batch open"),
                message);
        ProtoWriter whole = new ProtoWriter().message(1, new ProtoWriter().number(1, 2));
        ProtoWriter one = new ProtoWriter().number(1, OnnxTensor.FLOAT).message(2, whole);
        message = portRefused(new ProtoWriter().text(1, "x").message(2, new ProtoWriter().message(1, one)));
        assertTrue(message.contains("the input 'x' must be a batch of floats of known shape"), message);
        whole.message(1, new ProtoWriter().number(1, 2));
        ProtoWriter longs = new ProtoWriter().number(1, OnnxTensor.INT64).message(2, whole);
        message = portRefused(new ProtoWriter().text(1, "x").message(2, new ProtoWriter().message(1, longs)));
        assertTrue(message.contains("must be a batch of floats"), message);
        message = portRefused(new ProtoWriter().text(1, "x"));
        assertTrue(message.contains("must be a batch of floats"), message);
        ProtoWriter empty =
                new ProtoWriter().message(1, new ProtoWriter().number(1, 1)).message(1, new ProtoWriter().number(1, 0));
        ProtoWriter none = new ProtoWriter().number(1, OnnxTensor.FLOAT).message(2, empty);
        message = portRefused(new ProtoWriter().text(1, "x").message(2, new ProtoWriter().message(1, none)));
        assertTrue(message.contains("export the model with a fixed image size"), message);
    }

    private static String portRefused(ProtoWriter port) {
        OnnxBuilder graph = new OnnxBuilder();
        String y = graph.node("Relu", "y", Map.of(), "x");
        byte[] file = graph.file("g", port, OnnxBuilder.port(y), Map.of());
        return assertThrows(FileFormatException.class, () -> LayerImport.model(OnnxReader.model(ByteBuffer.wrap(file))))
                .getMessage();
    }

    @Test
    void operatorsOfOthersAreNamedWithTheirOwners() {
        OnnxNode foreign = new OnnxNode("Relu", "com.example", "r", List.of("x"), List.of("y"), Map.of());
        OnnxModel.Port x = new OnnxModel.Port("x", OnnxTensor.FLOAT, new long[] {-1, 2});
        OnnxModel.Port y = new OnnxModel.Port("y", OnnxTensor.FLOAT, null);
        OnnxModel model = new OnnxModel(17, " ", List.of(foreign), Map.of(), List.of(x), List.of(y), Map.of());
        String message = assertThrows(FileFormatException.class, () -> LayerImport.model(model))
                .getMessage();
        assertTrue(message.contains("there are no layers for: com.example.Relu 'r'"), message);
        OnnxNode own = new OnnxNode("Relu", "", "r", List.of("x"), List.of("y"), Map.of());
        OnnxModel nameless = new OnnxModel(17, " ", List.of(own), Map.of(), List.of(x), List.of(y), Map.of());
        try (Model made = LayerImport.model(nameless)) {
            assertEquals("model", made.name());
            assertEquals(Shape.of(2), made.inputShape());
        }
        OnnxModel two = new OnnxModel(17, "g", List.of(own), Map.of(), List.of(x), List.of(y, y), Map.of());
        String outputs = assertThrows(FileFormatException.class, () -> LayerImport.model(two))
                .getMessage();
        assertTrue(outputs.contains("the outputs [y, y]"), outputs);
    }
}
