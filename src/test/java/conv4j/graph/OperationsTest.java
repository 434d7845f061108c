package conv4j.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.shape.ConvGeometry;
import conv4j.shape.Padding;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Shape;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation's record: what it reads and writes, whom it calls, and that values of other shapes do not get in. */
class OperationsTest {

    private static final LossFunction SQUARES = LossFunction.of(LossFunction.Kind.MEAN_SQUARED_ERROR);
    private static final LossFunction SPARSE = LossFunction.of(LossFunction.Kind.SPARSE_CATEGORICAL_CROSSENTROPY);
    private static final Update.Rule MOMENTUM = new Update.Rule(Update.Kind.SGD, 0.9f, 0, 0, false, false, 0, 1);

    private static final Value IMAGE = image("image", 6, 7, 4);
    private static final Value CHANNELS = Value.parameter("channels", Shape.of(4));
    private static final Value ROW = image("row", 10);
    private static final Value SCALAR = image("scalar");
    private static final ConvGeometry CONVOLUTION =
            new ConvGeometry(Padding.VALID.rows(6, 3, 1, 1), Padding.VALID.columns(7, 2, 1, 1), 4, 8, 2);
    private static final Value KERNEL = Value.parameter("kernel", CONVOLUTION.kernelShape());
    private static final Value FILTERED = image("filtered", 4, 6, 8);
    private static final PoolGeometry PAIRS =
            new PoolGeometry(Padding.VALID.rows(4, 2, 2, 1), Padding.VALID.columns(6, 2, 2, 1), 8);
    private static final Value MAXIMA = image("maxima", 2, 3, 8);
    private static final Value ACTIVATED = image("activated", 2, 3, 8);
    private static final Value PLACES = image("places", 2, 3, 8);
    private static final MaxPool2d.PlacesGradient PASSING =
            new MaxPool2d.PlacesGradient(PLACES, MAXIMA, FILTERED, PAIRS);
    private static final Value FILTERS = Value.parameter("filters", Shape.of(8));
    private static final PoolGeometry POOLING =
            new PoolGeometry(Padding.VALID.rows(6, 2, 2, 1), Padding.VALID.columns(7, 3, 2, 1), 4);
    private static final Value POOLED = image("pooled", 3, 3, 4);
    private static final Value BORDERED = image("bordered", 9, 9, 4);
    private static final Value NINE = image("nine columns", 6, 9, 4);
    private static final Value LARGE = image("large", 12, 21, 4);
    private static final Value BYTES = Value.data("bytes", ElementType.UINT8, Shape.of(6, 7, 4));
    private static final Value ORDER = Value.data("order", ElementType.INT32, Shape.SCALAR);
    private static final Value MEANS = image("means", 1, 1, 4);
    private static final Value LIMITS = Value.parameter("limits", Shape.of(3, 4));
    private static final Augment.Range ONE = new Augment.Range(0, 1);
    private static final Value NUMBER = Value.state("number", Shape.SCALAR);
    private static final Value TOTAL = Value.state("total", Shape.of(3));

    private static Value image(String name, int... dims) {
        return Value.activation(name, Shape.of(dims));
    }

    private static Value like(Value value) {
        return value.like("another " + value.name());
    }

    private static Arguments of(String visitor, Operation operation, List<Value> inputs, Value... outputs) {
        return Arguments.of(visitor, operation, inputs, List.of(outputs));
    }

    static Stream<Arguments> operations() {
        return Stream.of(products(), elements(), general(), windows(), normalizations(), moves(), training())
                .flatMap(List::stream);
    }

    private static List<Arguments> products() {
        Value left = image("left", 5, 3);
        Value right = Value.parameter("right", Shape.of(3, 2));
        Value two = Value.parameter("two", Shape.of(2));
        Value product = image("product", 5, 2);
        return List.of(
                of("matMul", new MatMul(left, right, product), List.of(left, right), product),
                of(
                        "matMul",
                        new MatMul(left, right, two, product, false, false, Activation.RELU),
                        List.of(left, right, two),
                        product),
                of("addBias", new AddBias(IMAGE, CHANNELS, like(IMAGE)), List.of(IMAGE, CHANNELS)),
                of("columnSums", new ColumnSums(IMAGE, CHANNELS), List.of(IMAGE), CHANNELS),
                of("conv2d", new Conv2d(IMAGE, KERNEL, FILTERED, CONVOLUTION), List.of(IMAGE, KERNEL), FILTERED),
                of(
                        "conv2d",
                        new Conv2d(IMAGE, KERNEL, FILTERS, FILTERED, CONVOLUTION, Activation.RELU),
                        List.of(IMAGE, KERNEL, FILTERS),
                        FILTERED),
                of("pooledConv2d", pooled(Activation.RELU, null), List.of(IMAGE, KERNEL, FILTERS), MAXIMA),
                of("pooledConv2d", pooled(Activation.LINEAR, PLACES), List.of(IMAGE, KERNEL, FILTERS), MAXIMA, PLACES),
                of("pooledConv2d", activated(PLACES), List.of(IMAGE, KERNEL, FILTERS), ACTIVATED, PLACES),
                of("pooledConv2d", activated(null), List.of(IMAGE, KERNEL, FILTERS), ACTIVATED),
                of(
                        "pooledConv2dInputGradient",
                        new PooledConv2d.InputGradient(
                                PASSING, new Conv2d.InputGradient(FILTERED, KERNEL, IMAGE, CONVOLUTION)),
                        List.of(MAXIMA, PLACES, KERNEL),
                        IMAGE),
                of(
                        "pooledConv2dKernelGradient",
                        new PooledConv2d.KernelGradient(
                                PASSING, new Conv2d.KernelGradient(IMAGE, FILTERED, KERNEL, CONVOLUTION)),
                        List.of(IMAGE, MAXIMA, PLACES),
                        KERNEL),
                of(
                        "conv2dInputGradient",
                        new Conv2d.InputGradient(FILTERED, KERNEL, IMAGE, CONVOLUTION),
                        List.of(FILTERED, KERNEL),
                        IMAGE),
                of(
                        "conv2dKernelGradient",
                        new Conv2d.KernelGradient(IMAGE, FILTERED, KERNEL, CONVOLUTION),
                        List.of(IMAGE, FILTERED),
                        KERNEL));
    }

    private static PooledConv2d pooled(Activation f, Value places) {
        Conv2d conv = new Conv2d(IMAGE, KERNEL, FILTERS, FILTERED, CONVOLUTION, f);
        return new PooledConv2d(conv, new MaxPool2d(FILTERED, MAXIMA, places, PAIRS));
    }

    private static PooledConv2d activated(Value places) {
        PooledConv2d pooled = pooled(Activation.LINEAR, places);
        return new PooledConv2d(
                pooled.convolution(), pooled.pooling(), new Activate(MAXIMA, ACTIVATED, Activation.RELU));
    }

    private static List<Arguments> elements() {
        Value other = like(IMAGE);
        Value third = like(IMAGE);
        return List.of(
                of("activate", new Activate(IMAGE, other, Activation.RELU), List.of(IMAGE), other),
                of(
                        "activateGradient",
                        new Activate.Gradient(IMAGE, other, third, Activation.RELU),
                        List.of(IMAGE, other),
                        third),
                of("softmax", new Softmax(IMAGE, other), List.of(IMAGE), other),
                of("softmaxGradient", new Softmax.Gradient(IMAGE, other, third), List.of(IMAGE, other), third),
                of("dropout", new Dropout(IMAGE, other, 0.5f, 3), List.of(IMAGE), other),
                of(
                        "dropoutActivationGradient",
                        new Dropout.ActivationGradient(
                                new Dropout(IMAGE, other, 0.5f, 3),
                                new Activate.Gradient(other, third, like(IMAGE), Activation.RELU)),
                        List.of(IMAGE, third)),
                of("add", new Add(IMAGE, other, third), List.of(IMAGE, other), third));
    }

    private static List<Arguments> general() {
        Value other = like(IMAGE);
        Value third = like(IMAGE);
        UnaryFunction f = UnaryFunction.of(UnaryFunction.Kind.SINE);
        Value turned = image("turned", 4, 6, 7);
        List<Rearrange.Axis> axes = List.of(Rearrange.Axis.whole(2), Rearrange.Axis.whole(0), Rearrange.Axis.whole(1));
        Value rows = image("rows", 6, 7);
        return List.of(
                of("unary", new Unary(IMAGE, other, f), List.of(IMAGE), other),
                of("unaryGradient", new Unary.Gradient(IMAGE, other, third, f), List.of(IMAGE, other), third),
                of(
                        "binary",
                        new Binary(IMAGE, CHANNELS, other, Binary.Function.DIVIDE),
                        List.of(IMAGE, CHANNELS),
                        other),
                of("rearrange", new Rearrange(IMAGE, turned, axes, Rearrange.Outside.FILL, 0), List.of(IMAGE), turned),
                of("reduce", new Reduce(IMAGE, rows, Reduce.Kind.SUM), List.of(IMAGE), rows));
    }

    private static List<Arguments> windows() {
        Value pooledGradient = like(POOLED);
        Value imageGradient = like(IMAGE);
        return List.of(
                of("maxPool2d", new MaxPool2d(IMAGE, POOLED, POOLING), List.of(IMAGE), POOLED),
                of(
                        "maxPool2dGradient",
                        new MaxPool2d.Gradient(IMAGE, POOLED, pooledGradient, imageGradient, POOLING),
                        List.of(IMAGE, POOLED, pooledGradient),
                        imageGradient),
                of("maxPool2d", new MaxPool2d(FILTERED, MAXIMA, PLACES, PAIRS), List.of(FILTERED), MAXIMA, PLACES),
                of(
                        "maxPool2dPlacesGradient",
                        new MaxPool2d.PlacesGradient(PLACES, MAXIMA, FILTERED, PAIRS),
                        List.of(PLACES, MAXIMA),
                        FILTERED),
                of("averagePool2d", new AveragePool2d(IMAGE, POOLED, POOLING), List.of(IMAGE), POOLED),
                of("averagePool2dGradient", new AveragePool2d.Gradient(POOLED, IMAGE, POOLING), List.of(POOLED), IMAGE),
                of("pad2d", new Pad2d(IMAGE, BORDERED, 1, 2), List.of(IMAGE), BORDERED),
                of("crop2d", new Pad2d.Crop(BORDERED, IMAGE, 3, 0), List.of(BORDERED), IMAGE),
                of("upSample2d", new UpSample2d(IMAGE, LARGE, 2, 3, true), List.of(IMAGE), LARGE),
                of("upSample2dGradient", new UpSample2d.Gradient(LARGE, IMAGE, 2, 3, true), List.of(LARGE), IMAGE));
    }

    private static List<Arguments> normalizations() {
        Value[] c = Stream.of("gamma", "beta", "mean", "variance", "batch mean", "deviation")
                .map(name -> Value.parameter(name, Shape.of(4)))
                .toArray(Value[]::new);
        Value other = like(IMAGE);
        Value third = like(IMAGE);
        return List.of(
                of(
                        "batchNormalization",
                        new BatchNormalization(IMAGE, c[0], c[1], c[2], c[3], other, c[4], c[5], 0.9f, 1e-3f),
                        List.of(IMAGE, c[0], c[1], c[2], c[3]),
                        other,
                        c[4],
                        c[5],
                        c[2],
                        c[3]),
                of(
                        "batchNormalizationGradient",
                        new BatchNormalization.Gradient(IMAGE, other, c[0], c[2], c[3], third, c[4], c[5]),
                        List.of(IMAGE, other, c[0], c[2], c[3]),
                        third,
                        c[4],
                        c[5]),
                of(
                        "batchNormalizationInference",
                        new BatchNormalization.Inference(IMAGE, c[0], c[1], c[2], c[3], other, 1e-3f),
                        List.of(IMAGE, c[0], c[1], c[2], c[3]),
                        other),
                of(
                        "batchNormalizationInferenceGradient",
                        new BatchNormalization.InferenceGradient(
                                IMAGE, other, c[0], c[2], c[3], third, c[4], c[5], 1e-3f),
                        List.of(IMAGE, other, c[0], c[2], c[3]),
                        third,
                        c[4],
                        c[5]));
    }

    private static List<Arguments> moves() {
        Value view = IMAGE.reshaped("view", Shape.of(42, 4));
        Value wide = image("wide", 6, 16, 4);
        return List.of(
                of("reshape", new Reshape(IMAGE, view), List.of(IMAGE), view),
                of("concatenate", new Concatenate(List.of(IMAGE, NINE), wide, 1), List.of(IMAGE, NINE), wide),
                of("split", new Concatenate.Split(wide, List.of(IMAGE, NINE), 1), List.of(wide), IMAGE, NINE),
                of(
                        "augment",
                        new Augment(
                                IMAGE,
                                CHANNELS,
                                like(IMAGE),
                                Augment.Kind.TRANSLATION,
                                ONE,
                                ONE,
                                Augment.Edge.CONSTANT,
                                3),
                        List.of(IMAGE, CHANNELS)),
                of(
                        "augmentColors",
                        new Augment.Colors(IMAGE, MEANS, LIMITS, like(IMAGE), ONE, 3),
                        List.of(IMAGE, MEANS, LIMITS)),
                of("gather", new Gather(BYTES, ORDER, null, null, IMAGE), List.of(BYTES, ORDER), IMAGE),
                of(
                        "gather",
                        new Gather(BYTES, ORDER, CHANNELS, CHANNELS, IMAGE),
                        List.of(BYTES, ORDER, CHANNELS, CHANNELS),
                        IMAGE));
    }

    private static List<Arguments> training() {
        Value gradient = Value.unbatched("gradient", Shape.of(3, 2, 2, 8));
        Value slot = Value.state("slot", Shape.of(3, 2, 2, 8));
        return List.of(
                of("loss", new Loss(ROW, like(ROW), SCALAR, SQUARES), List.of(ROW)),
                of("loss", new Loss(ROW, SCALAR, like(SCALAR), SPARSE), List.of(ROW, SCALAR)),
                of("lossGradient", new Loss.Gradient(ROW, SCALAR, like(ROW), SPARSE), List.of(ROW, SCALAR)),
                of("metric", new Metric(ROW, SCALAR, like(SCALAR), Metric.Kind.SPARSE_TOP_K, 2), List.of(ROW, SCALAR)),
                of("metric", new Metric(ROW, like(ROW), SCALAR, Metric.Kind.CATEGORICAL_ACCURACY, 0), List.of(ROW)),
                of("scaleItems", new ScaleItems(ROW, SCALAR, like(ROW)), List.of(ROW, SCALAR)),
                of("penalty", new Penalty(KERNEL, SCALAR, like(SCALAR), 0.1f, 0.2f), List.of(KERNEL, SCALAR)),
                of("penaltyGradient", new Penalty.Gradient(KERNEL, gradient, 0.1f, 0.2f), List.of(KERNEL), gradient),
                of("accumulate", new Accumulate(SCALAR, TOTAL), List.of(SCALAR, TOTAL), TOTAL),
                of("clipByNorm", new ClipByNorm(gradient, 1), List.of(gradient), gradient),
                of(
                        "unscale",
                        new Unscale(gradient, NUMBER, NUMBER, NUMBER, 1),
                        List.of(gradient, NUMBER, NUMBER),
                        gradient,
                        NUMBER,
                        NUMBER,
                        NUMBER),
                of(
                        "update",
                        new Update(MOMENTUM, KERNEL, gradient, List.of(slot), NUMBER),
                        List.of(KERNEL, gradient, NUMBER),
                        KERNEL),
                of("update", new Update(MOMENTUM, KERNEL, gradient, List.of(slot)), List.of(KERNEL, gradient), KERNEL));
    }

    /** What a case names is a prefix: values made on the spot follow in the order of the record. */
    @ParameterizedTest(name = "{1}")
    @MethodSource("operations")
    void inputsAndOutputsAreTheValuesOfTheRecord(
            String visitor, Operation operation, List<Value> inputs, List<Value> outputs) throws Exception {
        assertStartsWith(inputs, operation.inputs());
        assertStartsWith(outputs, operation.outputs());
        assertTrue(!operation.outputs().isEmpty());
        Set<Value> named = values(operation).collect(Collectors.toSet());
        Set<Value> listed = Stream.concat(operation.inputs().stream(), operation.outputs().stream())
                .collect(Collectors.toSet());
        List<Operation> parts = operation.unfused();
        if (parts.size() > 1) { // what one part passes on to another is never written
            parts.forEach(writer -> parts.forEach(reader ->
                    writer.outputs().stream().filter(reader.inputs()::contains).forEach(named::remove)));
        }
        if (!(operation instanceof Update)) {
            assertEquals(named, listed, "a value that is not listed gets no memory");
        }
    }

    private static void assertStartsWith(List<Value> expected, List<Value> found) {
        assertTrue(found.size() >= expected.size(), () -> found + " begins with " + expected);
        for (int i = 0; i < expected.size(); i++) {
            assertSame(expected.get(i), found.get(i));
        }
    }

    private static Stream<Value> values(Operation operation) throws Exception {
        List<Value> values = new ArrayList<>();
        for (RecordComponent component : operation.getClass().getRecordComponents()) {
            Object value = read(component, operation);
            if (value instanceof Value one) {
                values.add(one);
            } else if (value instanceof Operation part) {
                values(part).forEach(values::add);
            } else if (value instanceof List<?> list) {
                list.stream().filter(Value.class::isInstance).forEach(one -> values.add((Value) one));
            }
        }
        return values.stream();
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("operations")
    void anOperationCallsItsOwnMethodOfABackend(String visitor, Operation operation) {
        @SuppressWarnings("unchecked")
        Operations<String> backend = (Operations<String>) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Operations.class}, (proxy, method, arguments) -> {
                    assertSame(operation, arguments[0]);
                    return method.getName();
                });
        assertEquals(visitor, operation.accept(backend));
    }

    @Test
    void noOperationIsLeftOut() {
        Set<Object> tested = operations().map(arguments -> arguments.get()[0]).collect(Collectors.toSet());
        Set<Object> all = Arrays.stream(Operations.class.getMethods())
                .map(Method::getName)
                .collect(Collectors.toSet());
        assertEquals(all, tested);
    }

    /** A value with one more element than any here, in the place of each value in turn. */
    @ParameterizedTest(name = "{1}")
    @MethodSource("operations")
    void aValueOfAnotherSizeIsRefusedInEveryPlace(String visitor, Operation operation) throws Exception {
        RecordComponent[] components = operation.getClass().getRecordComponents();
        for (int place = 0; place < components.length; place++) {
            Object value = read(components[place], operation);
            // What lies outside the input of a Rearrange follows a rule, so that any size fits.
            boolean any = operation instanceof ClipByNorm || operation instanceof Rearrange;
            if (any || components[place].getName().equals("order")) {
                continue;
            }
            if (value instanceof Value) {
                assertRefused(operation, place, strange());
            } else if (value instanceof List<?> list && list.get(0) instanceof Value) {
                for (int i = 0; i < list.size(); i++) {
                    List<Object> changed = new ArrayList<>(list);
                    changed.set(i, strange());
                    assertRefused(operation, place, changed);
                }
            }
        }
    }

    private static Value strange() {
        return Value.activation("strange", Shape.of(31, 37, 41));
    }

    private static void assertRefused(Operation operation, int place, Object instead) throws Exception {
        RecordComponent[] components = operation.getClass().getRecordComponents();
        Object[] arguments = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            arguments[i] = i == place ? instead : read(components[i], operation);
        }
        Constructor<?> constructor = operation.getClass().getDeclaredConstructor(types);
        InvocationTargetException thrown = assertThrows(
                InvocationTargetException.class,
                () -> constructor.newInstance(arguments),
                () -> operation.name() + " with a strange " + components[place].getName());
        assertEquals(IllegalArgumentException.class, thrown.getCause().getClass());
        String message = thrown.getCause().getMessage();
        assertTrue(message.contains("strange") || message.contains("41") || message.contains("47027"), message);
    }

    private static Object read(RecordComponent component, Operation operation) throws Exception {
        return component.getAccessor().invoke(operation);
    }
}
