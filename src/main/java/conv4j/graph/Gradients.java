package conv4j.graph;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The pass that appends the backward operations to a graph: it goes through the forward operations from the last to
 * the first and lets each one's own rule ({@link Operation#gradient}) emit what it needs. A value that is used more than
 * once collects a contribution from every use; they are added in a fixed order.
 */
public final class Gradients {

    private final Graph graph;
    private final List<Operation> forward;
    private final Set<Value> dependent = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Value> wanted = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Value> losses = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<Value, Value> lossWeights = new IdentityHashMap<>();
    private final Map<Value, List<Value>> contributions = new IdentityHashMap<>();
    private final Map<Value, Value> sameSums = new IdentityHashMap<>();
    private Value scale;

    /**
     * Prepares the pass.
     *
     * @param graph the forward operations, to which the backward ones will be appended
     * @param wanted the parameters or inputs whose gradients are asked for
     */
    public Gradients(Graph graph, Collection<Value> wanted) {
        this.graph = graph;
        this.forward = List.copyOf(graph.operations());
        this.wanted.addAll(wanted);
        dependent.addAll(wanted);
        for (Operation operation : forward) {
            if (operation.inputs().stream().anyMatch(dependent::contains)) {
                dependent.addAll(operation.outputs());
            }
        }
    }

    /**
     * Starts from a loss: gradients are those of its mean over the batch.
     *
     * @param perItem the output of a {@link Loss}
     * @return this
     */
    public Gradients ofLoss(Value perItem) {
        losses.add(perItem);
        return this;
    }

    /**
     * Multiplies all losses that gradients start from, so that gradients are those of the losses times a number; {@link
     * Unscale} divides by it again.
     *
     * @param factor (), or null for none
     * @return this
     */
    public Gradients scaledBy(Value factor) {
        scale = factor;
        return this;
    }

    /**
     * Whether a value is the loss per item that gradients start from, or leads to it without a change of its derivative;
     * for the rules.
     *
     * @param perItem an output of a forward operation
     * @return true when its mean over the batch is what is made small
     */
    public boolean isLoss(Value perItem) {
        return losses.contains(perItem);
    }

    /**
     * Says that what is added to a loss is a loss as well; for the rules.
     *
     * @param perItem a loss that gradients start from
     * @param part a part of its sum, one number per item
     */
    public void passLoss(Value perItem, Value part) {
        if (isLoss(perItem)) {
            losses.add(part);
            if (lossWeights.containsKey(perItem)) {
                lossWeights.put(part, lossWeights.get(perItem));
            }
        }
    }

    /**
     * Says that a loss is another loss times a weight per item; for the rules.
     *
     * @param perItem a loss that gradients start from
     * @param unweighted the loss before it was multiplied
     * @param weights one number per item
     * @throws IllegalStateException when the loss was weighted already
     */
    public void weighLoss(Value perItem, Value unweighted, Value weights) {
        if (lossWeights.containsKey(perItem)) {
            throw new IllegalStateException(perItem + " is weighted twice; multiply the weights first");
        }
        losses.add(unweighted);
        lossWeights.put(unweighted, weights);
    }

    /**
     * What a loss is multiplied by; for the rules.
     *
     * @param perItem a loss that gradients start from
     * @return one number per item, or null for 1
     */
    public Value weightsOf(Value perItem) {
        return lossWeights.get(perItem);
    }

    /**
     * Starts from a value whose gradient is given.
     *
     * @param value any computed value
     * @param gradient its gradient, of the same shape
     * @return this
     */
    public Gradients from(Value value, Value gradient) {
        pass(value, gradient);
        return this;
    }

    /**
     * Runs all rules.
     *
     * @return the gradient of every wanted value that the starting points depend on
     */
    public Map<Value, Value> append() {
        for (int i = forward.size() - 1; i >= 0; i--) {
            Operation operation = forward.get(i);
            boolean reached =
                    operation.outputs().stream().anyMatch(v -> contributions.containsKey(v) || losses.contains(v));
            if (reached && operation.inputs().stream().anyMatch(this::wants)) {
                operation.gradient(this);
            }
        }
        Map<Value, Value> result = new LinkedHashMap<>();
        for (Value value : wanted) {
            if (contributions.containsKey(value)) {
                result.put(value, of(value));
            }
        }
        return result;
    }

    /**
     * The gradient that flows into an operation's output; for the rules.
     *
     * @param output a value of the forward graph that something contributed to
     * @return the sum of all contributions
     */
    public Value of(Value output) {
        List<Value> parts = contributions.get(output);
        while (parts.size() > 1) {
            Value sum = output.like("gradient of " + output.name());
            emit(new Add(parts.get(0), parts.get(1), sum));
            parts.set(0, sum);
            parts.remove(1);
        }
        return parts.get(0);
    }

    /**
     * Whether an input's gradient leads to one that was asked for; for the rules.
     *
     * @param input an input of a forward operation
     * @return false when its gradient need not be computed
     */
    public boolean wants(Value input) {
        return dependent.contains(input);
    }

    /**
     * A new value that a rule will fill with its part of an input's gradient.
     *
     * @param input an input of a forward operation
     * @return a value of the input's shape, counted among its contributions
     */
    public Value contribution(Value input) {
        Value part = input.like("gradient of " + input.name());
        pass(input, part);
        return part;
    }

    /**
     * The same for operations that compute all their gradients at once, wanted or not.
     *
     * @param input an input of a forward operation
     * @return a value of the input's shape, counted only when it is wanted
     */
    public Value contributionOrUnused(Value input) {
        return wants(input) ? contribution(input) : input.like("unused gradient of " + input.name());
    }

    /**
     * Appends the derivative of a loss, times what losses are multiplied by; for the rules.
     *
     * @param input an input of a loss that gradients start from
     * @param derivative the operation that fills a value of the input's shape with it
     */
    public void start(Value input, Function<Value, Operation> derivative) {
        if (scale == null) {
            emit(derivative.apply(contribution(input)));
        } else {
            Value unscaled = input.like("gradient of " + input.name() + " before scaling");
            emit(derivative.apply(unscaled));
            emit(new Binary(unscaled, scale, contribution(input), Binary.Function.MULTIPLY));
        }
    }

    /**
     * Counts an existing value among the contributions to an input's gradient, without copying it.
     *
     * @param input an input of a forward operation
     * @param gradient a value of its shape
     */
    public void pass(Value input, Value gradient) {
        if (wants(input)) {
            contributions.computeIfAbsent(input, unused -> new ArrayList<>()).add(gradient);
        }
    }

    /**
     * Says that the columns of a gradient have the same sums as those of another, smaller one; for the rules.
     *
     * @param gradient that a rule fills
     * @param smaller what it is filled from
     */
    public void sameSums(Value gradient, Value smaller) {
        sameSums.put(gradient, smaller);
    }

    /**
     * Appends the gradient of what is added to every row: the sums of what flows back; for the rules.
     *
     * @param bias one number for each column, or null
     * @param upstream the gradient of the rows it was added to
     */
    public void bias(Value bias, Value upstream) {
        if (bias != null && wants(bias)) {
            emit(new ColumnSums(sameSums.getOrDefault(upstream, upstream), contribution(bias)));
        }
    }

    /**
     * Appends a backward operation.
     *
     * @param operation what a rule computes
     */
    public void emit(Operation operation) {
        graph.add(operation);
    }
}
