package conv4j.keras;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import conv4j.data.Normalization;
import conv4j.graph.Binary;
import conv4j.graph.UnaryFunction;
import conv4j.graph.UnaryFunction.Kind;
import conv4j.layers.AveragePooling2D;
import conv4j.layers.Conv2D;
import conv4j.layers.Conv2DTranspose;
import conv4j.layers.Divide;
import conv4j.layers.Elementwise;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.layers.Layer;
import conv4j.layers.MaxPooling2D;
import conv4j.layers.ReLU;
import conv4j.layers.Tensor;
import conv4j.layers.Weighted;
import conv4j.layers.ZeroPadding2D;
import conv4j.model.Model;
import conv4j.model.Sequential;
import conv4j.shape.Padding;
import conv4j.shape.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The form of operations and small models, as Keras 3.15.1 wrote them of the same and loads them. */
class LayerDecompositionTest {

    private static final String TENSOR = "{'class_name':'__keras_tensor__','config':{'shape':[null,%s],"
            + "'dtype':'float32','keras_history':['%s',%d,0]}}";

    @TempDir
    private Path folder;

    private static String json(String text) {
        return text.replace('\'', '"');
    }

    private static JsonObject config(Model model) {
        try (model) {
            return WrittenGraph.of(model).config().getAsJsonObject("config");
        }
    }

    private static JsonObject layer(JsonObject model, int index) {
        return model.getAsJsonArray("layers").get(index).getAsJsonObject();
    }

    private static Model functional(Layer layer) {
        Tensor input = new Input(4).name("in").tensor();
        return new Model("f", input, layer.name("it").apply(input));
    }

    /** The small model that a layer of a Sequential became. */
    private static JsonObject small(Layer layer) {
        JsonObject object = layer(config(new Sequential("s", new Input(6, 5, 3).name("in"), layer.name("it"))), 1);
        assertEquals("Functional", object.get("class_name").getAsString());
        assertEquals("keras.src.models.functional", object.get("module").getAsString());
        JsonObject config = object.getAsJsonObject("config");
        assertEquals("it", config.get("name").getAsString());
        assertEquals(json("['it_input',0,0]"), config.get("input_layers").toString());
        return config;
    }

    private static List<String> classes(JsonObject model) {
        List<String> classes = new ArrayList<>();
        model.getAsJsonArray("layers")
                .forEach(layer ->
                        classes.add(layer.getAsJsonObject().get("class_name").getAsString()));
        return classes;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "ABSOLUTE | numpy | Absolute |",
                "ROUND | numpy | Round |",
                "EXPONENTIAL | numpy | Exp |",
                "ERF | math | Erf |",
                "SOFTSIGN | nn | Softsign |",
                "HARD_SWISH | nn | HardSilu |",
                "CLIP | numpy | Clip | ,'x_min':0.1,'x_max':0.5",
                "CELU | nn | Celu | ,'alpha':0.1",
                "THRESHOLDED_RELU | nn | Threshold | ,'threshold':0.1,'default_value':0.0",
            })
    void aFunctionOfAFunctionalModelIsAnOperation(Kind kind, String module, String className, String arguments) {
        JsonObject model = config(functional(new Elementwise(new UnaryFunction(kind, 0.1f, 0.5f))));
        assertEquals(
                json("{'module':'keras.src.ops." + module + "','class_name':'" + className + "','config':{'name':'it'"
                        + (arguments == null ? "" : arguments) + "},'registered_name':'" + className
                        + "','name':'it','inbound_nodes':[{'args':[" + TENSOR.formatted("4", "in", 0)
                        + "],'kwargs':{}}]}"),
                layer(model, 1).toString());
        assertEquals(json("['it',0,0]"), model.get("output_layers").toString());
    }

    @Test
    void aLimitThatThereIsNotIsInfiniteAsPythonWritesIt() {
        JsonObject model =
                config(functional(new Elementwise(new UnaryFunction(Kind.CLIP, Float.NEGATIVE_INFINITY, 0.5f))));
        assertTrue(Json.GSON.toJson(model).contains("\"x_min\":-Infinity,\"x_max\":0.5"));
    }

    @Test
    void aFunctionOfASequentialIsASmallModel() {
        JsonObject model = small(new Elementwise(UnaryFunction.of(Kind.SINE)));
        assertEquals(List.of("InputLayer", "Sin"), classes(model));
        assertEquals(json("['it',0,0]"), model.get("output_layers").toString());
    }

    @Test
    void aSmallModelAtTheEndCountsItsMakingAsAUse() {
        Tensor input = new Input(6, 5, 3).name("in").tensor();
        Layer pool = new MaxPooling2D(2).padding(Padding.explicit(1, 0, 0, 1)).name("it");
        assertEquals(
                json("['it',1,0]"),
                config(new Model("f", input, pool.apply(input)))
                        .get("output_layers")
                        .toString());
        Tensor flat = new Flatten().name("flat").apply(pool.apply(input));
        assertTrue(layer(config(new Model("f", input, flat)), 2)
                .get("inbound_nodes")
                .toString()
                .contains(json("['it',0,0]")));
    }

    @Test
    void paddingOfAMaximumIsMinusInfinity() {
        JsonObject model = small(new MaxPooling2D(2).padding(Padding.explicit(1, 0, 0, 1)));
        assertEquals(List.of("InputLayer", "Pad", "MaxPooling2D"), classes(model));
        JsonObject pad = layer(model, 1);
        assertEquals(
                json("{'name':'it_padding','pad_width':[[0,0],[1,0],[0,1],[0,0]],'mode':'constant'}"),
                pad.get("config").toString());
        JsonObject node = pad.getAsJsonArray("inbound_nodes").get(0).getAsJsonObject();
        assertEquals(json("{'constant_values':-Infinity}"), Json.GSON.toJson(node.get("kwargs")));
        assertEquals(
                "valid",
                layer(model, 2).getAsJsonObject("config").get("padding").getAsString());
    }

    @Test
    void aMeanIsDividedByTheMeanOfOnes() {
        JsonObject model = small(new AveragePooling2D(2).padding(Padding.FULL));
        assertEquals(List.of("InputLayer", "OnesLike", "ZeroPadding2D", "AveragePooling2D", "Divide"), classes(model));
        String pooled = TENSOR.formatted("3,3,3", "it", 0) + "," + TENSOR.formatted("3,3,3", "it", 1);
        assertEquals(
                json("[{'args':[" + pooled.replace("3,3,3", "4,3,3") + "],'kwargs':{}}]"),
                layer(model, 4).get("inbound_nodes").toString());
        assertEquals(2, layer(model, 3).getAsJsonArray("inbound_nodes").size());
        assertEquals(
                json("[[1,1],[1,1]]"),
                layer(model, 2).getAsJsonObject("config").get("padding").toString());
    }

    @Test
    void paddingOfATransposedConvolutionIsCutOff() {
        JsonObject model = small(new Conv2DTranspose(2, 2)
                .strides(3)
                .padding(Padding.explicit(1, 0, 0, 1))
                .activation("gelu_tanh"));
        assertEquals(List.of("InputLayer", "Conv2DTranspose", "Cropping2D", "Gelu"), classes(model));
        JsonObject transposed = layer(model, 1).getAsJsonObject("config");
        assertEquals("linear", transposed.get("activation").getAsString());
        assertEquals("[0,0]", transposed.get("output_padding").toString());
        assertEquals(
                json("{'name':'it_cropping','cropping':[[1,0],[0,1]]}"),
                layer(model, 2).get("config").toString());
        assertEquals(
                json("{'name':'it_activation','approximate':true}"),
                layer(model, 3).get("config").toString());
    }

    @Test
    void aPaddedConvolutionWithAnActivationHasBothBesideIt() {
        Layer conv = new Conv2D(2, 3)
                .padding(Padding.explicit(1, 2, 0, 1))
                .activation("gelu_tanh")
                .name("it");
        JsonObject model = config(new Sequential("s", new Input(6, 5, 3), conv));
        assertEquals(List.of("InputLayer", "ZeroPadding2D", "Functional"), classes(model));
        JsonObject nested = layer(model, 2).getAsJsonObject("config");
        assertEquals(List.of("InputLayer", "Conv2D", "Gelu"), classes(nested));
        assertEquals(
                "[null,9,6,3]",
                layer(nested, 0).getAsJsonObject("config").get("batch_shape").toString());
        assertTrue(layer(nested, 2).get("inbound_nodes").toString().contains("[null,7,4,2]"));
    }

    @Test
    void aWeightIsTheOnlyRowOfAnEmbedding() {
        JsonObject model = small(
                new Weighted(Binary.Function.SUBTRACT, 5, 3).reversed(true).trainable(false));
        assertEquals(
                List.of("InputLayer", "ZerosLike", "Sum", "Embedding", "Reshape", "Reshape", "Subtract"),
                classes(model));
        assertEquals(
                json("{'name':'it_row','axis':[1,2,3],'keepdims':false}"),
                layer(model, 2).get("config").toString());
        JsonObject embedding = layer(model, 3).getAsJsonObject("config");
        assertEquals("1", embedding.get("input_dim").toString());
        assertEquals("15", embedding.get("output_dim").toString());
        assertEquals("false", embedding.get("trainable").toString());
        assertEquals(
                "Zeros",
                embedding
                        .getAsJsonObject("embeddings_initializer")
                        .get("class_name")
                        .getAsString());
        assertEquals(
                "[1,5,3]",
                layer(model, 5).getAsJsonObject("config").get("target_shape").toString());
        assertEquals(
                json("[{'args':[" + TENSOR.formatted("1,5,3", "it_weight_1", 0) + ","
                        + TENSOR.formatted("6,5,3", "it_input", 0) + "],'kwargs':{}}]"),
                layer(model, 6).get("inbound_nodes").toString());
    }

    @Test
    void weightsLieWhereKerasHasThem() {
        Path file = folder.resolve("model.keras");
        try (Model model = new Sequential(
                "s",
                new Input(6, 5, 3),
                new Weighted(Binary.Function.ADD, 5, 3),
                new Conv2D(2, 1).activation("gelu_tanh"),
                new Weighted(Binary.Function.PRELU, 2))) {
            KerasFile.save(model, file);
        }
        try (H5File weights = new H5File(KerasArchive.read(file).weights(), "weights")) {
            assertEquals(Shape.of(1, 15), weights.shape("layers/functional/layers/embedding/vars/0"));
            assertEquals(Shape.of(1, 1, 3, 2), weights.shape("layers/functional_1/layers/conv2d/vars/0"));
            assertEquals(Shape.of(1, 1, 2), weights.shape("layers/p_re_lu/vars/0"));
        }
    }

    @Test
    void axesThatShareASlopeAreThoseOfExtentOne() {
        JsonObject model =
                config(new Sequential("s", new Input(6, 5, 3), new Weighted(Binary.Function.PRELU, 6, 1, 3)));
        assertEquals("PReLU", layer(model, 1).get("class_name").getAsString());
        assertEquals(
                "[2]",
                layer(model, 1).getAsJsonObject("config").get("shared_axes").toString());
        JsonObject all = config(new Sequential("s", new Input(2, 3), new Weighted(Binary.Function.PRELU, 2, 3)));
        assertTrue(layer(all, 1).getAsJsonObject("config").get("shared_axes").isJsonNull());
    }

    @Test
    void anAffineFunctionIsARescalingWhichIsNoNormalization() {
        Layer affine = new Elementwise(new UnaryFunction(Kind.AFFINE, 0.1f, 2)).name("it");
        JsonObject model = config(new Sequential("s", new Input(4), affine, new ReLU()));
        assertEquals(List.of("InputLayer", "Rescaling", "Rescaling", "ReLU"), classes(model));
        assertEquals(
                json("{'name':'it','scale':0.1,'offset':2.0}"),
                layer(model, 2).get("config").toString());
        Path file = folder.resolve("model.keras");
        try (Model written = new Sequential("s", new Input(4), affine, new ReLU())) {
            KerasFile.save(written, file);
        }
        try (Model read = KerasFile.load(file)) {
            assertEquals(Normalization.IDENTITY, read.normalization());
            assertEquals(affine.config(), read.layers().get(1).config());
        }
    }

    @Test
    void aQuotientOfThreeIsOneOfTwoBefore() {
        Tensor input = new Input(4).name("in").tensor();
        Tensor a = new ReLU().name("a").apply(input);
        JsonObject model = config(new Model("f", input, new Divide().name("it").apply(input, a, input)));
        assertEquals(List.of("InputLayer", "ReLU", "Divide", "Divide"), classes(model));
        assertEquals(
                json("[{'args':[" + TENSOR.formatted("4", "it_first", 0) + "," + TENSOR.formatted("4", "in", 0)
                        + "],'kwargs':{}}]"),
                layer(model, 3).get("inbound_nodes").toString());
    }

    @Test
    void aSmallModelThatIsUsedTwiceIsWrittenOnce() {
        Tensor input = new Input(6, 5, 1).name("in").tensor();
        Layer pool = new MaxPooling2D(2)
                .strides(1)
                .padding(Padding.explicit(0, 1, 1, 0))
                .name("it");
        JsonObject model = config(new Model("f", input, pool.apply(pool.apply(input))));
        assertEquals(List.of("InputLayer", "Functional"), classes(model));
        assertEquals(json("['it',2,0]"), model.get("output_layers").toString());
        Path file = folder.resolve("model.keras");
        try (Model written = new Model("f", input, pool.apply(pool.apply(input)))) {
            KerasFile.save(written, file);
        }
        try (Model read = KerasFile.load(file)) {
            assertEquals(2, read.layers().size());
            assertEquals(pool.config(), read.layers().get(1).config());
        }
        Tensor larger = new ZeroPadding2D(1).apply(input);
        Model uneven =
                new Model("f", input, new Flatten().apply(pool.apply(new ZeroPadding2D(1).apply(pool.apply(larger)))));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> config(uneven))
                .getMessage()
                .contains("'it' (MaxPooling2D) being used on inputs of different shapes"));
    }

    @Test
    void minusInfinityIsReadAsItIsWritten() {
        assertEquals(
                Float.NEGATIVE_INFINITY, UnaryOperations.number(Json.map(Json.parse("{\"a\":-Infinity}")), "a", null));
        assertEquals(2f, UnaryOperations.number(Json.map(Json.parse("{}")), "a", 2));
        assertThrows(
                IllegalArgumentException.class,
                () -> UnaryOperations.number(Json.map(Json.parse("{\"a\":\"b\"}")), "a", 1));
        assertArrayEquals(
                new double[] {0.1, -1}, new double[] {UnaryOperations.decimal(0.1f), UnaryOperations.decimal(-1)});
    }
}
