package conv4j.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.graph.Conv2d;
import conv4j.graph.MaxPool2d;
import conv4j.graph.PooledConv2d;
import conv4j.graph.Value;
import conv4j.shape.ConvGeometry;
import conv4j.shape.Padding;
import conv4j.shape.PoolGeometry;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Operations and bytes, worked out by hand. */
class WorkTest {

    private static Workload named(Group group, String name) {
        return Workloads.of(group).stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no workload '" + name + "'"));
    }

    @Test
    void aProductIsTwiceItsThreeSizes() {
        Work square = named(Group.GEMM, "square 256x256x256 nn").work();
        assertEquals(2.0 * 256 * 256 * 256, square.flops());
        assertEquals(3.0 * 256 * 256 * 4, square.bytes());
        // A dense layer of 256 on 4096 inputs and 32 images, in all three directions: 2 * 32 * 4096 * 256 = 67,108,864.
        for (String name : List.of(
                "first-cnn.dense 32x256x4096 nn",
                "first-cnn.dense.input-gradient 32x4096x256 nt",
                "first-cnn.dense.kernel-gradient 4096x256x32 tn")) {
            assertEquals(67_108_864, named(Group.GEMM, name).work().flops(), name);
        }
    }

    @Test
    void aConvolutionIsTheSameInAllDirections() {
        // 32 images, 32 * 32 places, 16 filters, 3 * 3 * 3 elements each: 2 * 32 * 1024 * 16 * 27 = 28,311,552.
        for (String direction : List.of("forward", "input-gradient", "kernel-gradient")) {
            Work work = named(Group.CONVOLUTION, "first-cnn.1 " + direction + " batch 32")
                    .work();
            assertEquals(28_311_552, work.flops(), direction);
            assertEquals(4.0 * (32 * 1024 * 3 + 27 * 16 + 32 * 1024 * 16), work.bytes(), direction);
        }
        // Stride 2 from 56 x 56 to 28 x 28: 2 * 32 * 784 * 128 * 64 = 411,041,792.
        assertEquals(
                411_041_792,
                named(Group.CONVOLUTION, "resnet18.3-1x1 forward batch 32")
                        .work()
                        .flops());
        // VGG-16's second, more than an int holds.
        assertEquals(
                2.0 * 256 * 224 * 224 * 64 * 9 * 64,
                named(Group.CONVOLUTION, "vgg16.1-2 forward batch 256").work().flops());
    }

    @Test
    void aConvolutionThatIsPooledOnItsWayMultipliesAsMuch() {
        ConvGeometry g = new ConvGeometry(Padding.SAME.rows(4, 3, 1, 1), Padding.SAME.columns(6, 3, 1, 1), 2, 5, 1);
        PoolGeometry pairs = new PoolGeometry(Padding.SAME.rows(4, 2, 2, 1), Padding.SAME.columns(6, 2, 2, 1), 5);
        Value sums = Value.activation("sums", g.outputShape());
        Conv2d conv = new Conv2d(Value.input("x", g.inputShape()), Value.parameter("kernel", g.kernelShape()), sums, g);
        MaxPool2d pooling = new MaxPool2d(sums, Value.activation("maxima", pairs.outputShape()), pairs);
        Work work = Work.of(new PooledConv2d(conv, pooling), 7);
        assertEquals(2.0 * 7 * 24 * 5 * 9 * 2, work.flops());
        assertEquals(4.0 * (7 * (24 * 2 + 6 * 5) + 9 * 2 * 5), work.bytes(), "the sums are not written");
    }

    @Test
    void everythingElseIsCountedInBytes() {
        double image = 4.0 * 128 * 56 * 56 * 64;
        Work relu = named(Group.ELEMENTWISE, "relu batch 128").work();
        assertEquals(0, relu.flops());
        assertEquals(2 * image, relu.bytes());
        assertEquals(3 * image, named(Group.ELEMENTWISE, "add batch 128").work().bytes());
        // SGD with momentum reads w, g and m, and writes w and m.
        assertEquals(
                5 * 4.0 * (16 << 20),
                named(Group.ELEMENTWISE, "update sgd").work().bytes());
        // 128 images of 32 x 32 x 32 in, 16 x 16 x 32 out.
        Work pooling = named(Group.POOLING, "first-cnn.max-1 forward batch 128").work();
        assertEquals(4.0 * 128 * 32 * (1024 + 256), pooling.bytes());
    }

    @Test
    void namesTellWorkloadsApartAndSizesAreGiven() {
        List<Workload> all = Arrays.stream(Group.values())
                .flatMap(group -> Workloads.of(group).stream())
                .toList();
        assertEquals(all.size(), all.stream().map(Workload::name).distinct().count());
        for (Workload one : all) {
            assertNotNull(one.sizes());
            assertTrue(one.work().bytes() > 0, one.name());
            assertEquals(one.group().countsOperations(), one.work().flops() > 0, one.name());
        }
    }
}
