package conv4j.bench;

import conv4j.graph.AveragePool2d;
import conv4j.graph.MaxPool2d;
import conv4j.graph.Operation;
import conv4j.graph.Value;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Window;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Poolings of known networks, forward and backward. */
final class Poolings {

    private record Sizes(String name, int batch, int size, int channels, int window, int stride, int padding) {}

    private static final List<Sizes> MAXIMUM = List.of(
            new Sizes("first-cnn.max-1", 128, 32, 32, 2, 2, 0),
            new Sizes("first-cnn.max-2", 128, 16, 64, 2, 2, 0),
            new Sizes("resnet18.max", 32, 112, 64, 3, 2, 1),
            new Sizes("vgg16.max-1", 32, 224, 64, 2, 2, 0));
    private static final List<Sizes> MEAN =
            List.of(new Sizes("average", 32, 112, 64, 2, 2, 0), new Sizes("resnet18.average", 256, 7, 512, 7, 7, 0));

    private static final String FORWARD = "forward";
    private static final String GRADIENT = "gradient";

    private Poolings() {}

    static List<Workload> all() {
        return Stream.concat(
                        MAXIMUM.stream().flatMap(Poolings::maximum),
                        MEAN.stream().flatMap(Poolings::mean))
                .toList();
    }

    private static PoolGeometry geometry(Sizes sizes) {
        Window window = new Window(sizes.size(), sizes.window(), sizes.stride(), 1, sizes.padding(), sizes.padding());
        return new PoolGeometry(window, window, sizes.channels());
    }

    private static Stream<Workload> maximum(Sizes sizes) {
        PoolGeometry geometry = geometry(sizes);
        Value input = Value.input("input", geometry.inputShape());
        Value output = Value.activation("output", geometry.outputShape());
        Value upstream = output.like("output gradient");
        Value gradient = input.like("input gradient");
        Stream<Workload> plain = Stream.of(
                workload(sizes, "max", FORWARD, new MaxPool2d(input, output, geometry)),
                workload(sizes, "max", GRADIENT, new MaxPool2d.Gradient(input, output, upstream, gradient, geometry)));
        return MaxPool2d.inPairs(geometry)
                ? Stream.concat(plain, withPlaces(sizes, geometry, input, output, upstream, gradient))
                : plain;
    }

    /** The same where training has pooling note the places of its maxima. */
    private static Stream<Workload> withPlaces(
            Sizes sizes, PoolGeometry geometry, Value input, Value output, Value upstream, Value gradient) {
        Value places = output.like("places");
        return Stream.of(
                workload(sizes, "max", FORWARD, " noting places", new MaxPool2d(input, output, places, geometry)),
                workload(
                        sizes,
                        "max",
                        GRADIENT,
                        " from places",
                        new MaxPool2d.PlacesGradient(places, upstream, gradient, geometry)));
    }

    private static Stream<Workload> mean(Sizes sizes) {
        PoolGeometry geometry = geometry(sizes);
        Value input = Value.input("input", geometry.inputShape());
        Value output = Value.activation("output", geometry.outputShape());
        return Stream.of(
                workload(sizes, "average", FORWARD, new AveragePool2d(input, output, geometry)),
                workload(sizes, "average", GRADIENT, new AveragePool2d.Gradient(output, input, geometry)));
    }

    private static Workload workload(Sizes sizes, String kind, String direction, Operation operation) {
        return workload(sizes, kind, direction, "", operation);
    }

    private static Workload workload(Sizes sizes, String kind, String direction, String how, Operation operation) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("kind", kind);
        all.put("direction", direction);
        all.put("size", sizes.size());
        all.put("channels", sizes.channels());
        all.put("window", sizes.window());
        all.put("stride", sizes.stride());
        all.put("padding", sizes.padding());
        String name = sizes.name() + " " + direction + how + " batch " + sizes.batch();
        return new Workload(Group.POOLING, name, sizes.batch(), operation, all);
    }
}
