package conv4j.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Writes cases in the layout of ONNX' backend tests. */
public final class NodeCases {

    private NodeCases() {}

    /**
     * Writes a case of an operator with one input.
     *
     * @param folder gets the case's folder
     * @param name its name
     * @param operator ONNX' operator
     * @param input the input's elements
     * @param output those that are wanted
     * @throws IOException when it cannot be written
     */
    public static void write(Path folder, String name, String operator, float[] input, float[] output)
            throws IOException {
        OnnxBuilder onnx = new OnnxBuilder();
        String y = onnx.node(operator, "y", Map.of(), "x");
        Path data = Files.createDirectories(folder.resolve(name).resolve("test_data_set_0"));
        byte[] model = onnx.file(name, OnnxBuilder.port("x"), OnnxBuilder.port(y), Map.of());
        Files.write(folder.resolve(name).resolve("model.onnx"), model);
        Files.write(data.resolve("input_0.pb"), tensor(input));
        Files.write(data.resolve("output_0.pb"), tensor(output));
    }

    private static byte[] tensor(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return new ProtoWriter()
                .number(1, values.length)
                .number(2, OnnxTensor.FLOAT)
                .bytes(9, bytes.array())
                .toBytes();
    }
}
