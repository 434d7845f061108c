package conv4j.bench;

import conv4j.graph.Conv2d;
import conv4j.graph.Operation;
import conv4j.graph.Value;
import conv4j.shape.ConvGeometry;
import conv4j.shape.Window;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The convolutions of three known networks, each forward and with both gradients. */
final class Convolutions {

    /** A convolution of square images with a square kernel and symmetric padding. */
    record Sizes(String name, int size, int channels, int filters, int kernel, int stride, int padding) {

        ConvGeometry geometry() {
            Window window = new Window(size, kernel, stride, 1, padding, padding);
            return new ConvGeometry(window, window, channels, filters, 1);
        }
    }

    private static final List<Sizes> SIZES = List.of(
            new Sizes("first-cnn.1", 32, 3, 16, 3, 1, 1),
            new Sizes("first-cnn.2", 32, 16, 32, 3, 1, 1),
            new Sizes("first-cnn.3", 16, 32, 32, 3, 1, 1),
            new Sizes("first-cnn.4", 16, 32, 64, 3, 1, 1),
            new Sizes("resnet18.7x7", 224, 3, 64, 7, 2, 3),
            new Sizes("resnet18.2", 56, 64, 64, 3, 1, 1),
            new Sizes("resnet18.3-strided", 56, 64, 128, 3, 2, 1),
            new Sizes("resnet18.3-1x1", 56, 64, 128, 1, 2, 0),
            new Sizes("resnet18.3", 28, 128, 128, 3, 1, 1),
            new Sizes("resnet18.4-strided", 28, 128, 256, 3, 2, 1),
            new Sizes("resnet18.4-1x1", 28, 128, 256, 1, 2, 0),
            new Sizes("resnet18.4", 14, 256, 256, 3, 1, 1),
            new Sizes("resnet18.5-strided", 14, 256, 512, 3, 2, 1),
            new Sizes("resnet18.5-1x1", 14, 256, 512, 1, 2, 0),
            new Sizes("resnet18.5", 7, 512, 512, 3, 1, 1),
            new Sizes("vgg16.1-1", 224, 3, 64, 3, 1, 1),
            new Sizes("vgg16.1-2", 224, 64, 64, 3, 1, 1),
            new Sizes("vgg16.2-1", 112, 64, 128, 3, 1, 1),
            new Sizes("vgg16.2-2", 112, 128, 128, 3, 1, 1),
            new Sizes("vgg16.3-1", 56, 128, 256, 3, 1, 1),
            new Sizes("vgg16.3-2", 56, 256, 256, 3, 1, 1),
            new Sizes("vgg16.4-1", 28, 256, 512, 3, 1, 1),
            new Sizes("vgg16.4-2", 28, 512, 512, 3, 1, 1),
            new Sizes("vgg16.5", 14, 512, 512, 3, 1, 1));
    private static final int[] BATCHES = {32, 256};

    private Convolutions() {}

    static List<Workload> all() {
        List<Workload> all = new ArrayList<>();
        for (int batch : BATCHES) {
            for (Sizes sizes : SIZES) {
                all.addAll(of(sizes, batch));
            }
        }
        return all;
    }

    static List<Workload> of(Sizes sizes, int batch) {
        ConvGeometry geometry = sizes.geometry();
        Value input = Value.input("input", geometry.inputShape());
        Value kernel = Value.parameter("kernel", geometry.kernelShape());
        Value output = Value.activation("output", geometry.outputShape());
        return List.of(
                workload(sizes, batch, "forward", new Conv2d(input, kernel, output, geometry)),
                workload(sizes, batch, "input-gradient", new Conv2d.InputGradient(output, kernel, input, geometry)),
                workload(sizes, batch, "kernel-gradient", new Conv2d.KernelGradient(input, output, kernel, geometry)));
    }

    private static Workload workload(Sizes sizes, int batch, String direction, Operation operation) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("direction", direction);
        all.put("size", sizes.size());
        all.put("channels", sizes.channels());
        all.put("filters", sizes.filters());
        all.put("kernel", sizes.kernel());
        all.put("stride", sizes.stride());
        all.put("padding", sizes.padding());
        String name = sizes.name() + " " + direction + " batch " + batch;
        return new Workload(Group.CONVOLUTION, name, batch, operation, all);
    }
}
