package conv4j.selftest;

import conv4j.backend.Backend;
import conv4j.backend.Executable;
import conv4j.backend.Memory;
import conv4j.backend.Placement;
import conv4j.backend.Run;
import conv4j.graph.Activate;
import conv4j.graph.Activation;
import conv4j.graph.Add;
import conv4j.graph.AddBias;
import conv4j.graph.Conv2d;
import conv4j.graph.ElementType;
import conv4j.graph.Fusion;
import conv4j.graph.Gradients;
import conv4j.graph.Graph;
import conv4j.graph.Loss;
import conv4j.graph.LossFunction;
import conv4j.graph.MatMul;
import conv4j.graph.MaxPool2d;
import conv4j.graph.MemoryPlan;
import conv4j.graph.Operation;
import conv4j.graph.Reshape;
import conv4j.graph.Update;
import conv4j.graph.Value;
import conv4j.shape.ConvGeometry;
import conv4j.shape.Padding;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network small enough to check by eye: convolution, bias, ReLU; a second convolution added to the first one's result;
 * max pooling; a dense layer; mean squared error over 16 outputs; plain gradient descent on one flat array of parameters.
 */
final class SmallNetwork {

    private final boolean share;
    private final Map<Value, Integer> offsets = new LinkedHashMap<>();
    private final Map<Value, Value> gradients;
    private final Value input = Value.input("x", Shape.of(6, 6, 2));
    private final Value target = Value.input("target", Shape.of(16));
    private final Graph graph;
    private final Value flatParameters;
    private final Value flatGradients;
    private int elements;

    /** Activations share memory by lifetime, or each one keeps its own. */
    SmallNetwork(boolean share) {
        this.share = share;
        Graph forward = new Graph();
        Value perItem = forward(forward);
        graph = Fusion.apply(forward, true);
        gradients = new Gradients(graph, offsets.keySet()).ofLoss(perItem).append();
        flatParameters = Value.parameter("parameters", Shape.of(elements));
        flatGradients = Value.unbatched("gradients", Shape.of(elements));
        Update.Rule descent = new Update.Rule(Update.Kind.SGD, 0, 0, 0, false, false, 0, Float.POSITIVE_INFINITY);
        graph.add(new Update(descent, flatParameters, flatGradients, List.of()));
    }

    Value input() {
        return input;
    }

    Value target() {
        return target;
    }

    int parameterElements() {
        return elements;
    }

    private Value parameter(String name, int... dims) {
        Value value = Value.parameter(name, Shape.of(dims));
        offsets.put(value, elements);
        elements += (int) MemoryPlan.aligned(value.shape().size());
        return value;
    }

    private Value forward(Graph to) {
        Value first = convolution(to, "first", input, 2);
        Value second = convolution(to, "second", first, 4);
        Value sum = first.like("sum");
        to.add(new Add(first, second, sum));
        PoolGeometry pool = new PoolGeometry(Padding.VALID.rows(6, 2, 2, 1), Padding.VALID.columns(6, 2, 2, 1), 4);
        Value pooled = Value.activation("pooled", pool.outputShape());
        to.add(new MaxPool2d(sum, pooled, pool));
        Value flat = pooled.reshaped("flat", Shape.of(36));
        to.add(new Reshape(pooled, flat));
        Value prediction = Value.activation("prediction", Shape.of(16));
        to.add(new MatMul(flat, parameter("dense", 36, 16), prediction));
        Value perItem = Value.activation("loss", Shape.SCALAR);
        to.add(new Loss(prediction, target, perItem, LossFunction.of(LossFunction.Kind.MEAN_SQUARED_ERROR)));
        to.retain(perItem);
        return perItem;
    }

    private Value convolution(Graph to, String name, Value x, int channels) {
        ConvGeometry geometry =
                new ConvGeometry(Padding.SAME.rows(6, 3, 1, 1), Padding.SAME.columns(6, 3, 1, 1), channels, 4, 1);
        Value convolved = Value.activation(name + " convolved", geometry.outputShape());
        to.add(new Conv2d(x, parameter(name + " kernel", 3, 3, channels, 4), convolved, geometry));
        Value shifted = convolved.like(name + " shifted");
        to.add(new AddBias(convolved, parameter(name + " bias", 4), shifted));
        Value active = convolved.like(name + " active");
        to.add(new Activate(shifted, active, Activation.RELU));
        return active;
    }

    /** Runs one step, in the form that the backend wants, and returns the parameters after it. */
    float[] step(Backend backend, int maxBatch, Run run, float[] parameters, float[] x, float[] t) {
        List<Memory> memories = new ArrayList<>();
        try {
            Placement placement = new Placement();
            Memory weights = place(backend, placement, flatParameters, memories);
            Memory slopes = place(backend, placement, flatGradients, memories);
            offsets.forEach((value, offset) -> {
                placement.put(value, weights, offset);
                placement.put(gradients.get(value), slopes, offset);
            });
            if (!share) {
                graph.operations().forEach(operation -> operation.outputs().forEach(graph::retain));
            }
            Graph suited = backend.suited(graph, maxBatch);
            MemoryPlan plan = MemoryPlan.of(
                    suited,
                    maxBatch,
                    (Operation o) -> backend.scratch(o, suited.precision(), maxBatch),
                    placement.placed(),
                    1L << 28);
            memories.addAll(placement.allocate(suited, plan, backend));
            weights.write(0, parameters, 0, elements);
            write(placement.of(input), x);
            write(placement.of(target), t);
            try (Executable executable = backend.prepare(suited, placement, maxBatch)) {
                executable.run(run);
            }
            float[] after = new float[elements];
            weights.read(0, after, 0, elements);
            return after;
        } finally {
            memories.forEach(Memory::close);
        }
    }

    private static void write(Placement.Location location, float[] elements) {
        location.memory().write(location.offset(), elements, 0, elements.length);
    }

    private static Memory place(Backend backend, Placement placement, Value flat, List<Memory> memories) {
        Memory memory =
                backend.allocate(flat.name(), ElementType.FLOAT32, flat.shape().size());
        memories.add(memory);
        placement.put(flat, memory, 0);
        return memory;
    }
}
