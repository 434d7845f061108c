package conv4j.bench;

import conv4j.graph.Activation;
import conv4j.graph.MatMul;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Products of square matrices, and the skinny ones that layers make. */
final class Matrices {

    private static final int[] SQUARE = {256, 512, 1024, 2048, 4096, 8192};
    private static final int[] BATCHES = {32, 128, 1024};

    private Matrices() {}

    static List<Workload> all() {
        List<Workload> all = new ArrayList<>();
        for (int size : SQUARE) {
            all.add(product("square", size, size, size, "nn"));
        }
        for (int batch : BATCHES) {
            dense(all, "first-cnn.dense", batch, 4096, 256);
        }
        dense(all, "first-cnn.classes", 128, 256, 10);
        dense(all, "resnet18.classes", 32, 512, 1000);
        // A 1 x 1 convolution of ResNet-18, stride 2, 32 images, and its kernel gradient.
        all.add(product("resnet18.1x1", 32 * 28 * 28, 128, 64, "nn"));
        all.add(product("resnet18.1x1.kernel-gradient", 64, 128, 32 * 28 * 28, "tn"));
        // The first CNN's first two convolutions as matrix products, 32 images.
        all.add(product("first-cnn.conv1", 32 * 32 * 32, 16, 27, "nn"));
        all.add(product("first-cnn.conv2", 32 * 32 * 32, 32, 144, "nn"));
        return all;
    }

    /** A dense layer: forward, the gradient of its input, the gradient of its kernel. */
    private static void dense(List<Workload> all, String name, int batch, int inputs, int outputs) {
        all.add(product(name, batch, outputs, inputs, "nn"));
        all.add(product(name + ".input-gradient", batch, inputs, outputs, "nt"));
        all.add(product(name + ".kernel-gradient", inputs, outputs, batch, "tn"));
    }

    /**
     * A product m x k by k x n.
     *
     * @param transposed {@code n} or {@code t} for the left and for the right matrix
     */
    static Workload product(String name, int m, int n, int k, String transposed) {
        boolean left = transposed.charAt(0) == 't';
        boolean right = transposed.charAt(1) == 't';
        Value a = Value.parameter("left", left ? Shape.of(k, m) : Shape.of(m, k));
        Value b = Value.parameter("right", right ? Shape.of(n, k) : Shape.of(k, n));
        Value c = Value.unbatched("product", Shape.of(m, n));
        Map<String, Object> sizes = new LinkedHashMap<>();
        sizes.put("m", m);
        sizes.put("n", n);
        sizes.put("k", k);
        sizes.put("transposed", transposed);
        return new Workload(
                Group.GEMM,
                name + " " + m + "x" + n + "x" + k + " " + transposed,
                1,
                new MatMul(a, b, null, c, left, right, Activation.LINEAR),
                sizes);
    }
}
