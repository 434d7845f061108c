package conv4j.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.files.FileFormatException;
import conv4j.layers.Layer;
import conv4j.model.Model;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** A graph that is built node by node and becomes a model, or is refused. */
abstract class LayerImportCase {

    final OnnxBuilder onnx = new OnnxBuilder();

    String node(String operator, String name, String... inputs) {
        return onnx.node(operator, name, Map.of(), inputs);
    }

    Model model(String output, int... input) {
        byte[] file = onnx.file("g", OnnxBuilder.port("x", input), OnnxBuilder.port(output), Map.of());
        return LayerImport.model(OnnxReader.model(ByteBuffer.wrap(file)));
    }

    void becomes(String output, int[] input, float[] item, float[] want, String... kinds) {
        try (Backend backend = Backends.open("reference");
                Model model = model(output, input).on(backend)) {
            assertArrayEquals(want, model.predict(item), 1e-5f);
            assertEquals(
                    List.of(kinds),
                    model.layers().stream().skip(1).map(Layer::className).toList());
        }
    }

    String refusal(String output, int... input) {
        return assertThrows(FileFormatException.class, () -> {
                    try (Model model = model(output, input)) {
                        assertEquals(List.of(), model.layers());
                    }
                })
                .getMessage();
    }

    static int[] dims(int... dims) {
        return dims;
    }

    static float[] numbers(float... numbers) {
        return numbers;
    }
}
