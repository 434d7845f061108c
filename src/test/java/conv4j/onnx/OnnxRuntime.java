package conv4j.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import conv4j.shape.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
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
        try (OrtSession.SessionOptions options = alone();
                OrtSession session = environment.createSession(file.toString(), options);
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

    /** The outputs of a graph that is given its inputs by their names: of floats, whole numbers and truth values. */
    static List<conv4j.onnx.OnnxTensor> run(
            byte[] file, List<conv4j.onnx.OnnxTensor> inputs, List<String> outputNames) {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Map<String, OnnxTensor> given = new HashMap<>();
        try (OrtSession.SessionOptions options = alone()) {
            for (conv4j.onnx.OnnxTensor input : inputs) {
                given.put(input.name(), ported(environment, input));
            }
            try (OrtSession session = environment.createSession(file, options);
                    OrtSession.Result result = session.run(given)) {
                List<conv4j.onnx.OnnxTensor> outputs = new ArrayList<>();
                for (String name : outputNames) {
                    outputs.add(read((OnnxTensor) result.get(name).orElseThrow()));
                }
                return outputs;
            }
        } catch (OrtException e) {
            throw new AssertionError("ONNX Runtime refuses the case: " + e.getMessage(), e);
        } finally {
            given.values().forEach(OnnxTensor::close);
        }
    }

    /** Without threads and improvements of the graph, which cost more than such small graphs do. */
    private static OrtSession.SessionOptions alone() throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(1);
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
        return options;
    }

    private static OnnxTensor ported(OrtEnvironment environment, conv4j.onnx.OnnxTensor tensor) throws OrtException {
        long[] dims = Arrays.stream(tensor.dims()).asLongStream().toArray();
        if (tensor.type() == conv4j.onnx.OnnxTensor.BOOL) {
            ByteBuffer bytes = ByteBuffer.allocateDirect(tensor.size());
            Arrays.stream(tensor.longs()).forEach(truth -> bytes.put((byte) truth));
            return OnnxTensor.createTensor(environment, bytes.flip(), dims, OnnxJavaType.BOOL);
        }
        return tensor.isFloating()
                ? OnnxTensor.createTensor(environment, FloatBuffer.wrap(tensor.floats()), dims)
                : OnnxTensor.createTensor(environment, LongBuffer.wrap(tensor.longs()), dims);
    }

    private static conv4j.onnx.OnnxTensor read(OnnxTensor tensor) {
        int[] dims = Arrays.stream(tensor.getInfo().getShape())
                .mapToInt(Math::toIntExact)
                .toArray();
        int size = Arrays.stream(dims).reduce(1, (a, b) -> a * b);
        return switch (tensor.getInfo().type) {
            case FLOAT -> {
                float[] values = new float[size];
                tensor.getFloatBuffer().get(values);
                yield conv4j.onnx.OnnxTensor.of("", values, dims);
            }
            case INT64 -> {
                long[] values = new long[size];
                tensor.getLongBuffer().get(values);
                yield conv4j.onnx.OnnxTensor.of("", values, dims);
            }
            case BOOL -> {
                ByteBuffer bytes = tensor.getByteBuffer();
                long[] values = new long[size];
                for (int i = 0; i < size; i++) {
                    values[i] = bytes.get(i);
                }
                yield conv4j.onnx.OnnxTensor.of("", values, dims);
            }
            default -> throw new AssertionError("not read here: " + tensor.getInfo());
        };
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
