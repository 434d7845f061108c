package conv4j.backend.opencl;

import conv4j.backend.BackendException;
import conv4j.backend.DeviceInfo;
import conv4j.backend.Executable;
import conv4j.backend.Memory;
import conv4j.backend.Placement;
import conv4j.backend.Run;
import conv4j.graph.ElementType;
import conv4j.graph.Graph;
import conv4j.graph.MatMul;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a device has tensor cores that its compiler reaches from OpenCL C: found out by multiplying two small matrices of
 * integers with them, which every precision does exactly.
 */
final class TensorCores {

    private static final Logger LOG = LoggerFactory.getLogger(TensorCores.class);
    private static final int SIDE = 32;
    private static final int SIZE = SIDE * SIDE;

    private TensorCores() {}

    /** Whether a device may have some. */
    static boolean expected(DeviceInfo device) {
        return device.platform().contains("NVIDIA");
    }

    /** Tries them. Only NVIDIA's compiler is asked: others print errors about instructions that they do not know. */
    static boolean work(OpenClBackend backend, Multiplication multiplication) {
        if (!expected(backend.device())) {
            LOG.info(
                    "{} has no tensor cores for {}: computing in float32",
                    backend.device().describe(),
                    multiplication.precision());
            return false;
        }
        try (Memory memory = backend.allocate("a trial of tensor cores", ElementType.FLOAT32, 3L * SIZE)) {
            boolean right = multiply(backend, memory, multiplication);
            LOG.info(
                    "tensor cores of {} for {}: {}",
                    backend.device().describe(),
                    multiplication.precision(),
                    right ? "used" : "wrong, not used");
            return right;
        } catch (BackendException e) {
            LOG.info("tensor cores of {} are not used: {}", backend.device().describe(), e.getMessage());
            return false;
        }
    }

    private static boolean multiply(OpenClBackend backend, Memory memory, Multiplication multiplication) {
        Value a = Value.unbatched("a", Shape.of(SIDE, SIDE));
        Value b = Value.unbatched("b", Shape.of(SIDE, SIDE));
        Value product = Value.unbatched("product", Shape.of(SIDE, SIDE));
        Placement placement = new Placement();
        placement.put(a, memory, 0);
        placement.put(b, memory, SIZE);
        placement.put(product, memory, 2L * SIZE);
        float[] left = numbers(7);
        float[] right = numbers(5);
        memory.write(0, left, 0, SIZE);
        memory.write(SIZE, right, 0, SIZE);
        Graph graph = new Graph();
        graph.add(new MatMul(a, b, product));
        try (Executable executable = backend.prepare(graph, placement, 1, multiplication, (shape, usual) -> usual)) {
            executable.run(Run.inference(1, 0));
        }
        float[] got = new float[SIZE];
        memory.read(2L * SIZE, got, 0, SIZE);
        return isProduct(left, right, got);
    }

    /** Whole numbers from -3 on, in no simple order. */
    private static float[] numbers(int many) {
        float[] numbers = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            numbers[i] = i * 31 % 101 % many - 3;
        }
        return numbers;
    }

    private static boolean isProduct(float[] left, float[] right, float[] got) {
        for (int i = 0; i < SIZE; i++) {
            float sum = 0;
            for (int k = 0; k < SIDE; k++) {
                sum += left[i / SIDE * SIDE + k] * right[k * SIDE + i % SIDE];
            }
            if (got[i] != sum) {
                return false;
            }
        }
        return true;
    }
}
