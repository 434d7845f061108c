package conv4j.model;

import conv4j.graph.Accumulate;
import conv4j.graph.ClipByNorm;
import conv4j.graph.Fusion;
import conv4j.graph.Gradients;
import conv4j.graph.Graph;
import conv4j.graph.Loss;
import conv4j.graph.Operation;
import conv4j.graph.Penalty;
import conv4j.graph.ScaleItems;
import conv4j.graph.Softmax;
import conv4j.graph.Unscale;
import conv4j.graph.Update;
import conv4j.graph.Value;
import conv4j.layers.Tensor;
import conv4j.metrics.Metric;
import conv4j.optimizers.LossScaleOptimizer;
import conv4j.optimizers.Optimizer;
import conv4j.regularizers.Regularizer;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a model computes in one run, as a graph without a device: a prediction, an evaluation (prediction, loss and
 * metrics added to running totals) or a training step (evaluation, gradients and the optimizer's update).
 */
final class ModelGraph {

    private final Graph graph;
    private final Value output;
    private final Value loss;
    private Value seed;
    private final Map<String, Value> totals = new LinkedHashMap<>();
    private final Map<Value, Value> gradients = new LinkedHashMap<>();
    private final Map<Value, float[]> constants = new LinkedHashMap<>();

    private ModelGraph(Graph graph, Value output, Value loss) {
        this.graph = graph;
        this.output = output;
        this.loss = loss;
    }

    /** The forward pass alone; its output can be read after a run. */
    static ModelGraph prediction(Network network, Variables variables, Feed feed) {
        Graph graph = new Graph();
        Value input = Value.input("input", network.input().shape());
        feed.connect(graph, input, null);
        Value output = network.forward(graph, input, variables, false);
        graph.retain(output);
        return new ModelGraph(Fusion.apply(graph, false), output, null);
    }

    /** The forward pass, as in a prediction, of images that are changed as in training. */
    static ModelGraph augmentedPrediction(Model model, Feed feed) {
        Graph graph = new Graph();
        graph.precision(model.precision());
        Value input = Value.input("input", model.inputShape());
        feed.connect(graph, input, null);
        AugmentedInput augmented = new AugmentedInput(graph, model.normalization(), input.columns());
        Value images = augmented.emit(model.augmentation(), input);
        Value output = model.network().forward(graph, images, model.variables(), false);
        graph.retain(output);
        ModelGraph result = new ModelGraph(Fusion.apply(graph, false), output, null);
        result.constants.putAll(augmented.constants());
        return result;
    }

    /** The forward pass up to a layer, whose output can be read after a run. */
    static ModelGraph layer(Model model, Feed feed, Tensor layer) {
        Graph graph = new Graph();
        graph.precision(model.precision());
        Value input = Value.input("input", model.inputShape());
        feed.connect(graph, input, null);
        Value output =
                model.network().values(graph, input, model.variables(), false).get(layer);
        graph.retain(output);
        return new ModelGraph(Fusion.apply(graph, false), output, null);
    }

    /**
     * The forward pass up to what an objective measures, and the gradient of the input when the gradient of that is
     * {@link #seed}.
     */
    static ModelGraph inputGradient(Model model, Feed feed, Objective objective) {
        Network network = model.network();
        Graph graph = new Graph();
        graph.precision(model.precision());
        Value input = Value.input("input", model.inputShape());
        feed.connect(graph, input, null);
        Map<Tensor, Value> values = network.values(graph, input, model.variables(), false);
        Value measured = values.get(
                objective.layer() == null ? network.output() : network.named(objective.layer(), model.name()));
        if (objective.beforeSoftmax()) {
            measured = beforeSoftmax(graph, measured);
        }
        graph.retain(measured);
        ModelGraph result = new ModelGraph(Fusion.apply(graph, true), measured, null);
        result.seed = Value.input("gradient of " + measured.name(), measured.shape());
        result.gradients.putAll(new Gradients(result.graph, List.of(input))
                .from(measured, result.seed)
                .append());
        result.gradients.values().forEach(result.graph::retain);
        return result;
    }

    private static Value beforeSoftmax(Graph graph, Value value) {
        for (Operation operation : graph.operations()) {
            if (operation instanceof Softmax softmax && softmax.output() == value) {
                return softmax.input();
            }
        }
        return value;
    }

    /** The forward pass, the loss and the metrics. */
    static ModelGraph evaluation(Model model, Feed feed) {
        return scored(model, feed, false);
    }

    private static ModelGraph scored(Model model, Feed feed, boolean training) {
        Network network = model.network();
        Graph graph = new Graph();
        graph.precision(model.precision());
        Value input = Value.input("input", network.input().shape());
        Value target = Value.input("target", feed.targetShape());
        feed.connect(graph, input, target);
        AugmentedInput augmented = new AugmentedInput(graph, model.normalization(), input.columns());
        Value images = augmented.emit(training ? model.augmentation() : List.of(), input);
        Value output = network.forward(graph, images, model.variables(), training);
        ModelGraph result = score(graph, model, output, target, feed.weights(), training);
        result.constants.putAll(augmented.constants());
        return result;
    }

    /** The loss and the metrics of predictions that were made before. */
    static ModelGraph scoring(Model model, Feed predictions) {
        Graph graph = new Graph();
        Value output = Value.input("predictions", model.outputShape());
        Value target = Value.input("target", predictions.targetShape());
        predictions.connect(graph, output, target);
        return score(graph, model, output, target, null, false);
    }

    private static ModelGraph score(
            Graph graph, Model model, Value output, Value target, Value weights, boolean training) {
        Compiled compiled = model.compiled();
        Map<String, Value> perItem = new LinkedHashMap<>();
        Value loss = Value.activation("loss", Shape.SCALAR);
        graph.add(new Loss(output, target, loss, compiled.loss().function()));
        loss = penalized(graph, weighted(graph, loss, weights), model.variables());
        perItem.put("loss", loss);
        for (Metric metric : compiled.metrics()) {
            perItem.put(metric.name(), metric.emit(graph, output, target));
        }
        Map<String, Value> totals = new LinkedHashMap<>();
        perItem.forEach((name, value) -> {
            Value total = Value.state("total " + name, Shape.of(3));
            graph.add(new Accumulate(value, total));
            totals.put(name, total);
        });
        ModelGraph result = new ModelGraph(Fusion.apply(graph, training), output, loss);
        result.totals.putAll(totals);
        return result;
    }

    private static Value weighted(Graph graph, Value loss, Value weights) {
        if (weights == null) {
            return loss;
        }
        Value weighted = Value.activation("weighted loss", Shape.SCALAR);
        graph.add(new ScaleItems(loss, weights, weighted));
        return weighted;
    }

    /** The loss with the penalties of all regularized parameters that are trainable, as Keras counts them. */
    private static Value penalized(Graph graph, Value loss, Variables variables) {
        Value sum = loss;
        for (Variables.Variable variable : variables.trainable()) {
            Regularizer penalty = variable.regularizer();
            if (penalty != null) {
                Value next = Value.activation("loss", Shape.SCALAR);
                graph.add(new Penalty(variable.value(), sum, next, (float) penalty.l1(), (float) penalty.l2()));
                sum = next;
            }
        }
        return sum;
    }

    /**
     * Augmentation, the forward pass in training, the loss, the metrics, all gradients and the update.
     *
     * @param flat the values that stand for all trainable parameters, their gradients and the optimizer's slots together
     */
    static ModelGraph training(Model model, Feed feed, OptimizerState.Flat flat) {
        ModelGraph result = scored(model, feed, true);
        List<Value> wanted = model.variables().trainable().stream()
                .map(Variables.Variable::value)
                .toList();
        result.gradients.putAll(new Gradients(result.graph, wanted)
                .ofLoss(result.loss)
                .scaledBy(flat.scale())
                .append());
        result.update(model.compiled().optimizer(), flat);
        return result;
    }

    private void update(Optimizer optimizer, OptimizerState.Flat flat) {
        if (gradients.isEmpty()) {
            throw new IllegalStateException(
                    "the model has nothing to train: it has no parameters, or every layer is frozen");
        }
        Value finite = unscale(optimizer, flat);
        optimizer.clipNorm().ifPresent(limit -> new ArrayList<>(gradients.values())
                .forEach(g -> graph.add(new ClipByNorm(g, (float) limit))));
        optimizer.globalClipNorm().ifPresent(limit -> graph.add(new ClipByNorm(flat.gradients(), (float) limit)));
        graph.add(new Update(optimizer.rule(), flat.parameters(), flat.gradients(), flat.slots(), finite));
    }

    /** Ends the scaling of the loss; returns whether the step can be taken, or null where the loss is not scaled. */
    private Value unscale(Optimizer optimizer, OptimizerState.Flat flat) {
        if (!(optimizer instanceof LossScaleOptimizer scaling)) {
            return null;
        }
        Value finite = Value.unbatched("whether all gradients are finite", Shape.SCALAR);
        int growthSteps = scaling.dynamicGrowthSteps();
        graph.add(new Unscale(flat.gradients(), flat.scale(), flat.scaleSteps(), finite, growthSteps));
        return finite;
    }

    Graph graph() {
        return graph;
    }

    Value output() {
        return output;
    }

    /** Running totals by name, the loss first. */
    Map<String, Value> totals() {
        return totals;
    }

    /** The fixed numbers that operations read, and their values. */
    Map<Value, float[]> constants() {
        return constants;
    }

    /** The gradient that the host gives of {@link #output}, null when it gives none. */
    Value seed() {
        return seed;
    }

    /** The gradient of every trainable parameter, or that of the input. */
    Map<Value, Value> gradients() {
        return gradients;
    }
}
