package conv4j.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import conv4j.graph.BatchNormalization.Inference;
import conv4j.graph.Conv2d;
import conv4j.graph.Operation;
import conv4j.graph.Value;
import conv4j.shape.Padding;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class LayersTest {
    static List<LayerCases.Case> cases() {
        return LayerCases.all();
    }

    @Test
    void everyLayerHasACase() {
        Set<String> covered = new HashSet<>();
        cases().forEach(each -> covered.add(each.layer().className()));
        covered.add("InputLayer");
        assertEquals(Layers.classNames(), covered);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void theDeclaredShapeIsTheOneCountedByHand(LayerCases.Case each) {
        assertEquals(each.output(), each.layer().outputShape(each.inputs()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void whatIsComputedHasTheDeclaredShape(LayerCases.Case each) {
        for (boolean training : new boolean[] {true, false}) {
            RecordingContext context = new RecordingContext(training);
            Value output = each.layer().call(context, inputs(each.inputs()));
            assertEquals(each.output(), output.shape());
            assertTrue(output.batched());
            int learnt = context.parameters.values().stream()
                    .mapToInt(value -> value.shape().size())
                    .sum();
            assertEquals(each.parameters(), learnt, "numbers that are learnt");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void configurationsMakeTheSameLayerAgain(LayerCases.Case each) {
        Layer layer = each.layer();
        assertEquals(
                List.of("name", "trainable"), new ArrayList<>(layer.config().keySet()).subList(0, 2));
        assertSameLayer(layer, Layers.fromConfig(layer.className(), layer.config()), each);
    }

    /** Numbers come back from JSON as doubles, and nulls are left out. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void configurationsSurviveJson(LayerCases.Case each) {
        Layer layer = each.layer();
        String json = new Gson().toJson(layer.config());
        @SuppressWarnings("unchecked")
        Map<String, Object> read = new Gson().fromJson(json, Map.class);
        assertSameLayer(layer, Layers.fromConfig(layer.className(), read), each);
    }

    private static void assertSameLayer(Layer layer, Layer again, LayerCases.Case each) {
        assertNotSame(layer, again);
        assertSame(layer.getClass(), again.getClass());
        assertEquals(layer.config(), again.config());
        assertEquals(each.output(), again.outputShape(each.inputs()));
        assertEquals(emitted(layer, each), emitted(again, each));
    }

    /** Kinds and all sizes and constants of the operations, and how the parameters begin. */
    private static String emitted(Layer layer, LayerCases.Case each) {
        RecordingContext context = new RecordingContext(true);
        layer.call(context, inputs(each.inputs()));
        List<Object> initializers = new ArrayList<>();
        context.initializers.forEach((value, how) -> initializers.add(value + how.className() + how.config()));
        return context.graph.operations() + " " + initializers;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void wrongShapesAreRefusedWithTheLayerAndTheShapes(LayerCases.Case each) {
        for (List<Shape> wrong : each.wrong()) {
            Layer layer = each.layer();
            String message = assertThrows(IllegalArgumentException.class, () -> layer.outputShape(wrong))
                    .getMessage();
            assertTrue(message.startsWith("it (" + layer.className() + ", input"), message);
            wrong.forEach(shape -> assertTrue(message.contains(shape.toString()), message));
            assertTrue(message.contains(";") || message.contains("need"), message);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void argumentsThatALayerDoesNotHaveAreRefused(LayerCases.Case each) {
        Map<String, Object> config = new HashMap<>(each.layer().config());
        config.put("kernel_constraint", Map.of("class_name", "MaxNorm", "config", Map.of("max_value", 2)));
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> Layers.fromConfig(each.layer().className(), config))
                .getMessage();
        assertTrue(message.contains(each.layer().className()) && message.contains("kernel_constraint"), message);
    }

    @Test
    void aWindowThatDoesNotFitIsRefusedWithTheNameOfTheLayer() {
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> new Conv2D(8, 7).name("conv1").apply(Input.of(5, 5, 1)))
                .getMessage();
        assertTrue(message.startsWith("conv1 (Conv2D, input (5, 5, 1)): a window of extent 7"), message);
        assertTrue(message.contains("use padding"), message);
    }

    @Test
    void sizesThatOverflowAreRefusedAsBadArguments() {
        String message = assertThrows(IllegalArgumentException.class, () -> new UpSampling2D(1 << 20)
                        .outputShape(List.of(Shape.of(1 << 15, 1, 1))))
                .getMessage();
        assertTrue(message.startsWith("up_sampling2d (UpSampling2D, input (32768, 1, 1))"), message);
        assertThrows(
                IllegalArgumentException.class,
                () -> new Conv2D(1, 1 << 20).dilationRate(1 << 20).outputShape(List.of(Shape.of(3, 3, 1))));
    }

    @Test
    void impossibleSettingsAreRefusedAtOnce() {
        assertRefused("Conv2D", () -> new Conv2D(0, 3));
        assertRefused("kernel height", () -> new Conv2D(3, 0));
        assertRefused("stride", () -> new MaxPooling2D(2).strides(0));
        assertRefused("units", () -> new Dense(-1));
        assertRefused("[0, 1)", () -> new Dropout(1));
        assertRefused("'rlu'", () -> new Dense(3).activation("rlu"));
        assertRefused("'SMAE'", () -> new Conv2D(3, 3).padding("SMAE"));
        assertRefused("axis 0", () -> new Concatenate(0));
        assertRefused("-1", () -> new Reshape(-1, -1));
        assertRefused("area", () -> new UpSampling2D().interpolation("area"));
        assertRefused("'/'", () -> new Flatten().name("a/b"));
        assertRefused("channels_first", () -> Layers.fromConfig("Flatten", Map.of("data_format", "channels_first")));
        assertRefused("filters", () -> Layers.fromConfig("Conv2D", Map.of("kernel_size", 3)));
        assertRefused("2.5", () -> Layers.fromConfig("Dense", Map.of("units", 2.5)));
        assertRefused("'Lambda'", () -> Layers.fromConfig("Lambda", Map.of()));
    }

    private static void assertRefused(String said, Runnable code) {
        String message = assertThrows(IllegalArgumentException.class, code::run).getMessage();
        assertTrue(message.contains(said), message);
    }

    @ParameterizedTest
    @CsvSource({
        "Conv2D, conv2d",
        "MaxPooling2D, max_pooling2d",
        "LeakyReLU, leaky_re_lu",
        "ReLU, re_lu",
        "PReLU, p_re_lu",
        "DepthwiseConv2D, depthwise_conv2d",
        "GlobalAveragePooling2D, global_average_pooling2d",
        "ELU, elu",
        "BatchNormalization, batch_normalization",
        "InputLayer, input_layer",
        "Conv2DTranspose, conv2d_transpose",
        "UpSampling2D, up_sampling2d"
    })
    void snakeCaseIsThatOfKeras(String className, String expected) {
        assertEquals(expected, Layers.snakeCase(className));
    }

    @Test
    void parametersHaveTheLayoutsOfKeras() {
        assertEquals(
                Map.of("kernel", Shape.of(3, 5, 2, 8), "bias", Shape.of(8)),
                parameters(new Conv2D(8, 3, 5).groups(2), Shape.of(9, 9, 4)));
        assertEquals(
                Map.of("kernel", Shape.of(3, 5, 8, 4), "bias", Shape.of(8)),
                parameters(new Conv2DTranspose(8, 3, 5), Shape.of(9, 9, 4)));
        assertEquals(
                Map.of("kernel", Shape.of(3, 5, 4, 2), "bias", Shape.of(8)),
                parameters(new DepthwiseConv2D(3, 5).depthMultiplier(2), Shape.of(9, 9, 4)));
        assertEquals(
                Map.of(
                        "depthwise_kernel",
                        Shape.of(3, 5, 4, 2),
                        "pointwise_kernel",
                        Shape.of(1, 1, 8, 6),
                        "bias",
                        Shape.of(6)),
                parameters(new SeparableConv2D(6, 3, 5).depthMultiplier(2), Shape.of(9, 9, 4)));
        assertEquals(Map.of("kernel", Shape.of(4, 7), "bias", Shape.of(7)), parameters(new Dense(7), Shape.of(9, 4)));
        RecordingContext context = new RecordingContext(true);
        new BatchNormalization().call(context, inputs(List.of(Shape.of(2, 2, 4))));
        assertEquals(List.of("gamma", "beta"), List.copyOf(context.parameters.keySet()));
        assertEquals(List.of("moving_mean", "moving_variance"), List.copyOf(context.states.keySet()));
    }

    private static Map<String, Shape> parameters(Layer layer, Shape input) {
        RecordingContext context = new RecordingContext(true);
        layer.call(context, inputs(List.of(input)));
        Map<String, Shape> shapes = new HashMap<>();
        context.parameters.forEach((name, value) -> shapes.put(name, value.shape()));
        return shapes;
    }

    /** TensorFlow defines it so: the gradient of the "same" convolution of an image that is stride times as large. */
    @Test
    void transposedSameConvolutionBelongsToTheDirectOneOfItsOutput() {
        for (int kernel = 1; kernel <= 5; kernel++) {
            for (int stride = 1; stride <= 4; stride++) {
                for (int dilation = 1; dilation <= (stride == 1 ? 3 : 1); dilation++) {
                    RecordingContext context = new RecordingContext(true);
                    new Conv2DTranspose(1, kernel)
                            .strides(stride)
                            .dilationRate(dilation)
                            .padding("same")
                            .useBias(false)
                            .call(context, inputs(List.of(Shape.of(5, 5, 1))));
                    Conv2d.InputGradient transposed =
                            (Conv2d.InputGradient) context.graph.operations().get(0);
                    assertEquals(
                            Padding.SAME.rows(5 * stride, kernel, stride, dilation),
                            transposed.geometry().rows());
                }
            }
        }
    }

    @Test
    void dropoutDoesNothingOutsideTraining() {
        RecordingContext context = new RecordingContext(false);
        List<Value> inputs = inputs(List.of(Shape.of(4)));
        assertSame(inputs.get(0), new Dropout(0.5).call(context, inputs));
        assertEquals(List.of(), context.graph.operations());
    }

    @Test
    void everyDropoutHasAStreamOfItsOwn() {
        RecordingContext context = new RecordingContext(true);
        List<Value> inputs = inputs(List.of(Shape.of(4)));
        Dropout layer = new Dropout(0.5);
        layer.call(context, inputs);
        layer.call(context, inputs);
        Set<Integer> streams = new HashSet<>();
        for (Operation operation : context.graph.operations()) {
            streams.add(((conv4j.graph.Dropout) operation).stream());
        }
        assertEquals(Set.of(0, 1), streams);
    }

    @Test
    void frozenBatchNormalizationUsesItsMovingAveragesInTrainingToo() {
        Operation frozen = onlyOperation(new BatchNormalization().trainable(false), true);
        assertTrue(frozen instanceof Inference, frozen.name());
        assertTrue(onlyOperation(new BatchNormalization(), false) instanceof Inference);
        assertFalse(onlyOperation(new BatchNormalization(), true) instanceof Inference);
    }

    private static Operation onlyOperation(Layer layer, boolean training) {
        RecordingContext context = new RecordingContext(training);
        layer.call(context, inputs(List.of(Shape.of(3))));
        assertEquals(1, context.graph.operations().size());
        return context.graph.operations().get(0);
    }

    @Test
    void activationsAreWrittenByNameOrWithTheirParameters() {
        assertEquals(
                "leaky_relu", new Dense(1).activation("leaky_relu").config().get("activation"));
        assertEquals(
                "leaky_relu",
                new Dense(1)
                        .activation(conv4j.graph.Activation.leakyRelu(0.2f))
                        .config()
                        .get("activation"));
        assertEquals("swish", new Dense(1).activation("silu").config().get("activation"));
        assertEquals(
                0.1,
                ((Map<?, ?>) ((Map<?, ?>) new Dense(1)
                                        .activation(conv4j.graph.Activation.leakyRelu(0.1f))
                                        .config()
                                        .get("activation"))
                                .get("config"))
                        .get("negative_slope"));
    }

    @Test
    void tensorsKnowTheirShapeAndWhatTheyAreMadeOf() {
        Tensor input = Input.of(8, 8, 3);
        Conv2D conv = new Conv2D(3, 3).padding(Padding.SAME).name("conv");
        Tensor convolved = conv.apply(input);
        Tensor sum = new Add().apply(input, convolved);
        assertEquals(Shape.of(8, 8, 3), sum.shape());
        assertEquals(List.of(input, convolved), sum.inputs());
        assertSame(conv, convolved.layer());
        assertEquals("conv (Conv2D, input (8, 8, 3)) -> (8, 8, 3)", convolved.toString());
        assertThrows(IllegalArgumentException.class, () -> new Add().apply(input, Input.of(8, 8, 4)));
        assertThrows(IllegalArgumentException.class, () -> new Input(3).apply(input));
    }

    @Test
    void inputsAreWrittenWithABatchAxis() {
        Input input = new Input(32, 30, 3);
        Map<String, Object> config = input.name("in").config();
        List<Object> batchShape = new ArrayList<>();
        batchShape.add(null);
        batchShape.addAll(List.of(32, 30, 3));
        assertEquals(batchShape, config.get("batch_shape"));
        Layer again = Layers.fromConfig("InputLayer", config);
        assertEquals(input.shape(), again.outputShape(List.of()));
        assertEquals("in", again.name());
    }

    private static List<Value> inputs(List<Shape> shapes) {
        return shapes.stream().map(shape -> Value.input("x", shape)).toList();
    }
}
