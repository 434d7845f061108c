package conv4j.onnx;

import conv4j.data.Normalization;
import conv4j.graph.Activate;
import conv4j.graph.Add;
import conv4j.graph.AddBias;
import conv4j.graph.AveragePool2d;
import conv4j.graph.BatchNormalization;
import conv4j.graph.Binary;
import conv4j.graph.Concatenate;
import conv4j.graph.Conv2d;
import conv4j.graph.MatMul;
import conv4j.graph.MaxPool2d;
import conv4j.graph.Operation;
import conv4j.graph.Pad2d;
import conv4j.graph.Rearrange;
import conv4j.graph.Reshape;
import conv4j.graph.Softmax;
import conv4j.graph.Unary;
import conv4j.graph.UpSample2d;
import conv4j.graph.Value;
import conv4j.model.Model;
import conv4j.shape.Shape;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A model's prediction as an ONNX graph, operation by operation, so that every layer can be written. */
final class ModelExport {

    private final Model model;
    private final OnnxBuilder onnx = new OnnxBuilder();
    private final FunctionExport functions = new FunctionExport(onnx);
    private final ImageExport images = new ImageExport(onnx, this);
    private final NormalizationExport normalizations;
    private final ModelOperations operations;
    private final Map<Value, Exported> tensors = new IdentityHashMap<>();
    private final Map<Value, String> constants = new IdentityHashMap<>();

    private ModelExport(Model model) {
        this.model = model;
        this.normalizations = new NormalizationExport(onnx, this, model);
        this.operations = new ModelOperations(model);
    }

    /** The model as an ONNX file. */
    static byte[] file(Model model) {
        return new ModelExport(model).export();
    }

    private byte[] export() {
        Value input = operations.input();
        Shape shape = input.shape();
        String name = onnx.unique("input");
        Exported first = shape.rank() == 3 ? Exported.image(name, shape) : Exported.plain(name, shape);
        tensors.put(input, normalized(first));
        operations.graph().operations().forEach(this::write);
        Exported last = tensors.get(operations.output());
        Exported output = last.shape().rank() == 3 ? image(operations.output()) : plain(last);
        if (output.name().equals(name)) {
            output = output.as(onnx.node("Identity", "output", Map.of(), name));
        }
        return onnx.file(
                model.name(),
                OnnxBuilder.port(name, first.dims()),
                OnnxBuilder.port(output.name(), output.dims()),
                OnnxMetadata.of(model));
    }

    private Exported normalized(Exported input) {
        Normalization normalization = model.normalization();
        if (normalization.equals(Normalization.IDENTITY)) {
            return input;
        }
        float[] scale = normalization.scale();
        int[] dims = input.isImage() ? new int[] {scale.length, 1, 1} : new int[] {scale.length};
        String scales = onnx.floats("normalization/factors", scale, dims);
        String shifts = onnx.floats("normalization/shifts", normalization.shift(), dims);
        String product = onnx.node("Mul", InputScaling.SCALE, Map.of(), input.name(), scales);
        return input.as(onnx.node("Add", InputScaling.SHIFT, Map.of(), product, shifts));
    }

    private void write(Operation operation) {
        if (operation instanceof Conv2d op) {
            put(op.output(), images.convolution(op));
        } else if (operation instanceof Conv2d.InputGradient op) {
            put(op.inputGradient(), images.transposedConvolution(op));
        } else if (operation instanceof MaxPool2d op) {
            put(op.output(), images.pool("Max", op.input(), op.output(), op.geometry()));
        } else if (operation instanceof AveragePool2d op) {
            put(op.output(), images.pool("Average", op.input(), op.output(), op.geometry()));
        } else if (operation instanceof Pad2d op) {
            put(op.output(), images.pad(op));
        } else if (operation instanceof Pad2d.Crop op) {
            put(op.output(), images.crop(op));
        } else if (operation instanceof UpSample2d op) {
            put(op.output(), images.enlarge(op));
        } else if (operation instanceof BatchNormalization.Inference op) {
            put(op.output(), images.normalization(op));
        } else if (operation instanceof Normalized op) {
            put(op.output(), normalizations.write(op));
        } else if (operation instanceof MatMul op) {
            put(op.output(), product(op));
        } else if (operation instanceof AddBias op) {
            put(op.output(), bias(op));
        } else if (operation instanceof Activate op) {
            Exported x = tensor(op.input());
            put(
                    op.output(),
                    x.as(functions.activation(op.activation(), op.output().name(), x.name())));
        } else if (operation instanceof Unary op) {
            Exported x = tensor(op.input());
            put(op.output(), x.as(functions.unary(op.function(), op.output().name(), x.name())));
        } else {
            writeJoining(operation);
        }
    }

    private void writeJoining(Operation operation) {
        if (operation instanceof Softmax op) {
            Exported x = tensor(op.input());
            Map<String, ?> axis = Map.of("axis", x.channelAxis());
            put(op.output(), x.as(onnx.node("Softmax", op.output().name(), axis, x.name())));
        } else if (operation instanceof Add op) {
            put(op.output(), binary("Add", op.a(), op.b(), op.output()));
        } else if (operation instanceof Binary op) {
            put(op.output(), binary(operator(op.function()), op.a(), op.b(), op.output()));
        } else if (operation instanceof Concatenate op) {
            put(op.output(), joined(op));
        } else if (operation instanceof Reshape op) {
            if (!operations.isKnown(op.input())) {
                put(
                        op.output(),
                        reshaped(
                                tensor(op.input()),
                                op.output().name(),
                                op.output().shape()));
            }
        } else if (operation instanceof Rearrange op) {
            put(op.output(), transposed(op));
        } else {
            throw new IllegalArgumentException(
                    "model " + model.name() + " has the operation " + operation.name() + ", which ONNX has not");
        }
    }

    private void put(Value value, Exported tensor) {
        tensors.put(value, tensor);
    }

    Exported tensor(Value value) {
        return tensors.get(value);
    }

    Exported activated(conv4j.graph.Activation function, Value output, Exported before) {
        return before.as(functions.activation(function, output.name(), before.name()));
    }

    /** What an operation's result before its activation is called. */
    static String beforeActivation(conv4j.graph.Activation function, Value output) {
        return function.isLinear() ? output.name() : output.name() + "/before_activation";
    }

    float[] numbers(Value value) {
        return operations.numbers(value);
    }

    /** A constant in our order of elements. */
    String constant(Value value) {
        return constants.computeIfAbsent(
                value,
                unused ->
                        onnx.floats(value.name(), numbers(value), value.shape().toArray()));
    }

    /** The value with ONNX' order of images. */
    Exported image(Value value) {
        Exported x = tensor(value);
        if (x.isImage()) {
            return x;
        }
        int[] order = {0, 3, 1, 2};
        String name = onnx.node("Transpose", x.name() + "/channels_first", Map.of("perm", order), x.name());
        return Exported.image(name, x.shape());
    }

    /** The tensor with our order of elements. */
    Exported plain(Exported x) {
        return switch (x.order()) {
            case PLAIN -> x;
            case IMAGE -> {
                int[] order = {0, 2, 3, 1};
                String name = onnx.node("Transpose", x.name() + "/channels_last", Map.of("perm", order), x.name());
                yield Exported.plain(name, x.shape());
            }
            case FLAT -> {
                Shape image = x.image();
                String target = onnx.longs(x.name() + "/image_shape", 0, image.dim(2), image.dim(0), image.dim(1));
                String again = onnx.node("Reshape", x.name() + "/image", Map.of(), x.name(), target);
                yield reshaped(plain(Exported.image(again, image)), x.name() + "/flat", x.shape());
            }
        };
    }

    private Exported reshaped(Exported x, String name, Shape shape) {
        if (x.isImage() && shape.rank() == 1) {
            boolean sameOrder =
                    x.shape().dim(2) == 1 || x.shape().dim(0) * x.shape().dim(1) == 1;
            String flat = onnx.node("Flatten", name, Map.of("axis", 1), x.name());
            return sameOrder ? Exported.plain(flat, shape) : new Exported(flat, shape, Exported.Order.FLAT, x.shape());
        }
        Exported source = plain(x);
        boolean channelsAlone = shape.rank() == 3 && shape.dim(0) * shape.dim(1) == 1;
        int[] dims = channelsAlone ? new int[] {shape.dim(2), 1, 1} : shape.toArray();
        long[] target = IntStream.concat(IntStream.of(0), Arrays.stream(dims))
                .asLongStream()
                .toArray();
        // With more than one open extent ONNX takes the batch from the input's first axis, which 0 stands for.
        String again = onnx.node("Reshape", name, Map.of(), source.name(), onnx.longs(name + "/shape", target));
        return channelsAlone ? Exported.image(again, shape) : Exported.plain(again, shape);
    }

    private Exported product(MatMul op) {
        Exported x = tensor(op.a());
        if (op.transposeA() || op.transposeB() || !operations.isKnown(op.b())) {
            throw new IllegalArgumentException(op.output().name() + " is a product that no layer of conv4j makes");
        }
        if (x.isImage()) {
            return images.dense(op, x);
        }
        String name = beforeActivation(op.activation(), op.output());
        float[] kernel = x.rows(numbers(op.b()), op.n());
        String weight = onnx.floats(op.b().name(), kernel, op.b().shape().toArray());
        String product;
        if (x.shape().rank() == 1) {
            product = op.bias() == null
                    ? onnx.node("Gemm", name, Map.of(), x.name(), weight)
                    : onnx.node("Gemm", name, Map.of(), x.name(), weight, constant(op.bias()));
        } else {
            String alone =
                    onnx.node("MatMul", op.bias() == null ? name : name + "/product", Map.of(), x.name(), weight);
            product = op.bias() == null ? alone : onnx.node("Add", name, Map.of(), alone, constant(op.bias()));
        }
        return activated(
                op.activation(), op.output(), Exported.plain(product, x.shape().with(-1, op.n())));
    }

    private Exported bias(AddBias op) {
        Exported x = tensor(op.input());
        float[] numbers = x.rows(numbers(op.bias()), 1);
        int[] dims = x.isImage() ? new int[] {numbers.length, 1, 1} : new int[] {numbers.length};
        String bias = onnx.floats(op.bias().name(), numbers, dims);
        return x.as(onnx.node("Add", op.output().name(), Map.of(), x.name(), bias));
    }

    private static String operator(Binary.Function function) {
        return switch (function) {
            case ADD -> "Add";
            case SUBTRACT -> "Sub";
            case MULTIPLY -> "Mul";
            case DIVIDE -> "Div";
            case MAXIMUM -> "Max";
            case MINIMUM -> "Min";
            case POWER -> "Pow";
            case PRELU -> "PRelu";
            case EQUAL -> "Equal";
            case LESS -> "Less";
            case LESS_OR_EQUAL -> "LessOrEqual";
            case PRELU_SLOPE, KEEP -> throw new IllegalArgumentException("ONNX has no " + function);
        };
    }

    private Exported binary(String operator, Value a, Value b, Value output) {
        boolean images = output.shape().rank() == 3 && isImageOrKnown(a) && isImageOrKnown(b);
        String left = operand(a, images, output.shape().rank());
        String right = operand(b, images, output.shape().rank());
        boolean truth = operator.equals("Equal") || operator.startsWith("Less");
        String name = output.name();
        String result = onnx.node(operator, truth ? name + "/truth" : name, Map.of(), left, right);
        if (truth) {
            result = onnx.node("Cast", name, Map.of("to", OnnxTensor.FLOAT), result);
        }
        return images ? Exported.image(result, output.shape()) : Exported.plain(result, output.shape());
    }

    private boolean isImageOrKnown(Value value) {
        return operations.isKnown(value)
                || tensor(value).isImage() && value.shape().rank() == 3;
    }

    private String operand(Value value, boolean image, int rank) {
        if (!operations.isKnown(value)) {
            return image ? tensor(value).name() : plain(tensor(value)).name();
        }
        if (!image || value.shape().rank() == 0) {
            return constant(value);
        }
        int[] dims = new int[rank];
        Arrays.fill(dims, 1);
        int[] given = value.shape().toArray();
        System.arraycopy(given, 0, dims, rank - given.length, given.length);
        float[] numbers = LayerTensor.reordered(numbers(value), dims, 1, 2, 0);
        return onnx.floats(value.name(), numbers, dims[2], dims[0], dims[1]);
    }

    private Exported joined(Concatenate op) {
        boolean all = op.operands().stream().allMatch(value -> tensor(value).isImage());
        int axis = all ? new int[] {2, 3, 1}[op.axis()] : op.axis() + 1;
        List<Exported> parts = op.operands().stream()
                .map(value -> all ? tensor(value) : plain(tensor(value)))
                .toList();
        String[] names = parts.stream().map(Exported::name).toArray(String[]::new);
        String whole = onnx.node("Concat", op.output().name(), Map.of("axis", axis), names);
        return all
                ? Exported.image(whole, op.output().shape())
                : Exported.plain(whole, op.output().shape());
    }

    private Exported transposed(Rearrange op) {
        int[] order = new int[op.axes().size() + 1];
        for (int i = 1; i < order.length; i++) {
            Rearrange.Axis axis = op.axes().get(i - 1);
            if (!axis.equals(Rearrange.Axis.whole(axis.source())) || axis.source() < 0) {
                throw new IllegalArgumentException(op.output().name() + " moves elements as no layer of conv4j does");
            }
            order[i] = axis.source() + 1;
        }
        Exported x = plain(tensor(op.input()));
        String name = onnx.node("Transpose", op.output().name(), Map.of("perm", order), x.name());
        return Exported.plain(name, op.output().shape());
    }
}
