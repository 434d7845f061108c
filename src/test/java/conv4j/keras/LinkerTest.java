package conv4j.keras;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.data.Normalization;
import conv4j.layers.Layer;
import conv4j.model.Model;
import conv4j.model.Sequential;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Layers of a configuration become one model, those of nested models among them. */
class LinkerTest {

    private static final String INPUT =
            "{'class_name':'InputLayer','name':'in','config':{'batch_shape':[null,4],'name':'in'},'inbound_nodes':[]}";

    private final LayerReader notes = new LayerReader();

    private Model link(String json) {
        Container root = new ContainerReader(notes).read(Json.parse(json.replace('\'', '"')));
        notes.check();
        return new Linker(notes).link(root);
    }

    private String refusal(String json) {
        return assertThrows(IllegalArgumentException.class, () -> link(json)).getMessage();
    }

    private static String layer(String className, String name, String config, String nodes) {
        return "{'class_name':'" + className + "','name':'" + name + "','config':{'name':'" + name + "'"
                + (config.isEmpty() ? "" : "," + config) + "},'inbound_nodes':[" + nodes + "]}";
    }

    private static String relu(String name, String nodes) {
        return layer("ReLU", name, "", nodes);
    }

    private static String sequential(String name, String... layers) {
        return "{'class_name':'Sequential','name':'" + name + "','config':{'name':'" + name + "','layers':["
                + String.join(",", layers) + "]}}";
    }

    private static String functional(String name, String output, String... layers) {
        return "{'class_name':'Functional','name':'" + name + "','config':{'name':'" + name + "','layers':["
                + String.join(",", layers) + "],'input_layers':[['in',0,0]],'output_layers':[['" + output
                + "',0,0]]}}";
    }

    private static String nested(String model, String nodes) {
        return model.replaceFirst("\\{", "{'inbound_nodes':[" + nodes + "],");
    }

    private static List<String> names(Model model) {
        return model.layers().stream().map(Layer::name).toList();
    }

    private static float[] predict(Model model, float... item) {
        try (Backend backend = Backends.open("reference");
                model) {
            return model.on(backend).predict(item);
        }
    }

    @Test
    void aLineIsASequentialAgain() {
        try (Model model = link(sequential("s", INPUT, relu("a", ""), relu("b", "")))) {
            assertInstanceOf(Sequential.class, model);
            assertEquals(List.of("in", "a", "b"), names(model));
            assertEquals("s", model.name());
        }
    }

    @Test
    void aLineThatBranchesWithinIsNoSequential() {
        String add = layer("Add", "sum", "", "[['in',0,0],['a',0,0]]");
        String inner = functional("inner", "sum", INPUT, relu("a", "[['in',0,0]]"), add);
        Model model = link(sequential("s", INPUT, inner, relu("last", "")));
        assertEquals(Model.class, model.getClass());
        assertEquals(List.of("in", "a", "sum", "last"), names(model));
        assertArrayEquals(new float[] {2, 0, 6, 0}, predict(model, 1, -2, 3, -4));
    }

    @Test
    void aLayerThatIsUsedTwiceIsNoLineEither() {
        String twice = relu("a", "[['in',0,0]],[['a',0,0]]");
        try (Model model = link(functional("f", "a", INPUT, twice).replace("[['a',0,0]]}", "[['a',1,0]]}"))) {
            assertEquals(Model.class, model.getClass());
            assertEquals(3, model.tensors().size());
            assertEquals(List.of("in", "a"), names(model));
        }
    }

    @Test
    void layersOfNestedModelsGetNamesOfTheirOwn() {
        String inner = sequential("in/ner", INPUT, relu("a", ""), relu("b", ""));
        String again = sequential("in/ner", INPUT, relu("a", ""));
        try (Model model = link(sequential("s", INPUT, relu("a", ""), inner, again, relu("b", "")))) {
            assertEquals(List.of("in", "a", "in_ner_a", "b", "in_ner_a_1", "s_b"), names(model));
        }
    }

    @Test
    void theInputIsCalledAsTheFileCallsIt() {
        String flatten = "{'class_name':'Flatten','config':{'name':'f','batch_input_shape':[null,2,2,1]}}";
        try (Model model = link("{'class_name':'Sequential','config':[" + flatten + "]}")) {
            assertEquals("f", names(model).get(1));
            assertTrue(!names(model).get(0).isEmpty());
        }
    }

    @Test
    void whatIsCalledForInferenceLeavesDropoutOut() {
        String dropout = layer("Dropout", "drop", "'rate':0.5", "");
        String inner = sequential("inner", INPUT, dropout, relu("a", ""));
        String node = "[['in',0,0,{'training':false}]]";
        try (Model model = link(functional("f", "inner", INPUT, nested(inner, node)))) {
            assertEquals(List.of("in", "a"), names(model));
        }
        String plain = nested(inner, "[['in',0,0]]");
        try (Model model = link(functional("f", "inner", INPUT, plain))) {
            assertEquals(List.of("in", "drop", "a"), names(model));
        }
    }

    @Test
    void batchNormalizationForInferenceIsSaid() {
        String node = "[['in',0,0,{'training':false}]]";
        link(functional("f", "bn", INPUT, layer("BatchNormalization", "bn", "", node)))
                .close();
        assertEquals(
                Set.of("layer 'bn' (BatchNormalization) was called with training=False and is not frozen;"
                        + " in training it will use the batch's own mean and variance here"),
                notes.warnings());
        notes.warnings().clear();
        link(functional("f", "bn", INPUT, layer("BatchNormalization", "bn", "'trainable':false", node)))
                .close();
        link(functional("f", "bn", INPUT, layer("BatchNormalization", "bn", "", "[['in',0,0]]")))
                .close();
        assertEquals(Set.of(), notes.warnings());
    }

    private static String rescaling(String name, double scale, String nodes) {
        return layer("Rescaling", name, "'scale':" + scale + ",'offset':1.0", nodes);
    }

    @Test
    void aRescalingBehindTheInputIsTheModelsNormalization() {
        String first = rescaling("one", 0.5, "[['in',0,0]]");
        String second = rescaling("two", 0.5, "[['in',0,0]]");
        String add = layer("Add", "sum", "", "[['one',0,0],['two',0,0]]");
        Model model = link(functional("f", "sum", INPUT, first, second, add));
        assertEquals(new Normalization(new float[] {0.5f}, new float[] {1}), model.normalization());
        assertArrayEquals(new float[] {4, 4, 4, 4}, predict(model, 2, 2, 2, 2));
    }

    @Test
    void aRescalingThatIsNoNormalizationIsALayer() {
        String scaled = rescaling("one", 0.5, "[['in',0,0]]");
        String both = layer("Add", "sum", "", "[['one',0,0],['in',0,0]]");
        Model half = link(functional("f", "sum", INPUT, scaled, both));
        assertEquals(Normalization.IDENTITY, half.normalization());
        assertArrayEquals(new float[] {4, 4, 4, 4}, predict(half, 2, 2, 2, 2));
        String other = rescaling("two", 0.25, "[['in',0,0]]");
        String add = layer("Add", "sum", "", "[['one',0,0],['two',0,0]]");
        Model differently = link(functional("f", "sum", INPUT, scaled, other, add));
        assertEquals(Normalization.IDENTITY, differently.normalization());
        assertArrayEquals(new float[] {5, 5, 5, 5}, predict(differently, 4, 4, 4, 4));
        Model twice = link(sequential("s", INPUT, rescaling("one", 0.5, ""), rescaling("two", 0.5, "")));
        assertEquals(new Normalization(new float[] {0.5f}, new float[] {1}), twice.normalization());
        assertEquals("affine", twice.layers().get(1).config().get("function"));
        assertArrayEquals(new float[] {2.5f, 2.5f, 2.5f, 2.5f}, predict(twice, 4, 4, 4, 4));
    }

    @Test
    void anInputThatIsScaledByChannelsOnOneWayOnlyIsRefused() {
        String scaled = layer("Rescaling", "one", "'scale':[1,2,3,4]", "[['in',0,0]]");
        String both = layer("Add", "sum", "", "[['one',0,0],['in',0,0]]");
        String message = "'one' (Rescaling) has a number for every channel, which conv4j has directly behind the input"
                + " only, and for all of it; scale by one number, or in a layer of its own";
        assertEquals(message, refusal(functional("f", "sum", INPUT, scaled, both)));
        assertEquals(
                message.replace("one'", "two'"),
                refusal(sequential(
                        "s", INPUT, rescaling("one", 0.5, ""), layer("Rescaling", "two", "'scale':[1,2,3,4]", ""))));
    }

    @Test
    void aNestedModelTakesOneInput() {
        String inner = sequential("inner", INPUT, relu("a", ""));
        String model = functional("f", "inner", INPUT, nested(inner, "[['in',0,0],['in',0,0]]"));
        assertEquals("'inner' (Sequential) has 2 inputs, but takes one", refusal(model));
    }

    @Test
    void layersThatDoNotLeadToTheOutputAreRefused() {
        assertEquals(
                "the layers of model 'f' do not lead from its input to its output: they are not connected, or in a"
                        + " circle",
                refusal(functional("f", "a", INPUT, relu("a", ""))));
    }

    @Test
    void anInputWithoutAShapeIsExplained() {
        String message = refusal("{'class_name':'Sequential','config':{'name':'s','layers':[" + relu("a", "") + "]}}");
        assertEquals(
                "model 's' does not say the shape of its input; begin it with keras.Input(shape=(height, width,"
                        + " channels))",
                message);
    }
}
