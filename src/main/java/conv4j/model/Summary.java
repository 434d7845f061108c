package conv4j.model;

import conv4j.backend.Backend;
import conv4j.graph.Conv2d;
import conv4j.graph.Graph;
import conv4j.graph.MatMul;
import conv4j.graph.MemoryPlan;
import conv4j.graph.Operation;
import conv4j.graph.Value;
import conv4j.layers.Input;
import conv4j.layers.Tensor;
import conv4j.optimizers.Optimizer;
import conv4j.shape.Shape;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The table that {@code model.summary()} prints in Keras, with the cost of a step added. */
final class Summary {

    private static final int[] WIDTHS = {31, 22, 13};
    private static final int[] WIDTHS_WITH_CONNECTIONS = {19, 19, 10, 19};

    private final Model model;
    private final int batchSize;
    private final StringBuilder text = new StringBuilder();

    Summary(Model model, int batchSize) {
        this.model = model;
        this.batchSize = batchSize;
    }

    @Override
    public String toString() {
        boolean connections = !(model instanceof Sequential);
        SummaryTable table = connections
                ? new SummaryTable(
                        List.of("Layer (type)", "Output Shape", "Param #", "Connected to"),
                        WIDTHS_WITH_CONNECTIONS,
                        false,
                        false,
                        true,
                        false)
                : new SummaryTable(List.of("Layer (type)", "Output Shape", "Param #"), WIDTHS, false, false, true);
        for (Tensor tensor : model.network().order()) {
            if (connections) {
                table.row(name(tensor), withBatch(tensor.shape()), parameterCount(tensor), connectedTo(tensor));
            } else if (!(tensor.layer() instanceof Input)) {
                table.row(name(tensor), withBatch(tensor.shape()), parameterCount(tensor));
            }
        }
        text.append("Model: \"").append(model.name()).append("\"\n").append(table);
        totals();
        return text.toString();
    }

    private static String name(Tensor tensor) {
        return tensor.layer().name() + " (" + tensor.layer().className() + ")";
    }

    private String parameterCount(Tensor tensor) {
        return count(sum(model.variables().of(tensor.layer())));
    }

    private static String connectedTo(Tensor tensor) {
        return tensor.inputs().isEmpty()
                ? "-"
                : tensor.inputs().stream().map(input -> input.layer().name()).collect(Collectors.joining(", "));
    }

    private static String withBatch(Shape shape) {
        StringBuilder dims = new StringBuilder("(None");
        for (int dim : shape.toArray()) {
            dims.append(", ").append(dim);
        }
        return dims.append(')').toString();
    }

    private static long sum(List<Variables.Variable> variables) {
        return variables.stream()
                .filter(Variables.Variable::isSaved)
                .mapToLong(Variables.Variable::size)
                .sum();
    }

    private void totals() {
        long trainable = sum(model.variables().trainable());
        long all = model.parameterCount();
        long slots = model.isCompiled()
                ? trainable * model.compiled().optimizer().slotNames().size()
                : 0;
        parameterLine("Total params", all + slots);
        parameterLine("Trainable params", trainable);
        parameterLine("Non-trainable params", all - trainable);
        if (slots > 0) {
            parameterLine("Optimizer params", slots);
        }
        MemoryUse memory = memoryUse(model, batchSize);
        text.append(String.format(
                Locale.ROOT, " Multiply-adds per item: %.2f million forward%n", multiplyAdds(model) / 1e6));
        text.append(String.format(
                Locale.ROOT,
                " Device memory for batch %d on %s: %s (parameters %s, gradients and optimizer %s, activations %s)%n",
                batchSize,
                model.backend().device().id(),
                bytes(memory.total()),
                bytes(memory.parameters()),
                bytes(memory.optimizer()),
                bytes(memory.activations())));
    }

    private void parameterLine(String what, long parameters) {
        text.append(' ').append(what).append(": ").append(count(parameters));
        text.append(" (").append(bytes(Float.BYTES * parameters)).append(")\n");
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** Bytes as Keras writes them: {@code 4.14 MB}, with 1 KB = 1024 B. */
    static String bytes(long bytes) {
        String[] units = {"B", "KB", "MB", "GB", "TB"};
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.2f %s", value, units[unit]);
    }

    /** Multiply-adds of convolutions and matrix products of a prediction, per item. */
    static long multiplyAdds(Model model) {
        long sum = 0;
        Graph graph = ModelGraph.prediction(model.network(), model.variables(), new NoFeed())
                .graph();
        for (Operation operation : graph.operations()) {
            if (operation instanceof Conv2d conv) {
                sum += conv.geometry().multiplyAdds();
            } else if (operation instanceof Conv2d.InputGradient transposed) {
                sum += transposed.geometry().multiplyAdds();
            } else if (operation instanceof MatMul product) {
                sum += product.m(1) * product.n() * product.k(1);
            }
        }
        return sum;
    }

    /** Plans the memory of a training step, or of a prediction when the model is not compiled. */
    static MemoryUse memoryUse(Model model, int batchSize) {
        Backend backend = model.backend();
        Map<Value, Boolean> placed = new IdentityHashMap<>();
        ModelGraph graph;
        long optimizer = 0;
        if (model.isCompiled() && !model.variables().trainable().isEmpty()) {
            Optimizer used = model.compiled().optimizer();
            long flat = flatElements(model.variables().trainable());
            optimizer = Float.BYTES * flat * (1 + used.slotNames().size());
            OptimizerState.Flat values = OptimizerState.Flat.of((int) Math.max(1, flat), used);
            graph = ModelGraph.training(model, new NoFeed(targetShape(model)), values);
            graph.gradients().values().forEach(gradient -> placed.put(gradient.root(), true));
        } else {
            graph = ModelGraph.prediction(model.network(), model.variables(), new NoFeed());
        }
        Graph suited = backend.suited(graph.graph(), batchSize);
        MemoryPlan plan = MemoryPlan.of(
                suited,
                batchSize,
                operation -> backend.scratch(operation, suited.precision(), batchSize),
                Set.copyOf(placed.keySet()),
                backend.device().largestAllocation() / Float.BYTES);
        long parameters = Float.BYTES * flatElements(model.variables().all());
        return new MemoryUse(parameters, optimizer, plan.bytes());
    }

    private static Shape targetShape(Model model) {
        Shape output = model.outputShape();
        return model.compiled().loss().function().sparse() ? Shape.of(output.rows()) : output;
    }

    private static long flatElements(List<Variables.Variable> variables) {
        return variables.stream()
                .mapToLong(variable -> MemoryPlan.aligned(variable.size()))
                .sum();
    }
}
