package conv4j.graph;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * The pass that merges forward operations which one kernel can do, before gradients are derived: the bias and the
 * activation after a convolution or matrix product go into it; softmax or sigmoid before a cross-entropy goes into the
 * loss, which is then computed from logits; accuracies skip the softmax, which does not change the order. Before
 * training, a ReLU in front of a max pooling comes behind it, where there is less to do. Operations whose results nobody
 * reads any more are dropped.
 */
public final class Fusion {

    private final Graph graph;
    private final boolean forTraining;
    private final Map<Value, Integer> uses = new IdentityHashMap<>();
    private final Map<Value, Integer> writer = new IdentityHashMap<>();
    private final Map<Value, Boolean> binaryPredictions = new IdentityHashMap<>();
    private final Map<Value, MaxPool2d.PlacesGradient> passed = new IdentityHashMap<>();
    private final List<Operation> fused = new ArrayList<>();

    private Fusion(Graph graph, boolean forTraining) {
        this.graph = graph;
        this.forTraining = forTraining;
        for (Operation operation : graph.operations()) {
            operation.inputs().forEach(input -> uses.merge(input, 1, Integer::sum));
            if (operation instanceof Loss loss && loss.function().kind() == LossFunction.Kind.BINARY_CROSSENTROPY) {
                binaryPredictions.put(loss.prediction(), true);
            }
        }
    }

    /**
     * Merges what can be merged.
     *
     * @param graph forward operations only
     * @param forTraining whether gradients will follow; then only activations whose derivative follows from their output
     *     are merged
     * @return a new graph that computes the same retained values
     */
    public static Graph apply(Graph graph, boolean forTraining) {
        Fusion fusion = new Fusion(graph, forTraining);
        graph.operations().forEach(fusion::append);
        return graph.withOperations(fusion.live());
    }

    /**
     * Has max poolings note where they find their maxima, where that is possible and nothing but their own gradients reads
     * what they pool: that need then not be kept.
     *
     * @param graph a graph with gradients, in which {@link #apply} has merged what it can
     * @return a new graph that computes the same retained values
     */
    public static Graph noted(Graph graph) {
        Fusion fusion = new Fusion(graph, true);
        graph.operations().forEach(fusion::appendNoted);
        return graph.withOperations(fusion.fused);
    }

    private void appendNoted(Operation operation) {
        Operation merged = operation;
        if (operation instanceof MaxPool2d pool && notes(pool)) {
            Value places = pool.output().like("places of " + pool.output().name());
            merged = new MaxPool2d(pool.input(), pool.output(), places, pool.geometry());
        } else if (operation instanceof MaxPool2d.Gradient gradient
                && producer(gradient.output()) instanceof MaxPool2d pool
                && pool.places() != null) {
            merged = new MaxPool2d.PlacesGradient(
                    pool.places(), gradient.outputGradient(), gradient.inputGradient(), gradient.geometry());
        }
        add(merged);
    }

    private boolean notes(MaxPool2d pool) {
        return MaxPool2d.inPairs(pool.geometry())
                && !graph.retains(pool.input())
                && uses.get(pool.input()) == 2
                && graph.operations().stream()
                        .anyMatch(other -> other instanceof MaxPool2d.Gradient gradient
                                && gradient.input() == pool.input()
                                && gradient.output() == pool.output());
    }

    /**
     * Makes one operation of every convolution, the max pooling of its output and the activation of the maxima where that
     * can be and is wanted, and the same of the gradients of the first two, where the pooling's comes from noted places.
     *
     * @param graph a graph in which {@link #apply} has merged what it can
     * @param wanted which convolutions, which gradients of convolutions, and which activations of maxima a backend does
     *     together with the pooling
     * @return a new graph that computes the same retained values
     */
    public static Graph pooled(Graph graph, Predicate<Operation> wanted) {
        Fusion fusion = new Fusion(graph, false);
        for (Operation operation : graph.operations()) {
            if (operation instanceof MaxPool2d pool) {
                fusion.add(fusion.mergePooling(pool, wanted));
            } else if (operation instanceof Activate activate) {
                fusion.add(fusion.mergeActivationOfMaxima(activate, wanted));
            } else if (operation instanceof MaxPool2d.PlacesGradient gradient
                    && fusion.isReadByConvolutionsOnly(gradient, wanted)) {
                fusion.passed.put(gradient.inputGradient(), gradient);
            } else {
                fusion.add(fusion.mergeGradient(operation));
            }
        }
        return fusion.withoutReplaced();
    }

    /**
     * Makes one operation of the gradients of every dropout and of the activation before it where that is wanted.
     *
     * @param graph a graph with gradients
     * @param wanted which gradients of activations a backend does together with that of a dropout behind them
     * @return a new graph that computes the same retained values
     */
    public static Graph dropped(Graph graph, Predicate<Activate.Gradient> wanted) {
        Fusion fusion = new Fusion(graph, true);
        for (Operation operation : graph.operations()) {
            fusion.add(
                    operation instanceof Activate.Gradient gradient
                                    && fusion.soleProducer(gradient.outputGradient()) instanceof Dropout dropout
                                    && wanted.test(gradient)
                            ? fusion.replace(dropout, new Dropout.ActivationGradient(dropout, gradient))
                            : operation);
        }
        return fusion.withoutReplaced();
    }

    private Graph withoutReplaced() {
        return graph.withOperations(fused.stream().filter(Objects::nonNull).toList());
    }

    private boolean isReadByConvolutionsOnly(MaxPool2d.PlacesGradient gradient, Predicate<Operation> wanted) {
        Value passed = gradient.inputGradient();
        return !graph.retains(passed)
                && graph.operations().stream()
                        .filter(reader -> reader.inputs().contains(passed))
                        .allMatch(reader -> outputGradient(reader) == passed && wanted.test(reader));
    }

    /** What a gradient of a convolution reads, or null. */
    private static Value outputGradient(Operation operation) {
        if (operation instanceof Conv2d.InputGradient gradient) {
            return gradient.outputGradient();
        }
        return operation instanceof Conv2d.KernelGradient gradient ? gradient.outputGradient() : null;
    }

    private Operation mergeGradient(Operation operation) {
        MaxPool2d.PlacesGradient pooling = passed.get(outputGradient(operation));
        if (pooling == null) {
            return operation;
        }
        return operation instanceof Conv2d.InputGradient gradient
                ? new PooledConv2d.InputGradient(pooling, gradient)
                : new PooledConv2d.KernelGradient(pooling, (Conv2d.KernelGradient) operation);
    }

    private Operation mergePooling(MaxPool2d pool, Predicate<Operation> wanted) {
        return soleProducer(pool.input()) instanceof Conv2d conv
                        && PooledConv2d.isPossible(conv, pool)
                        && wanted.test(conv)
                ? replace(conv, new PooledConv2d(conv, pool))
                : pool;
    }

    private Operation mergeActivationOfMaxima(Activate activate, Predicate<Operation> wanted) {
        return soleProducer(activate.input()) instanceof PooledConv2d pooled
                        && PooledConv2d.isPossible(pooled.convolution(), pooled.pooling(), activate)
                        && wanted.test(activate)
                ? replace(pooled, new PooledConv2d(pooled.convolution(), pooled.pooling(), activate))
                : activate;
    }

    private void append(Operation operation) {
        Operation merged = operation;
        if (operation instanceof AddBias bias) {
            merged = mergeBias(bias);
        } else if (operation instanceof Activate activate) {
            merged = mergeActivation(activate);
        } else if (operation instanceof MaxPool2d pool && forTraining) {
            merged = poolBeforeActivation(pool);
        } else if (operation instanceof Loss loss) {
            merged = mergeLoss(loss);
        } else if (operation instanceof Metric metric) {
            merged = mergeMetric(metric);
        }
        add(merged);
    }

    private void add(Operation operation) {
        operation.outputs().forEach(output -> writer.put(output, fused.size()));
        fused.add(operation);
    }

    private Operation mergeBias(AddBias add) {
        Operation producer = soleProducer(add.input());
        if (producer instanceof Conv2d conv
                && conv.bias() == null
                && conv.activation().isLinear()) {
            return replace(
                    conv,
                    new Conv2d(
                            conv.input(), conv.kernel(), add.bias(), add.output(), conv.geometry(), Activation.LINEAR));
        }
        if (producer instanceof MatMul product
                && product.bias() == null
                && product.activation().isLinear()) {
            return replace(
                    product,
                    new MatMul(
                            product.a(),
                            product.b(),
                            add.bias(),
                            add.output(),
                            product.transposeA(),
                            product.transposeB(),
                            Activation.LINEAR));
        }
        return add;
    }

    private Operation mergeActivation(Activate activate) {
        Activation function = activate.activation();
        Operation producer = soleProducer(activate.input());
        // A sigmoid that a binary cross-entropy reads stays apart: the loss is computed from what goes into it.
        boolean forLoss =
                function.kind() == Activation.Kind.SIGMOID && binaryPredictions.containsKey(activate.output());
        if (forLoss || forTraining && !function.gradientFromOutput()) {
            return activate;
        }
        if (producer instanceof Conv2d conv && conv.activation().isLinear()) {
            return replace(
                    conv,
                    new Conv2d(conv.input(), conv.kernel(), conv.bias(), activate.output(), conv.geometry(), function));
        }
        if (producer instanceof MatMul product && product.activation().isLinear()) {
            return replace(
                    product,
                    new MatMul(
                            product.a(),
                            product.b(),
                            product.bias(),
                            activate.output(),
                            product.transposeA(),
                            product.transposeB(),
                            function));
        }
        return activate;
    }

    /**
     * A function that never falls has the same maximum before and after it, to the bit; its gradient is then computed for
     * the maxima only. Where values differ that it makes equal, the gradient goes to the largest instead of the first.
     *
     * @return the last operation that takes the pooling's place; those before it are in the list
     */
    private Operation poolBeforeActivation(MaxPool2d pool) {
        Operation producer = soleProducer(pool.input());
        if (producer instanceof Conv2d conv && movesBehindPooling(conv.activation())) {
            Conv2d linear = new Conv2d(
                    conv.input(), conv.kernel(), conv.bias(), conv.output(), conv.geometry(), Activation.LINEAR);
            fused.set(writer.get(conv.output()), linear);
            return activateMaxima(pool, conv.output(), conv.activation());
        }
        if (producer instanceof Activate activate && movesBehindPooling(activate.activation())) {
            fused.set(writer.get(activate.output()), null);
            return activateMaxima(pool, activate.input(), activate.activation());
        }
        return pool;
    }

    private static boolean movesBehindPooling(Activation function) {
        return function.neverFalls() && !function.isLinear();
    }

    private Operation activateMaxima(MaxPool2d pool, Value input, Activation function) {
        Value maxima = pool.output()
                .like("maxima before the activation of " + pool.output().name());
        writer.put(maxima, fused.size());
        fused.add(new MaxPool2d(input, maxima, pool.geometry()));
        return new Activate(maxima, pool.output(), function);
    }

    private Operation mergeLoss(Loss loss) {
        Operation producer = producer(loss.prediction());
        LossFunction function = loss.function();
        boolean categorical = function.sparse() || function.kind() == LossFunction.Kind.CATEGORICAL_CROSSENTROPY;
        if (function.fromLogits()) {
            return loss;
        }
        if (categorical && producer instanceof Softmax softmax) {
            return new Loss(softmax.input(), loss.target(), loss.perItem(), function.onLogits());
        }
        boolean sigmoid =
                producer instanceof Activate activate && activate.activation().kind() == Activation.Kind.SIGMOID;
        if (sigmoid && function.kind() == LossFunction.Kind.BINARY_CROSSENTROPY) {
            return new Loss(((Activate) producer).input(), loss.target(), loss.perItem(), function.onLogits());
        }
        return loss;
    }

    private Operation mergeMetric(Metric metric) {
        boolean byOrder = metric.kind() != Metric.Kind.BINARY_ACCURACY;
        return byOrder && producer(metric.prediction()) instanceof Softmax softmax
                ? new Metric(softmax.input(), metric.target(), metric.perItem(), metric.kind(), metric.k())
                : metric;
    }

    private Operation producer(Value value) {
        Integer index = writer.get(value);
        return index == null ? null : fused.get(index);
    }

    /** The operation that writes a value which only one other reads and nobody looks at. */
    private Operation soleProducer(Value value) {
        return uses.getOrDefault(value, 0) == 1 && !graph.retains(value) ? producer(value) : null;
    }

    /** Takes the producer out of the list; the merged operation comes where its consumer stood. */
    private Operation replace(Operation producer, Operation merged) {
        fused.set(writer.get(producer.outputs().get(0)), null);
        return merged;
    }

    /** Drops merged operations and, from the end, those whose results are neither read nor kept. */
    private List<Operation> live() {
        List<Operation> live = new ArrayList<>();
        Map<Value, Boolean> read = new IdentityHashMap<>();
        for (int i = fused.size() - 1; i >= 0; i--) {
            Operation operation = fused.get(i);
            if (operation != null && needed(operation, read)) {
                operation.inputs().forEach(input -> read.put(input, true));
                live.add(0, operation);
            }
        }
        return live;
    }

    private boolean needed(Operation operation, Map<Value, Boolean> read) {
        return operation.outputs().stream()
                .anyMatch(output -> read.containsKey(output)
                        || graph.retains(output)
                        || output.role() == Value.Role.STATE
                        || output.role() == Value.Role.PARAMETER);
    }
}
