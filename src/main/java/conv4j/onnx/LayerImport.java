package conv4j.onnx;

import conv4j.files.FileFormatException;
import conv4j.layers.Activation;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.layers.Layer;
import conv4j.layers.Layers;
import conv4j.layers.Permute;
import conv4j.layers.Reshape;
import conv4j.layers.Tensor;
import conv4j.model.Model;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** An ONNX graph that becomes a model of layers, which can be trained further. */
final class LayerImport {

    /** Stands for the size of the batch where a graph computes with shapes. */
    static final long BATCH = Long.MIN_VALUE / 2;

    private static final Map<String, LayerRule> RULES = rules();

    private final OnnxModel model;
    private final Program known;
    private final Map<String, LayerTensor> tensors = new LinkedHashMap<>();
    private final Map<String, List<OnnxNode>> readers = new HashMap<>();
    private final Map<String, float[]> weights = new LinkedHashMap<>();
    private final Set<String> names = new HashSet<>();
    private final Set<OnnxNode> done = new HashSet<>();
    private final InputScaling scaling = new InputScaling();
    private Tensor input;
    private long fixedBatch = BATCH;

    private LayerImport(OnnxModel model) {
        this.model = model;
        this.known = new Program(model.opset());
    }

    private static Map<String, LayerRule> rules() {
        Map<String, LayerRule> rules = new TreeMap<>();
        ImageLayers.addTo(rules);
        PixelLayers.addTo(rules);
        BorderLayers.addTo(rules);
        NormalizationLayers.addTo(rules);
        ReductionLayers.addTo(rules);
        ShapeLayers.addTo(rules);
        ElementLayers.addTo(rules);
        return rules;
    }

    /** The operators that have layers, those that only say how to compute included. */
    static Set<String> operators() {
        Set<String> all = new TreeSet<>(RULES.keySet());
        all.addAll(List.of("Constant", "ConstantOfShape", "Gather", "Range", "Shape", "Size"));
        return all;
    }

    /** Makes a model of a graph. */
    static Model model(OnnxModel model) {
        checkOperators(model);
        LayerImport imported = new LayerImport(model);
        imported.start();
        model.nodes().forEach(imported::apply);
        return imported.finish();
    }

    private static void checkOperators(OnnxModel model) {
        TreeSet<String> missing = new TreeSet<>();
        for (OnnxNode node : model.nodes()) {
            if (!node.domain().isEmpty() || !operators().contains(node.operator())) {
                missing.add((node.domain().isEmpty() ? "" : node.domain() + ".") + node.label());
            }
        }
        if (!missing.isEmpty()) {
            throw new FileFormatException("there are no layers for: " + String.join(", ", missing)
                    + "; docs/onnx.md lists the operators that there are layers for");
        }
    }

    private void start() {
        if (model.inputs().size() != 1 || model.outputs().size() != 1) {
            throw new FileFormatException("a model has one input and one output, but this graph has the inputs "
                    + model.inputs().stream().map(OnnxModel.Port::name).toList() + " and the outputs "
                    + model.outputs().stream().map(OnnxModel.Port::name).toList());
        }
        OnnxModel.Port port = model.inputs().get(0);
        long[] dims = port.dims();
        if (dims == null || dims.length < 2 || !OnnxTensor.isFloating(port.type())) {
            throw new FileFormatException("the input '" + port.name() + "' must be a batch of floats of known shape");
        }
        fixedBatch = dims[0] > 0 ? dims[0] : BATCH;
        int[] item = Sizes.checked(Arrays.copyOfRange(dims, 1, dims.length), "the input '" + port.name() + "'");
        if (Arrays.stream(item).anyMatch(extent -> extent < 1)) {
            throw new FileFormatException("the input '" + port.name() + "' has the extents " + Arrays.toString(dims)
                    + ", which leave more than the batch open; export the model with a fixed image size");
        }
        for (OnnxNode node : model.nodes()) {
            node.inputs().forEach(name -> readers.computeIfAbsent(name, unused -> new ArrayList<>())
                    .add(node));
        }
        model.initializers().forEach((name, tensor) -> known.give(name, tensor, true));
        tensors.put(port.name(), firstTensor(port.name(), item));
    }

    /** Images are (channels, height, width), unless the graph begins by transposing them to that. */
    private LayerTensor firstTensor(String name, int... item) {
        boolean channelsLast = item.length == 3
                && readers.getOrDefault(name, List.of()).stream()
                        .allMatch(node -> node.operator().equals("Transpose")
                                && Arrays.equals(node.integers("perm"), new long[] {0, 3, 1, 2}));
        boolean image = item.length == 3 && !channelsLast;
        Input layer = image ? new Input(item[1], item[2], item[0]) : new Input(item);
        layer.name(unique(Layers.snakeCase("InputLayer")));
        input = layer.tensor();
        return image ? LayerTensor.image(input) : LayerTensor.plain(input);
    }

    private void apply(OnnxNode node) {
        try {
            if (!done.contains(node) && !scaling.takes(node, this) && !fold(node)) {
                LayerRule rule = RULES.get(node.operator());
                if (rule == null) {
                    throw new Unsupported("it is computed from data, but only shapes and constants are supported");
                }
                rule.apply(node, this);
            }
        } catch (Unsupported e) {
            throw new FileFormatException("there is no layer for " + node.label() + ": " + e.getMessage(), e);
        } catch (FileFormatException e) {
            throw e;
        } catch (IllegalArgumentException
                | ArithmeticException
                | IndexOutOfBoundsException
                | NegativeArraySizeException
                | NullPointerException e) {
            throw new FileFormatException("node " + node.label() + " cannot be: " + e.getMessage(), e);
        }
    }

    /** Does what is known without data on the host. */
    private boolean fold(OnnxNode node) {
        if (node.operator().equals("Shape") && tensors.containsKey(node.inputs().get(0))) {
            int[] item = tensor(node, 0).dims();
            long[] dims = new long[item.length + 1];
            dims[0] = BATCH;
            for (int i = 0; i < item.length; i++) {
                dims[i + 1] = item[i];
            }
            known.set(node, OnnxTensor.of("", dims, dims.length));
            return true;
        }
        boolean allKnown = IntStream.range(0, node.inputs().size()).allMatch(i -> !node.has(i) || isKnown(node, i));
        if (!allKnown) {
            return false;
        }
        if (known.isShapeArithmetic(node) && KnownOperators.fold(node, known)) {
            return true;
        }
        Operator own = Operators.ALL.get(node.operator());
        if (Set.of("Constant", "ConstantOfShape", "Range", "Cast", "Identity").contains(node.operator())) {
            own.emit(node, known);
            return true;
        }
        return ShapeLayers.foldWeights(node, this);
    }

    private Model finish() {
        String name = model.outputs().get(0).name();
        LayerTensor output = tensors.get(name);
        if (output == null) {
            throw new FileFormatException("the output '" + name + "' does not depend on the input");
        }
        boolean image = output.rank() == 3 && !endsChannelsLast(name);
        Tensor last = image ? image(output).tensor() : plain(output).tensor();
        if (last == input) {
            last = new Activation("linear").name(unique("linear")).apply(input);
        }
        try {
            Model result = new Model(model.name().isBlank() ? "model" : model.name(), input, last);
            giveWeights(result);
            scaling.giveTo(result);
            OnnxMetadata.read(model.metadata(), result);
            return result;
        } catch (IllegalArgumentException e) {
            throw new FileFormatException("the graph cannot be a model: " + e.getMessage(), e);
        }
    }

    /** Gives the layers their numbers; those of nodes that the output does not depend on are no layers of the model. */
    private void giveWeights(Model model) {
        Set<String> layers = model.layers().stream().map(Layer::name).collect(Collectors.toSet());
        weights.forEach((path, numbers) -> {
            if (layers.contains(path.substring(0, path.lastIndexOf('/')))) {
                model.weights().set(path, numbers);
            }
        });
    }

    /** Whether the graph ends by transposing images to (height, width, channels). */
    private boolean endsChannelsLast(String output) {
        return model.nodes().stream()
                .anyMatch(node -> node.outputs().contains(output)
                        && node.operator().equals("Transpose")
                        && Arrays.equals(node.integers("perm"), new long[] {0, 2, 3, 1}));
    }

    // What rules are made of.

    int opset() {
        return model.opset();
    }

    Program known() {
        return known;
    }

    long fixedBatch() {
        return fixedBatch;
    }

    boolean isKnown(OnnxNode node, int index) {
        return node.has(index) && !tensors.containsKey(node.inputs().get(index));
    }

    /** An input that data flows through. */
    LayerTensor tensor(OnnxNode node, int index) {
        LayerTensor tensor = node.has(index) ? tensors.get(node.inputs().get(index)) : null;
        if (tensor == null) {
            throw new Unsupported("its input " + index + " is a constant or missing, where data is needed");
        }
        return tensor;
    }

    /** An input that is a constant of floats. */
    OnnxTensor weight(OnnxNode node, int index) {
        if (!isKnown(node, index)) {
            throw new Unsupported("its input " + index + " is computed from data, where weights are needed");
        }
        OnnxTensor weight = known.known(node, index);
        return weight.isFloating() ? weight : OnnxTensor.of(weight.name(), weight.toFloats(), weight.dims());
    }

    void set(OnnxNode node, LayerTensor output) {
        for (int i = 1; i < node.outputs().size(); i++) {
            if (node.writes(i) && readers.containsKey(node.outputs().get(i))) {
                throw new Unsupported("its output " + i + ", '" + node.outputs().get(i) + "', is used");
            }
        }
        tensors.put(node.outputs().get(0), output);
    }

    /** Sets one of several outputs. */
    void set(OnnxNode node, int index, LayerTensor output) {
        tensors.put(node.outputs().get(index), output);
    }

    /** The node that writes a node's input; null for an input of the graph or a constant of it. */
    OnnxNode producer(OnnxNode node, int index) {
        String name = node.inputs().get(index);
        return model.nodes().stream()
                .filter(other -> other.outputs().contains(name))
                .findFirst()
                .orElse(null);
    }

    /** The only node that reads a node's output, where that is no output of the graph; else null. */
    OnnxNode soleReader(OnnxNode node) {
        String name = node.outputs().get(0);
        List<OnnxNode> all = readers.getOrDefault(name, List.of());
        boolean isOutput = model.outputs().get(0).name().equals(name);
        return all.size() == 1 && !isOutput ? all.get(0) : null;
    }

    /** Says that a node is part of what another one became. */
    void takeOver(OnnxNode node, LayerTensor output) {
        done.add(node);
        tensors.put(node.outputs().get(0), output);
    }

    /** Applies a layer, named after the node's weights, the node, or its kind. */
    Tensor apply(OnnxNode node, Layer layer, Tensor... inputs) {
        layer.name(unique(name(node, layer)));
        return layer.apply(inputs);
    }

    private String name(OnnxNode node, Layer layer) {
        for (int i = 1; i < node.inputs().size(); i++) {
            String weight = node.inputs().get(i);
            int end = Math.max(weight.lastIndexOf('.'), weight.lastIndexOf('/'));
            if (end > 0 && model.initializers().containsKey(weight)) {
                return weight.substring(0, end).replace('/', '_');
            }
        }
        String own = node.name().replaceAll("^/+", "").replace('/', '_').trim();
        return own.isEmpty() ? Layers.defaultName(layer) : own;
    }

    private String unique(String wanted) {
        String name = wanted;
        for (int i = 1; !names.add(name); i++) {
            name = wanted + "_" + i;
        }
        return name;
    }

    /** Gives a layer of the new model its numbers. */
    void weights(Layer layer, String weight, float... numbers) {
        weights.put(layer.name() + "/" + weight, numbers);
    }

    /** The tensor as an image, (height, width, channels). */
    LayerTensor image(LayerTensor tensor) {
        if (tensor.rank() != 3) {
            throw new Unsupported(
                    "it needs images, but its input is " + Arrays.toString(tensor.dims()) + " without the batch");
        }
        if (tensor.isImage()) {
            return tensor;
        }
        int[] order = tensor.order();
        return LayerTensor.image(permuted(tensor.tensor(), order[1] + 1, order[2] + 1, order[0] + 1));
    }

    private Tensor permuted(Tensor tensor, int... dims) {
        Permute layer = new Permute(dims);
        layer.name(unique(Layers.defaultName(layer)));
        return layer.apply(tensor);
    }

    /** The tensor with its elements in ONNX' order. */
    LayerTensor plain(LayerTensor tensor) {
        if (tensor.unflattened() != null) {
            Flatten flatten = new Flatten();
            flatten.name(unique(Layers.defaultName(flatten)));
            return LayerTensor.plain(flatten.apply(plain(tensor.unflattened()).tensor()));
        }
        if (!tensor.inOrder()) {
            int[] dims = Arrays.stream(tensor.order()).map(axis -> axis + 1).toArray();
            return LayerTensor.plain(permuted(tensor.tensor(), dims));
        }
        boolean moved = IntStream.range(0, tensor.rank()).anyMatch(i -> tensor.order()[i] != i);
        return moved ? reshaped(tensor.tensor(), tensor.dims()) : tensor;
    }

    private LayerTensor reshaped(Tensor tensor, int... dims) {
        Reshape layer = new Reshape(dims);
        layer.name(unique(Layers.defaultName(layer)));
        return LayerTensor.plain(layer.apply(tensor));
    }

    /** The tensor with other extents of its item; flattening an image keeps our order until that matters. */
    LayerTensor reshape(OnnxNode node, LayerTensor tensor, int... dims) {
        if (Arrays.equals(dims, tensor.dims()) && tensor.unflattened() == null) {
            return tensor;
        }
        if (dims.length == 1) {
            if (tensor.rank() == 1) {
                return tensor;
            }
            Tensor flat = apply(node, new Flatten(), tensor.tensor());
            return new LayerTensor(flat, new int[] {0}, tensor.inOrder() ? null : tensor);
        }
        LayerTensor source = plain(tensor);
        boolean channelsAlone = dims.length == 3 && dims[1] == 1 && dims[2] == 1;
        if (channelsAlone) {
            return LayerTensor.image(apply(node, new Reshape(1, 1, dims[0]), source.tensor()));
        }
        return LayerTensor.plain(apply(node, new Reshape(dims), source.tensor()));
    }
}
