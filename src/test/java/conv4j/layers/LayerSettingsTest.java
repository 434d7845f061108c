package conv4j.layers;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.graph.Binary;
import conv4j.graph.Conv2d;
import conv4j.graph.Operation;
import conv4j.graph.Reduce;
import conv4j.graph.UnaryFunction;
import conv4j.graph.Value;
import conv4j.initializers.Constant;
import conv4j.shape.Padding;
import conv4j.shape.Shape;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings of layers at their limits and beyond, set in a program or read from a file. */
class LayerSettingsTest {

    private static void assertRefused(String said, Executable making) {
        String message = assertThrows(IllegalArgumentException.class, making).getMessage();
        assertTrue(message.contains(said), message);
    }

    private static Shape output(Layer layer, int... input) {
        return layer.outputShape(List.of(Shape.of(input)));
    }

    private static RecordingContext called(Layer layer, boolean training, int... input) {
        RecordingContext context = new RecordingContext(training);
        layer.call(context, List.of(Value.input("x", Shape.of(input))));
        return context;
    }

    @Test
    void batchNormalizationHasRanges() {
        assertEquals(0.0, new BatchNormalization().momentum(0).config().get("momentum"));
        assertEquals(1.0, new BatchNormalization().momentum(1).config().get("momentum"));
        assertRefused("-0.1", () -> new BatchNormalization().momentum(-0.1));
        assertRefused("1.1", () -> new BatchNormalization().momentum(1.1));
        assertRefused("NaN", () -> new BatchNormalization().momentum(Double.NaN));
        assertRefused("0.0", () -> new BatchNormalization().epsilon(0));
        assertRefused("NaN", () -> new BatchNormalization().epsilon(Double.NaN));
        assertRefused("Infinity", () -> new BatchNormalization().epsilon(Double.POSITIVE_INFINITY));
        assertRefused("1.0E-60", () -> new BatchNormalization().epsilon(1e-60));
        assertDoesNotThrow(() -> new BatchNormalization().epsilon(Float.MIN_VALUE));
    }

    @Test
    void batchNormalizationRunsOverTheLastAxis() {
        for (Object axis : new Object[] {-1, 3, List.of(3), List.of(-1)}) {
            Layer layer = Layers.fromConfig("BatchNormalization", Map.of("axis", axis));
            assertEquals(Shape.of(4, 5, 6), output(layer, 4, 5, 6));
        }
        assertRefused("axis is 1", () -> output(Layers.fromConfig("BatchNormalization", Map.of("axis", 1)), 4, 5, 6));
        for (List<?> axes : List.of(List.of(), List.of(1, 2))) {
            assertRefused("but was given " + axes, () -> Layers.fromConfig("BatchNormalization", Map.of("axis", axes)));
        }
        assertRefused("single number", () -> output(new BatchNormalization()));
    }

    @Test
    void layerNormalizationRunsOverLastAxes() {
        for (Object axis : new Object[] {-1, 3, List.of(3), List.of(2, 3), List.of(-1, -2, -3)}) {
            Layer layer = Layers.fromConfig("LayerNormalization", Map.of("axis", axis));
            assertEquals(Shape.of(4, 5, 6), output(layer, 4, 5, 6));
        }
        for (int[] axes : new int[][] {{1}, {1, 3}, {0}, {}, {-4}, {3, 3}}) {
            assertRefused(
                    "axis is " + Arrays.toString(axes), () -> output(new LayerNormalization().axis(axes), 4, 5, 6));
        }
        assertRefused("rms_scaling", () -> Layers.fromConfig("LayerNormalization", Map.of("rms_scaling", true)));
    }

    @Test
    void groupNormalizationHasGroupsOfChannels() {
        assertEquals(Shape.of(4, 5, 6), output(new GroupNormalization(3), 4, 5, 6));
        assertRefused("divide into 4 groups", () -> output(new GroupNormalization(4), 4, 5, 6));
        assertRefused("divide into 32 groups", () -> output(new GroupNormalization(), 4, 5, 6));
        assertRefused("groups", () -> new GroupNormalization(0));
        assertRefused("axis 1", () -> Layers.fromConfig("GroupNormalization", Map.of("axis", 1)));
    }

    @Test
    void batchNormalizationBeginsAsItIsTold() {
        RecordingContext context = called(
                new BatchNormalization().betaInitializer(new Constant(2)).gammaInitializer(new Constant(3)), true, 4);
        assertEquals(new Constant(2), context.initializers.get(context.parameters.get("beta")));
        assertEquals(new Constant(3), context.initializers.get(context.parameters.get("gamma")));
        RecordingContext fixed = called(new BatchNormalization().center(false).scale(false), true, 4);
        assertEquals(Map.of(), fixed.parameters);
        assertEquals(2, fixed.constants.size());
    }

    @Test
    void axesAreCountedWithTheBatch() {
        List<Shape> parts = List.of(Shape.of(2, 3), Shape.of(4, 3));
        assertEquals(Shape.of(6, 3), new Concatenate(1).outputShape(parts));
        assertEquals(Shape.of(6, 3), new Concatenate(-2).outputShape(parts));
        List<Shape> others = List.of(Shape.of(2, 3), Shape.of(2, 5));
        assertEquals(Shape.of(2, 8), new Concatenate(2).outputShape(others));
        assertRefused(
                "there is no axis 3 to join along; the last one is 2", () -> new Concatenate(3).outputShape(parts));
        assertRefused("has no axis -3", () -> new Concatenate(-3).outputShape(parts));
    }

    /** o = s (i - 1) + k - 2 p + a, with full padding p = k - 1. */
    @ParameterizedTest
    @CsvSource({"4, 3, 1, 1, 0, 2", "5, 3, 2, 1, 0, 7", "5, 3, 2, 1, 1, 8", "5, 2, 3, 1, 2, 14", "7, 3, 1, 2, 0, 3"})
    void aTransposedConvolutionMayUndoFullPadding(
            int input, int kernel, int stride, int dilation, int appended, int output) {
        Conv2DTranspose layer = new Conv2DTranspose(1, kernel)
                .strides(stride)
                .dilationRate(dilation)
                .padding(Padding.FULL)
                .outputPadding(appended);
        assertEquals(Shape.of(output, output, 1), output(layer, input, input, 1));
        Conv2d.InputGradient operation = (Conv2d.InputGradient)
                called(layer, true, input, input, 1).graph.operations().get(0);
        assertEquals((kernel - 1) * dilation, operation.geometry().rows().padLow());
        assertEquals(input, operation.geometry().rows().output());
    }

    @Test
    void aTransposedConvolutionRefusesOutputsThatAreEmptyAndPaddingOfAStrideOrMore() {
        assertRefused("would have 0 positions", () -> output(new Conv2DTranspose(1, 3).padding(Padding.FULL), 2, 2, 1));
        assertEquals(Shape.of(1, 1, 1), output(new Conv2DTranspose(1, 3).padding(Padding.FULL), 3, 3, 1));
        assertRefused("is 2 with stride 2", () -> output(transposed(2, 2), 5, 5, 1));
        assertRefused("is 1 with stride 1", () -> output(transposed(1, 1), 5, 5, 1));
        assertRefused("is -1 with stride 2", () -> output(transposed(2, -1), 5, 5, 1));
        assertEquals(Shape.of(12, 12, 1), output(transposed(2, 1), 5, 5, 1));
        assertEquals(Shape.of(7, 7, 1), output(transposed(1, 0), 5, 5, 1));
    }

    private static Conv2DTranspose transposed(int stride, int appended) {
        return new Conv2DTranspose(1, 3).strides(stride).outputPadding(appended);
    }

    @Test
    void aTransposedConvolutionRefusesSizesBeyondIntAsBadArguments() {
        int max = Integer.MAX_VALUE;
        for (String padding : new String[] {"valid", "same", "full"}) {
            assertRefused(
                    "conv2d_transpose",
                    () -> output(new Conv2DTranspose(1, max).dilationRate(max).padding(padding), 9, 9, 1));
            assertRefused(
                    "conv2d_transpose",
                    () -> output(new Conv2DTranspose(1, 3).strides(max).padding(padding), 9, 9, 1));
        }
    }

    @Test
    void marginsLieBetweenNothingAndTheWholeImage() {
        for (int side = 0; side < 4; side++) {
            int[] m = new int[4];
            m[side] = -1;
            assertRefused("-1", () -> new Cropping2D(m[0], m[1], m[2], m[3]));
            assertRefused("-1", () -> new ZeroPadding2D(m[0], m[1], m[2], m[3]));
        }
        assertEquals(Shape.of(3, 3, 1), output(new Cropping2D(0), 3, 3, 1));
        assertEquals(Shape.of(3, 3, 1), output(new ZeroPadding2D(0), 3, 3, 1));
        assertEquals(Shape.of(1, 1, 2), output(new Cropping2D(1, 2, 3, 1), 4, 5, 2));
        assertRefused("leaves nothing", () -> output(new Cropping2D(2, 2, 0, 0), 4, 5, 2));
        assertRefused("leaves nothing", () -> output(new Cropping2D(0, 0, 4, 1), 4, 5, 2));
        int max = Integer.MAX_VALUE;
        assertRefused("leaves nothing", () -> output(new Cropping2D(max, max, 0, 0), 4, 5, 2));
        assertRefused("larger than 2147483647", () -> output(new ZeroPadding2D(max, max, 0, 0), 4, 5, 2));
    }

    @Test
    void rectifiersHaveParametersOfZeroOrMore() {
        assertDoesNotThrow(() -> new ReLU(0, 0, 0));
        assertRefused("-1.0", () -> new ReLU(-1, 0, 0));
        assertRefused("-2.0", () -> new ReLU(1, -2, 0));
        assertRefused("-3.0", () -> new ReLU(1, 0, -3));
        assertRefused("NaN", () -> new ReLU(Float.NaN, 0, 0));
        assertDoesNotThrow(() -> new LeakyReLU(0));
        assertRefused("-0.1", () -> new LeakyReLU(-0.1));
        assertRefused("NaN", () -> new LeakyReLU(Double.NaN));
    }

    @Test
    void reshapeFillsItsOneOpenExtent() {
        assertEquals(Shape.of(4, 3), output(new Reshape(-1, 3), 12));
        assertEquals(Shape.of(12), output(new Reshape(-1), 3, 4));
        assertEquals(Shape.of(1, 12), output(new Reshape(1, -1), 3, 4));
        assertRefused(
                "12 elements do not fill the target shape [-1, 5], which needs a multiple of 5",
                () -> output(new Reshape(-1, 5), 12));
        assertRefused(
                "12 elements do not fill the target shape [4, 4], which needs 16", () -> output(new Reshape(4, 4), 12));
        assertRefused("[0]", () -> new Reshape(0));
        assertRefused("[3, -2]", () -> new Reshape(3, -2));
        assertRefused("[-1, -1]", () -> new Reshape(-1, -1));
        assertRefused("larger than 2147483647", () -> output(new Reshape(1 << 30, 1 << 30, 1 << 30), 12));
    }

    @Test
    void aReshapeToTheSameShapeNeedsNoOperation() {
        assertEquals(List.of(), called(new Reshape(3, 4), true, 3, 4).graph.operations());
        assertEquals(1, called(new Reshape(4, 3), true, 3, 4).graph.operations().size());
    }

    @Test
    void anIdentityNeedsNoOperation() {
        assertEquals(List.of(), called(new Activation("linear"), true, 4).graph.operations());
        assertEquals(List.of(), called(new Dropout(0), true, 4).graph.operations());
        assertEquals(
                1, called(new Activation("softmax"), true, 4).graph.operations().size());
        List<Operation> dense =
                called(new Dense(2).useBias(false), true, 4).graph.operations();
        assertEquals(1, dense.size(), "no bias, no activation");
    }

    @Test
    void denseLayersAndSoftmaxNeedAnAxis() {
        assertRefused("single number", () -> output(new Dense(3)));
        assertRefused("axis is 1", () -> Layers.fromConfig("Softmax", Map.of("axis", 1)));
        assertEquals(Shape.of(4), output(Layers.fromConfig("Softmax", Map.of("axis", -1)), 4));
    }

    @Test
    void activationsOfAFileAreNamesOrActivationLayers() {
        assertEquals("relu6", activation(Map.of("class_name", "ReLU", "config", Map.of("max_value", 6))));
        assertEquals("tanh", activation("tanh"));
        assertEquals("linear", activation(null));
        assertRefused(
                "Flatten cannot be used as an activation",
                () -> activation(Map.of("class_name", "Flatten", "config", Map.of("name", "f"))));
        assertRefused("there is no activation 'flatten'", () -> activation("flatten"));
    }

    private static Object activation(Object written) {
        Map<String, Object> config = new HashMap<>(Map.of("units", 3));
        config.put("activation", written);
        return Layers.fromConfig("Dense", config).config().get("activation");
    }

    @Test
    void initializersOfAFileAreKept() {
        Layer layer = Layers.fromConfig("Dense", Map.of("units", 3, "kernel_initializer", "ones"));
        assertEquals("Ones", ((Map<?, ?>) layer.config().get("kernel_initializer")).get("class_name"));
        Layer standard = Layers.fromConfig("Dense", Map.of("units", 3));
        assertEquals("GlorotUniform", ((Map<?, ?>) standard.config().get("kernel_initializer")).get("class_name"));
    }

    @Test
    void ordersOfAxesNeedEveryAxisOnce() {
        String needed = "Permute needs every number from 1 to the number of axes once, but was given ";
        for (int[] wrong : new int[][] {{0, 1}, {1, 1}, {2, 3}, {1, 3}, {-1}}) {
            assertRefused(needed + Arrays.toString(wrong), () -> new Permute(wrong));
        }
        assertEquals(Shape.of(3, 5, 4), output(new Permute(3, 2, 1), 4, 5, 3));
        assertRefused(
                "an input of 2 axes is needed for the order [2, 1], but it has 3",
                () -> output(new Permute(2, 1), 4, 5, 3));
    }

    @Test
    void distancesWithinPoolsAreWrittenWhereThereAreSome() {
        assertNull(new MaxPooling2D(2).config().get("dilation_rate"));
        MaxPooling2D pool = new MaxPooling2D(2);
        assertSame(pool, pool.dilationRate(2));
        assertEquals(List.of(2, 2), pool.config().get("dilation_rate"));
        assertEquals(List.of(1, 3), pool.dilationRate(1, 3).config().get("dilation_rate"));
        assertEquals(List.of(3, 1), pool.dilationRate(3, 1).config().get("dilation_rate"));
    }

    @Test
    void functionsAreThoseOfTheirLayers() {
        assertEquals(Binary.Function.DIVIDE, joined(new Divide()));
        assertEquals(Binary.Function.MAXIMUM, joined(new Maximum()));
        assertEquals(Binary.Function.MINIMUM, joined(new Minimum()));
        assertEquals(Binary.Function.SUBTRACT, joined(new Subtract()));
        UnaryFunction function = new UnaryFunction(UnaryFunction.Kind.AFFINE, 2, 3);
        assertSame(function, new Elementwise(function).function());
        assertRefused(
                "Weighted has no function 'ROOT'; it has [ADD, ",
                () -> Layers.fromConfig("Weighted", Map.of("function", "root", "weight_shape", List.of(1))));
        assertRefused(
                "Elementwise has no function 'root'; it has [absolute, affine, ",
                () -> Layers.fromConfig("Elementwise", Map.of("function", "root")));
        UnknownLayerException unknown =
                assertThrows(UnknownLayerException.class, () -> Layers.fromConfig("Conv9D", Map.of()));
        assertEquals("Conv9D", unknown.className());
    }

    private static Binary.Function joined(Layer layer) {
        RecordingContext context = new RecordingContext(true);
        layer.call(context, List.of(Value.input("a", Shape.of(3)), Value.input("b", Shape.of(3))));
        return ((Binary) context.graph.operations().get(0)).function();
    }

    /** Only limits may be missing. */
    @Test
    void parametersOfAFunctionAreZeroUnlessTheyAreLimits() {
        UnaryFunction clip = ((Elementwise) Layers.fromConfig("Elementwise", Map.of("function", "clip"))).function();
        assertEquals(Float.NEGATIVE_INFINITY, clip.alpha());
        assertEquals(Float.POSITIVE_INFINITY, clip.beta());
        UnaryFunction affine =
                ((Elementwise) Layers.fromConfig("Elementwise", Map.of("function", "affine"))).function();
        assertEquals(0, affine.alpha());
        assertEquals(0, affine.beta());
    }

    /** The mean of one number is the number itself. */
    @Test
    void meansOfSingleNumbersAreNotComputed() {
        long many = means(new LayerNormalization(), 4);
        assertEquals(2, many);
        assertEquals(0, means(new LayerNormalization(), 1));
    }

    private static long means(Layer layer, int columns) {
        return called(layer, true, 5, columns).graph.operations().stream()
                .filter(Reduce.class::isInstance)
                .count();
    }

    @Test
    void theAxesOfALayerNormalizationAreWrittenAsTheyWereGiven() {
        assertEquals(-1, new LayerNormalization().config().get("axis"));
        assertEquals(List.of(2, 3), new LayerNormalization().axis(2, 3).config().get("axis"));
        assertRefused(
                "last ones of the input's 3 (with the batch 4)",
                () -> output(new LayerNormalization().axis(1), 4, 5, 6));
    }

    @Test
    void namesAreWordsWithoutSlashes() {
        for (String wrong : new String[] {null, "", " ", "/", "/a", "a/"}) {
            assertRefused("'" + wrong + "'", () -> new Flatten().name(wrong));
        }
        Layer layer = new Flatten();
        assertSame(layer, layer.name("a"));
        assertSame(layer, layer.trainable(false));
        assertEquals("a (Flatten, input (3,))", layer.describe(List.of(Shape.of(3))));
        assertEquals("a (Flatten)", layer.describe(List.of()));
        assertEquals("a (Flatten, inputs (3,), (4,))", layer.describe(List.of(Shape.of(3), Shape.of(4))));
    }

    @Test
    void inputsAreReadFromBothOfKerasArguments() {
        List<Integer> batchShape = Arrays.asList(null, 3, 4);
        for (String key : new String[] {"batch_shape", "batch_input_shape"}) {
            Input input = (Input) Layers.fromConfig("InputLayer", Map.of(key, batchShape));
            assertEquals(Shape.of(3, 4), input.shape());
            assertEquals("InputLayer", input.className());
        }
        assertEquals(
                Shape.SCALAR,
                ((Input) Layers.fromConfig("InputLayer", Map.of("batch_shape", Collections.singletonList(null))))
                        .shape());
        assertRefused("batch_shape", () -> Layers.fromConfig("InputLayer", Map.of()));
        assertRefused("batch_shape", () -> Layers.fromConfig("InputLayer", Map.of("batch_shape", List.of())));
        assertRefused(
                "whole number",
                () -> Layers.fromConfig("InputLayer", Map.of("batch_shape", Arrays.asList(null, null, 3))));
        Value value = new Input(3, 4).name("x").call(new RecordingContext(true), List.of());
        assertEquals("x (batch) x (3, 4)", value.toString());
        assertEquals(Value.Role.INPUT, value.role());
    }
}
