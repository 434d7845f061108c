package conv4j.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import conv4j.shape.Shape;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/** Runs ONNX files as others do. Images go in and come out as (height, width, channels), as conv4j has them. */
final class OnnxRuntime {

    private OnnxRuntime() {}

    static float[] run(Path file, float[] items, int batch, Shape input, Shape output) {
        int[] item = input.rank() == 3 ? new int[] {input.dim(2), input.dim(0), input.dim(1)} : input.toArray();
        return run(file, channelsFirst(items, batch, input), batch, item, output);
    }

    /** Items in ONNX' order of axes. */
    static float[] run(Path file, float[] items, int batch, int[] item, Shape output) {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(file.toString());
                OnnxTensor tensor = OnnxTensor.createTensor(environment, FloatBuffer.wrap(items), dims(batch, item));
                OrtSession.Result result =
                        session.run(Map.of(session.getInputNames().iterator().next(), tensor))) {
            FloatBuffer buffer = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] values = new float[buffer.remaining()];
            buffer.get(values);
            return channelsLast(values, batch, output);
        } catch (OrtException e) {
            throw new AssertionError("ONNX Runtime refuses the file: " + e.getMessage(), e);
        }
    }

    private static long[] dims(int batch, int... item) {
        return IntStream.concat(IntStream.of(batch), Arrays.stream(item))
                .asLongStream()
                .toArray();
    }

    static float[] channelsFirst(float[] items, int batch, Shape shape) {
        return shape.rank() == 3 ? moved(items, batch, shape.dim(0) * shape.dim(1), shape.dim(2)) : items;
    }

    static float[] channelsLast(float[] items, int batch, Shape shape) {
        return shape.rank() == 3 ? moved(items, batch, shape.dim(2), shape.dim(0) * shape.dim(1)) : items;
    }

    /** Transposes every item, a matrix. */
    private static float[] moved(float[] items, int batch, int rows, int columns) {
        float[] result = new float[items.length];
        for (int i = 0; i < batch; i++) {
            for (int r = 0; r < rows; r++) {
                for (int c = 0; c < columns; c++) {
                    result[(i * columns + c) * rows + r] = items[(i * rows + r) * columns + c];
                }
            }
        }
        return result;
    }
}
