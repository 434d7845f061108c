package conv4j.bench;

import conv4j.graph.Activate;
import conv4j.graph.Activation;
import conv4j.graph.Add;
import conv4j.graph.AddBias;
import conv4j.graph.BatchNormalization;
import conv4j.graph.ColumnSums;
import conv4j.graph.Dropout;
import conv4j.graph.Operation;
import conv4j.graph.Softmax;
import conv4j.graph.Update;
import conv4j.graph.Value;
import conv4j.optimizers.Adam;
import conv4j.optimizers.Optimizer;
import conv4j.optimizers.SGD;
import conv4j.shape.Shape;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What reads and writes every element once or twice: 128 images of 56 x 56 x 64, 103 MB each value. */
final class Elements {

    private static final int BATCH = 128;
    private static final Shape IMAGE = Shape.of(56, 56, 64);
    private static final Shape CHANNELS = Shape.of(64);
    private static final int PARAMETERS = 16 << 20;
    private static final float MOMENTUM = 0.9f;
    private static final float EPSILON = 1e-3f;

    private Elements() {}

    static List<Workload> all() {
        return Stream.of(activations(), sums(), normalizations(), updates())
                .flatMap(List::stream)
                .toList();
    }

    private static Value image(String name) {
        return Value.input(name, IMAGE);
    }

    private static Value channels(String name) {
        return Value.parameter(name, CHANNELS);
    }

    private static List<Workload> activations() {
        Value x = image("x");
        Value y = x.like("y");
        Value upstream = x.like("gradient");
        Activation leaky = Activation.leakyRelu(0.1f);
        return List.of(
                workload("relu", new Activate(x, y, Activation.RELU)),
                workload("leaky-relu", new Activate(x, y, leaky)),
                workload("leaky-relu gradient", new Activate.Gradient(upstream, x, y, leaky)),
                workload("gelu", new Activate(x, y, Activation.of(Activation.Kind.GELU))),
                workload("tanh", new Activate(x, y, Activation.of(Activation.Kind.TANH))),
                workload("dropout", new Dropout(x, y, 0.25f, 0)),
                workload("softmax", new Softmax(x, y)));
    }

    private static List<Workload> sums() {
        Value x = image("x");
        Value y = x.like("y");
        return List.of(
                workload("add", new Add(x, image("other"), y)),
                workload("add-bias", new AddBias(x, channels("bias"), y)),
                workload("column-sums", new ColumnSums(x, channels("sums"))));
    }

    private static List<Workload> normalizations() {
        Value x = image("x");
        Value y = x.like("y");
        Value gamma = channels("gamma");
        Value beta = channels("beta");
        Value mean = channels("mean");
        Value deviation = channels("deviation");
        Value variance = channels("variance");
        return List.of(
                workload(
                        "batch-normalization",
                        new BatchNormalization(
                                x, gamma, beta, channels("moving"), variance, y, mean, deviation, MOMENTUM, EPSILON)),
                workload(
                        "batch-normalization gradient",
                        new BatchNormalization.Gradient(
                                x, image("gradient"), gamma, mean, deviation, y, channels("dgamma"), beta)),
                workload(
                        "batch-normalization inference",
                        new BatchNormalization.Inference(x, gamma, beta, mean, variance, y, EPSILON)));
    }

    private static List<Workload> updates() {
        return List.of(update("sgd", new SGD(0.01).momentum(MOMENTUM)), update("adam", new Adam(0.001)));
    }

    private static Workload update(String name, Optimizer optimizer) {
        Value parameters = Value.parameter("parameters", Shape.of(PARAMETERS));
        Value gradients = Value.unbatched("gradients", Shape.of(PARAMETERS));
        List<Value> slots = IntStream.range(0, optimizer.rule().slots())
                .mapToObj(slot -> Value.state("slot " + slot, Shape.of(PARAMETERS)))
                .toList();
        Update update = new Update(optimizer.rule(), parameters, gradients, slots);
        return new Workload(
                Group.ELEMENTWISE, "update " + name, 1, update, Map.of("operation", name, "elements", PARAMETERS));
    }

    private static Workload workload(String name, Operation operation) {
        Map<String, Object> sizes = Map.of("operation", name, "size", IMAGE.dim(0), "channels", IMAGE.columns());
        return new Workload(Group.ELEMENTWISE, name + " batch " + BATCH, BATCH, operation, sizes);
    }
}
