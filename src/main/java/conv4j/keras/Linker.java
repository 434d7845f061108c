package conv4j.keras;

import conv4j.data.Normalization;
import conv4j.keras.Container.Call;
import conv4j.keras.Container.Use;
import conv4j.layers.BatchNormalization;
import conv4j.layers.Dropout;
import conv4j.layers.Input;
import conv4j.layers.Layer;
import conv4j.layers.Tensor;
import conv4j.model.Model;
import conv4j.model.Sequential;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Connects the layers of a configuration to a model. Nested models become part of the one that they are in. */
final class Linker {

    /** Models nested in each other several times make more uses of layers than the file has. */
    private static final int MOST_USES = 100_000;

    private final LayerReader notes;
    private Tensor input;
    private Normalization scaling;
    private boolean usedRaw;
    private boolean usedScaled;
    private boolean scalesInput = true;
    private int uses;

    Linker(LayerReader notes) {
        this.notes = notes;
    }

    /** What flows from entry to entry: a tensor, and whether it is the input after its scaling. */
    private record Flow(Tensor tensor, boolean scaled) {}

    /** Builds the model. */
    Model link(Container root) {
        if (root.inputShape() == null) {
            throw new IllegalArgumentException(
                    "model '" + root.name()
                            + "' does not say the shape of its input; begin it with keras.Input(shape=(height, width, channels))");
        }
        nameApart(root, root, new HashSet<>());
        Layer first = root.input() < 0 ? null : root.entries().get(root.input()).layer();
        Input begin = first instanceof Input given ? given : new Input(root.inputShape());
        if (begin.name() == null) {
            begin.name(LayerReader.legal(root.inputName()));
        }
        input = begin.tensor();
        Tensor output = apply(root, new Flow(input, false), false).tensor();
        if (scaling != null && usedRaw && usedScaled) {
            scalesInput = false;
            scaling = null;
            output = apply(root, new Flow(input, false), false).tensor();
        }
        Model model = root.sequential() && isLine(output)
                ? line(root.name(), begin, output)
                : new Model(root.name(), input, output);
        if (scaling != null) {
            model.normalization(scaling);
        }
        return model;
    }

    /** Layers of nested models may have names that other layers have as well. */
    private static void nameApart(Container root, Container model, Set<String> taken) {
        for (LayerEntry entry : model.entries()) {
            if (entry.nested() != null) {
                nameApart(root, entry.nested(), taken);
            } else if (entry.layer() != null && (model == root || !(entry.layer() instanceof Input))) {
                String wanted = entry.layer().name();
                String name = wanted;
                for (int i = 0; !taken.add(name); i++) {
                    name = LayerReader.legal(model.name()) + "_" + wanted + (i == 0 ? "" : "_" + i);
                }
                entry.layer().name(name);
            }
        }
    }

    private static boolean isLine(Tensor output) {
        Set<Layer> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Tensor tensor = output;
        while (tensor.inputs().size() == 1 && seen.add(tensor.layer())) {
            tensor = tensor.inputs().get(0);
        }
        return tensor.inputs().isEmpty();
    }

    private static Model line(String name, Input begin, Tensor output) {
        List<Layer> layers = new ArrayList<>();
        for (Tensor tensor = output;
                !tensor.inputs().isEmpty();
                tensor = tensor.inputs().get(0)) {
            layers.add(0, tensor.layer());
        }
        return new Sequential(name, begin, layers.toArray(Layer[]::new));
    }

    private Flow apply(Container model, Flow given, boolean inference) {
        Map<Use, Flow> values = new HashMap<>();
        values.put(new Use(model.input(), 0), given);
        List<Call> open = new ArrayList<>(model.calls());
        while (!values.containsKey(model.output())) {
            List<Call> waiting = new ArrayList<>();
            for (Call call : open) {
                if (values.keySet().containsAll(call.inputs())) {
                    List<Flow> inputs = call.inputs().stream().map(values::get).toList();
                    values.put(
                            call.use(),
                            apply(model.entries().get(call.use().entry()), inputs, inference || call.inference()));
                } else {
                    waiting.add(call);
                }
            }
            if (waiting.size() == open.size()) {
                throw new IllegalArgumentException("the layers of model '" + model.name()
                        + "' do not lead from its input to its output: they are not connected, or in a circle");
            }
            open = waiting;
        }
        return values.get(model.output());
    }

    private Flow apply(LayerEntry entry, List<Flow> inputs, boolean inference) {
        if (++uses > MOST_USES) {
            throw new IllegalArgumentException("the model uses layers more than " + MOST_USES + " times");
        }
        if (entry.nested() != null) {
            return apply(entry.nested(), single(entry, inputs), inference);
        }
        if (entry.scaling() != null && (entry.layer() == null || isNormalization(entry, single(entry, inputs)))) {
            return scaled(entry, single(entry, inputs));
        }
        Layer layer = entry.layer() instanceof UnbuiltPReLU prelu
                ? prelu.built(single(entry, inputs).tensor().shape())
                : entry.layer();
        if (layer instanceof Dropout && inference) {
            return single(entry, inputs);
        }
        if (layer instanceof BatchNormalization && inference && layer.trainable()) {
            notes.warn("layer '" + layer.name()
                    + "' (BatchNormalization) was called with training=False and is not frozen;"
                    + " in training it will use the batch's own mean and variance here");
        }
        for (Flow flow : inputs) {
            usedRaw |= flow.tensor() == input && !flow.scaled();
            usedScaled |= flow.tensor() == input && flow.scaled();
        }
        return new Flow(layer.apply(inputs.stream().map(Flow::tensor).toArray(Tensor[]::new)), false);
    }

    private static Flow single(LayerEntry entry, List<Flow> inputs) {
        if (inputs.size() != 1) {
            throw new IllegalArgumentException("'" + entry.name() + "' (" + entry.className() + ") has " + inputs.size()
                    + " inputs, but takes one");
        }
        return inputs.get(0);
    }

    private boolean isNormalization(LayerEntry entry, Flow flow) {
        return scalesInput
                && flow.tensor() == input
                && !flow.scaled()
                && (scaling == null || scaling.equals(entry.scaling()));
    }

    /**
     * A rescaling of the input, where all of it is scaled alike, is the model's normalization; elsewhere there is a layer for
     * one by single numbers alone.
     */
    private Flow scaled(LayerEntry entry, Flow flow) {
        if (!isNormalization(entry, flow)) {
            throw new IllegalArgumentException("'" + entry.name()
                    + "' (Rescaling) has a number for every channel, which conv4j has directly behind the input only, and"
                    + " for all of it; scale by one number, or in a layer of its own");
        }
        scaling = entry.scaling();
        return new Flow(flow.tensor(), true);
    }
}
