package conv4j.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.google.gson.JsonObject;
import conv4j.data.Normalization;
import conv4j.layers.Add;
import conv4j.layers.Conv2D;
import conv4j.layers.Dense;
import conv4j.layers.DepthwiseConv2D;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.layers.Layer;
import conv4j.layers.ReLU;
import conv4j.layers.SeparableConv2D;
import conv4j.layers.Tensor;
import conv4j.losses.Loss;
import conv4j.losses.MeanSquaredError;
import conv4j.losses.SparseCategoricalCrossentropy;
import conv4j.metrics.Accuracy;
import conv4j.metrics.MeanAbsoluteError;
import conv4j.model.Model;
import conv4j.model.Sequential;
import conv4j.optimizers.Adam;
import conv4j.optimizers.Optimizer;
import conv4j.optimizers.RMSprop;
import conv4j.optimizers.SGD;
import conv4j.regularizers.L2;
import conv4j.schedules.CosineDecay;
import conv4j.schedules.LinearWarmup;
import conv4j.shape.Padding;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The configuration that is written of a model, as Keras would write it. */
class WrittenGraphTest {

    private static JsonObject config(Model model) {
        try (model) {
            return WrittenGraph.of(model).config();
        }
    }

    private static JsonObject layer(JsonObject model, int index) {
        return model.getAsJsonObject("config")
                .getAsJsonArray("layers")
                .get(index)
                .getAsJsonObject();
    }

    private static JsonObject settings(JsonObject layer) {
        return layer.getAsJsonObject("config");
    }

    private static String json(String text) {
        return text.replace('\'', '"');
    }

    @Test
    void aSequentialIsAListOfLayers() {
        JsonObject model = config(new Sequential("s", new Input(4).name("in"), new ReLU().name("r")));
        assertEquals(json("'Sequential'"), model.get("class_name").toString());
        assertEquals(json("'keras'"), model.get("module").toString());
        assertEquals(true, model.get("registered_name").isJsonNull());
        assertEquals(json("'s'"), settings(model).get("name").toString());
        assertEquals(json("true"), settings(model).get("trainable").toString());
        assertEquals(json("'keras.layers'"), layer(model, 1).get("module").toString());
        assertEquals(json("'float32'"), settings(layer(model, 1)).get("dtype").toString());
        assertEquals("null", layer(model, 1).get("registered_name").toString());
        assertNull(layer(model, 1).get("inbound_nodes"));
        assertNull(settings(model).get("output_layers"));
    }

    @Test
    void usesOfLayersAreNumbered() {
        Tensor input = new Input(4).name("in").tensor();
        Layer shared = new ReLU().name("r");
        Tensor once = shared.apply(input);
        Tensor twice = shared.apply(once);
        JsonObject model = config(new Model("f", input, new Add().name("sum").apply(once, twice)));
        assertEquals(json("'Functional'"), model.get("class_name").toString());
        assertEquals(json("'keras.src.models.functional'"), model.get("module").toString());
        assertEquals(json("'Functional'"), model.get("registered_name").toString());
        assertEquals(json("['in',0,0]"), settings(model).get("input_layers").toString());
        assertEquals(json("['sum',0,0]"), settings(model).get("output_layers").toString());
        assertEquals(json("[]"), layer(model, 0).get("inbound_nodes").toString());
        String tensor = "{'class_name':'__keras_tensor__','config':{'shape':[null,4],'dtype':'float32',"
                + "'keras_history':['%s',%d,0]}}";
        assertEquals(json("'r'"), layer(model, 1).get("name").toString());
        assertEquals(
                json("[{'args':[" + String.format(tensor, "in", 0) + "],'kwargs':{}},{'args':["
                        + String.format(tensor, "r", 0) + "],'kwargs':{}}]"),
                layer(model, 1).get("inbound_nodes").toString());
        assertEquals(
                json("[{'args':[[" + String.format(tensor, "r", 0) + "," + String.format(tensor, "r", 1)
                        + "]],'kwargs':{}}]"),
                layer(model, 2).get("inbound_nodes").toString());
    }

    @Test
    void layersThatAreAddedHaveNamesThatAreFree() {
        Model model = new Sequential(
                "s",
                new Input(4, 4, 1).name("rescaling"),
                new Conv2D(1, 2).padding(Padding.explicit(1, 2, 3, 4)).name("c"),
                new ReLU().name("c_padding"));
        model.normalization(Normalization.ofRaw(new double[] {0.5}, new double[] {0.25}));
        JsonObject written = config(model);
        assertEquals(
                json("'rescaling_1'"), settings(layer(written, 1)).get("name").toString());
        assertEquals(
                json("'c_padding_1'"), settings(layer(written, 2)).get("name").toString());
        assertEquals(
                json("[[1,2],[3,4]]"),
                settings(layer(written, 2)).get("padding").toString());
        assertEquals(json("'valid'"), settings(layer(written, 3)).get("padding").toString());
    }

    @Test
    void paddingOfAFunctionalModelIsALayerWithItsShape() {
        Tensor input = new Input(4, 5, 2).name("in").tensor();
        Layer conv =
                new Conv2D(1, 2, 3).dilationRate(2, 1).padding(Padding.FULL).name("c");
        JsonObject model = config(new Model("f", input, new ReLU().apply(conv.apply(input))));
        assertEquals(
                json("[[2,2],[2,2]]"), settings(layer(model, 1)).get("padding").toString());
        String inbound = layer(model, 2).get("inbound_nodes").toString();
        assertEquals(true, inbound.contains(json("'shape':[null,8,9,2]")), inbound);
        assertEquals(true, inbound.contains(json("['c_padding',0,0]")), inbound);
        assertEquals(Shape.of(5, 9, 2), LayerWriter.padded(Shape.of(2, 2, 2), List.of(List.of(1, 2), List.of(3, 4))));
    }

    @Test
    void otherConvolutionsArePaddedBesideThemToo() {
        Model model = new Sequential(
                "s",
                new Input(4, 4, 2),
                new DepthwiseConv2D(2).padding(Padding.explicit(1, 0, 0, 1)),
                new SeparableConv2D(2, 2).padding(Padding.FULL));
        List<String> kinds = new ArrayList<>();
        config(model)
                .getAsJsonObject("config")
                .getAsJsonArray("layers")
                .forEach(layer ->
                        kinds.add(layer.getAsJsonObject().get("class_name").getAsString()));
        assertEquals(
                List.of("InputLayer", "ZeroPadding2D", "DepthwiseConv2D", "ZeroPadding2D", "SeparableConv2D"), kinds);
    }

    @Test
    void initializersAndRegularizersAreObjectsOfTheirModules() {
        JsonObject dense =
                layer(config(new Sequential("s", new Input(4), new Dense(2).kernelRegularizer(new L2(0.5)))), 1);
        assertEquals(
                json("'keras.initializers'"),
                settings(dense)
                        .getAsJsonObject("kernel_initializer")
                        .get("module")
                        .toString());
        JsonObject regularizer = settings(dense).getAsJsonObject("kernel_regularizer");
        assertEquals(json("'keras.regularizers'"), regularizer.get("module").toString());
        assertEquals(json("'L2'"), regularizer.get("class_name").toString());
        assertEquals(0.5, regularizer.getAsJsonObject("config").get("l2").getAsDouble());
    }

    @Test
    void oneNumberIsNoList() {
        assertEquals(0.5, LayerWriter.numbers(new float[] {0.5f}));
        assertEquals(List.of(0.5, 2.0), LayerWriter.numbers(new float[] {0.5f, 2}));
    }

    @Test
    void groupsOfOneClassAreNumberedFromTheSecondOn() {
        try (Model model = new Sequential(
                "s", new Input(4), new Dense(2).name("x"), new Dense(2).name("y"), new Dense(2).name("z"))) {
            WrittenGraph graph = WrittenGraph.of(model);
            assertEquals(
                    List.of("layers/input_layer", "layers/dense", "layers/dense_1", "layers/dense_2"),
                    graph.order().stream().map(graph.groups()::get).toList());
        }
    }

    private static List<String> order(Model model) {
        try (model) {
            return WrittenGraph.of(model).order().stream()
                    .map(WrittenGraph.Written::name)
                    .toList();
        }
    }

    /** Of in -> s -> a -> b -> sum and in -> c -> s -> sum. */
    private static List<String> orderOfShared(boolean deepFirst) {
        Tensor input = new Input(4).name("in").tensor();
        Layer shared = new ReLU().name("s");
        Tensor deep = new ReLU().name("b").apply(new ReLU().name("a").apply(shared.apply(input)));
        Tensor shallow = shared.apply(new ReLU().name("c").apply(input));
        Layer sum = new Add().name("sum");
        return order(new Model("f", input, deepFirst ? sum.apply(deep, shallow) : sum.apply(shallow, deep)));
    }

    /** Keras measures uses from the last one that its search finished to the first, so the order of inputs counts. */
    @Test
    void aSharedLayerIsAsDeepAsItsDeepestUseBefore() {
        assertEquals(List.of("in", "s", "a", "c", "b", "sum"), orderOfShared(true));
        assertEquals(List.of("in", "c", "s", "a", "b", "sum"), orderOfShared(false));
    }

    @Test
    void layersOfOneDepthComeAsASearchFromTheOutputMeetsThem() {
        Tensor input = new Input(4).name("in").tensor();
        Tensor left = new ReLU().name("left").apply(input);
        Tensor right = new ReLU().name("right").apply(input);
        assertEquals(
                List.of("in", "right", "left", "sum"),
                order(new Model("f", input, new Add().name("sum").apply(right, left))));
    }

    // Compile settings.

    private static JsonObject compiled(List<String> warnings, Optimizer optimizer, Loss loss) {
        try (Model model = new Sequential("s", new Input(4), new Dense(3))) {
            model.compile(optimizer, loss, new Accuracy(), new MeanAbsoluteError());
            return (JsonObject) CompileWriter.write(model, warnings);
        }
    }

    @Test
    void compileSettingsAreThoseOfKeras() {
        List<String> warnings = new ArrayList<>();
        JsonObject settings = compiled(warnings, new SGD(0.25), new SparseCategoricalCrossentropy(true, 0));
        assertEquals(List.of(), warnings);
        JsonObject optimizer = settings.getAsJsonObject("optimizer");
        assertEquals(json("'keras.optimizers'"), optimizer.get("module").toString());
        assertEquals(json("'SGD'"), optimizer.get("class_name").toString());
        assertEquals(0.25, settings(optimizer).get("learning_rate").getAsDouble());
        JsonObject loss = settings.getAsJsonObject("loss");
        assertEquals(json("'keras.losses'"), loss.get("module").toString());
        assertEquals(
                json("'sum_over_batch_size'"), settings(loss).get("reduction").toString());
        assertEquals(json("true"), settings(loss).get("from_logits").toString());
        assertEquals(
                json("'accuracy'"), settings.getAsJsonArray("metrics").get(0).toString());
        JsonObject error = settings.getAsJsonArray("metrics").get(1).getAsJsonObject();
        assertEquals(json("'MeanAbsoluteError'"), error.get("class_name").toString());
        assertEquals(json("'keras.metrics'"), error.get("module").toString());
        assertEquals("1", settings.get("steps_per_execution").toString());
        assertEquals("false", settings.get("jit_compile").toString());
        assertEquals("false", settings.get("run_eagerly").toString());
        assertEquals(true, settings.get("loss_weights").isJsonNull());
        assertEquals(true, settings.get("weighted_metrics").isJsonNull());
    }

    @Test
    void aModelWithoutMetricsHasNone() {
        try (Model model = new Sequential("s", new Input(4), new Dense(3))) {
            model.compile(new Adam(), new MeanSquaredError());
            JsonObject settings = (JsonObject) CompileWriter.write(model, new ArrayList<>());
            assertEquals(true, settings.get("metrics").isJsonNull());
        }
    }

    @Test
    void aWarmUpBelongsToItsCosine() {
        Optimizer optimizer = new Adam().learningRate(new LinearWarmup(0.001, 4, new CosineDecay(0.1, 10)));
        JsonObject settings = compiled(new ArrayList<>(), optimizer, new MeanSquaredError());
        JsonObject rate = settings(settings.getAsJsonObject("optimizer")).getAsJsonObject("learning_rate");
        assertEquals(json("'keras.optimizers.schedules'"), rate.get("module").toString());
        assertEquals(json("'CosineDecay'"), rate.get("class_name").toString());
        assertEquals(0.1, settings(rate).get("warmup_target").getAsDouble());
        assertEquals(0.001, settings(rate).get("initial_learning_rate").getAsDouble());
        assertEquals(4, settings(rate).get("warmup_steps").getAsInt());
    }

    @Test
    void whatKerasCannotBeToldIsSaidAndLeftOut() {
        Map<Optimizer, Loss> cases = Map.of(
                new RMSprop(0.1).epsilonOutside(true),
                new MeanSquaredError(),
                new SGD(0.1),
                new SparseCategoricalCrossentropy(true, 0.1));
        cases.forEach((optimizer, loss) -> {
            List<String> warnings = new ArrayList<>();
            assertNull(compiled(warnings, optimizer, loss));
            String what = optimizer instanceof RMSprop
                    ? "RMSprop with epsilonOutside"
                    : "SparseCategoricalCrossentropy with label smoothing";
            assertEquals(
                    List.of("Keras has no counterpart of " + what
                            + "; the file is written without compile settings and optimizer state"),
                    warnings);
        });
    }

    @Test
    void flattenedInputsKeepTheirShapesInReferences() {
        Tensor input = new Input(2, 3, 4).name("in").tensor();
        JsonObject model = config(new Model(
                "f", input, new ReLU().apply(new Flatten().name("flat").apply(input))));
        String inbound = layer(model, 2).get("inbound_nodes").toString();
        assertEquals(true, inbound.contains(json("'shape':[null,24]")), inbound);
    }
}
