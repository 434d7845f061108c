package conv4j.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.keras.Container.Call;
import conv4j.keras.Container.Use;
import conv4j.shape.Shape;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Configurations of models: their entries, how these are connected, and what is said of those that are not. */
class ContainerReaderTest {

    private static final String INPUT =
            "{'class_name':'InputLayer','name':'in','config':{'batch_shape':[null,4],'name':'in'},'inbound_nodes':[]}";

    private static Container read(String json) {
        return new ContainerReader(new LayerReader()).read(Json.parse(json.replace('\'', '"')));
    }

    private static String refusal(String json) {
        return assertThrows(IllegalArgumentException.class, () -> read(json)).getMessage();
    }

    private static String relu(String name, String nodes) {
        return "{'class_name':'ReLU','name':'" + name + "','config':{'name':'" + name + "'},'inbound_nodes':[" + nodes
                + "]}";
    }

    private static String sequential(String more, String... layers) {
        return "{'class_name':'Sequential','config':{" + more + "'layers':[" + String.join(",", layers) + "]}}";
    }

    private static String functional(String inputs, String outputs, String... layers) {
        return "{'class_name':'Functional','config':{'name':'f','layers':[" + String.join(",", layers)
                + "],'input_layers':" + inputs + ",'output_layers':" + outputs + "}}";
    }

    private static String endingIn(String output, String... layers) {
        return functional("[['in',0,0]]", "[['" + output + "',0,0]]", layers);
    }

    private static Call call(int entry, int node, int... inputs) {
        return new Call(
                new Use(entry, node),
                IntStream.of(inputs).mapToObj(input -> new Use(input, 0)).toList(),
                false);
    }

    @Test
    void layersOfASequentialFollowEachOther() {
        Container line = read(sequential("'name':'s',", INPUT, relu("a", ""), relu("b", "")));
        assertTrue(line.sequential());
        assertEquals("s", line.name());
        assertEquals(
                List.of("in", "a", "b"),
                line.entries().stream().map(LayerEntry::name).toList());
        assertEquals(List.of(call(1, 0, 0), call(2, 0, 1)), line.calls());
        assertEquals(0, line.input());
        assertEquals(new Use(2, 0), line.output());
        assertEquals(Shape.of(4), line.inputShape());
        assertEquals("in", line.inputName());
    }

    @Test
    void aSequentialMayBeginWithoutAnInput() {
        Container line = read(sequential("", relu("a", ""), relu("b", "")));
        assertEquals("sequential", line.name());
        assertEquals(List.of(call(0, 0, -1), call(1, 0, 0)), line.calls());
        assertEquals(-1, line.input());
        assertNull(line.inputShape());
        assertEquals("input_layer", line.inputName());
        String shaped = "{'class_name':'ReLU','config':{'name':'a','batch_input_shape':[null,7]}}";
        assertEquals(Shape.of(7), read(sequential("", shaped)).inputShape());
        assertEquals(
                Shape.of(9),
                read(sequential("'build_input_shape':[null,9],", relu("a", ""))).inputShape());
        String nested = sequential("'name':'inner',", INPUT, relu("a", ""));
        assertEquals(Shape.of(4), read(sequential("", nested)).inputShape());
    }

    @Test
    void theOldestFilesHaveAListOfLayers() {
        Container line =
                read("{'class_name':'Sequential','name':'old','config':[" + INPUT + "," + relu("a", "") + "]}");
        assertEquals("old", line.name());
        assertEquals(2, line.entries().size());
    }

    @Test
    void nodesOfKeras2AreLists() {
        Container network = read(
                endingIn(
                        "sum",
                        INPUT,
                        relu("a", "[['in',0,0,{}]]"),
                        relu("b", "[['in',0,0,{'training':false}]],[['a',0,0,{'training':true}]]"),
                        "{'class_name':'Add','name':'sum','config':{'name':'sum'},'inbound_nodes':[[['a',0,0,{}],['b',1,0,{}]]]}"));
        assertFalse(network.sequential());
        assertEquals("f", network.name());
        assertEquals(
                List.of(
                        call(1, 0, 0),
                        new Call(new Use(2, 0), List.of(new Use(0, 0)), true),
                        call(2, 1, 1),
                        new Call(new Use(3, 0), List.of(new Use(1, 0), new Use(2, 1)), false)),
                network.calls());
        assertEquals(0, network.input());
        assertEquals(new Use(3, 0), network.output());
        assertEquals(Shape.of(4), network.inputShape());
        assertEquals("in", network.inputName());
    }

    @Test
    void nodesOfKeras3AreTensors() {
        String tensor = "{'class_name':'__keras_tensor__','config':{'shape':[null,4],'keras_history':['in',0,0]}}";
        Container network = read(endingIn(
                "a", INPUT, relu("a", "{'args':[[" + tensor + "," + tensor + "]],'kwargs':{'training':false}}")));
        assertEquals(List.of(call(1, 0, 0, 0)), network.calls());
    }

    /** Keras 2 counts the making of a nested functional model as its first use. */
    @Test
    void usesOfNestedModelsAreCountedFromTheirFirstCall() {
        String inner = endingIn("a", INPUT, relu("a", "[['in',0,0]]"))
                .replaceFirst("\\{", "{'name':'inner','inbound_nodes':[[['in',0,0]],[['inner',1,0]]],");
        Container network = read(functional("[['in',0,0]]", "[['inner',2,0]]", INPUT, inner));
        assertEquals("Functional", network.entries().get(1).className());
        assertEquals("inner", network.entries().get(1).name());
        assertEquals(List.of(call(1, 0, 0), call(1, 1, 1)), network.calls());
        assertEquals(new Use(1, 1), network.output());
    }

    @Test
    void theNamesOfModelsAreKnown() {
        for (String name : List.of("Sequential", "Functional", "Model")) {
            assertTrue(ContainerReader.isModel(Json.parse("{\"class_name\":\"" + name + "\"}")));
        }
        assertFalse(ContainerReader.isModel(Json.parse("{\"class_name\":\"Dense\"}")));
        String inner = endingIn("a", INPUT, relu("a", "[['in',0,0]]")).replace("Functional", "Model");
        assertEquals("Functional", read(sequential("", inner)).entries().get(0).className());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[['x',0,0]] | a layer is applied to 'x', which there is not",
                "[['in',0,1]] | the layer 'in' has more than one output; conv4j's layers have one",
            })
    void wrongReferencesAreNamed(String node, String message) {
        assertEquals(message, refusal(endingIn("a", INPUT, relu("a", node))));
    }

    @Test
    void whatCannotBeConnectedIsNamed() {
        assertEquals(
                "two layers are named 'a'",
                refusal(endingIn("a", INPUT, relu("a", "[['in',0,0]]"), relu("a", "[['in',0,0]]"))));
        String a = relu("a", "[['in',0,0]]");
        assertEquals(
                "the model has 2 outputs; conv4j's models have one",
                refusal(functional("[['in',0,0]]", "[['a',0,0],['in',0,0]]", INPUT, a)));
        assertEquals(
                "the model has 0 inputs; conv4j's models have one", refusal(functional("[]", "[['a',0,0]]", INPUT, a)));
        assertEquals(
                "the model is a Subclassed; only Sequential and functional models are made of layers that can be read"
                        + " from a file",
                refusal("{'class_name':'Subclassed'}"));
        assertEquals("the object 'config' is missing", refusal("{'class_name':'Sequential'}"));
        assertEquals("the list 'layers' is missing", refusal("{'class_name':'Sequential','config':{}}"));
    }

    @Test
    void tenThousandLayersAreEnough() {
        String many = IntStream.range(0, 10_000).mapToObj(i -> "{}").collect(Collectors.joining(","));
        assertEquals("the model has more than 10000 layers", refusal(sequential("", many, "{}")));
        assertEquals(10_000, read(sequential("", many)).entries().size());
    }
}
