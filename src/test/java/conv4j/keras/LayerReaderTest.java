package conv4j.keras;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.data.Normalization;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Layer objects one by one, and what is said of them. */
class LayerReaderTest {

    private final LayerReader reader = new LayerReader();

    private LayerEntry read(String json) {
        return reader.read(Json.parse(json.replace('\'', '"')));
    }

    private LayerEntry layer(String className, String config) {
        return read("{'module':'keras.layers','class_name':'" + className + "','config':{'name':'it'"
                + (config.isEmpty() ? "" : "," + config) + "}}");
    }

    private LayerEntry operation(String className, String config) {
        return read("{'module':'keras.src.ops.numpy','class_name':'" + className + "','config':{'name':'op'" + config
                + "}}");
    }

    private String refusal() {
        return assertThrows(IllegalArgumentException.class, reader::check).getMessage();
    }

    @Test
    void aLayerHasItsClassAndItsName() {
        LayerEntry dense = layer("Dense", "'units':3,'dtype':'float32','trainable':true");
        assertEquals("Dense", dense.className());
        assertEquals("it", dense.name());
        assertTrue(dense.counted());
        assertEquals(3, dense.layer().config().get("units"));
        assertEquals("flatten", read("{'class_name':'Flatten','config':{}}").name());
        LayerEntry outside = read("{'class_name':'Flatten','name':'outer','config':{'name':'inner'}}");
        assertEquals("outer", outside.name());
        LayerEntry slash = read("{'class_name':'Flatten','config':{'name':'a/b'}}");
        assertEquals("a/b", slash.name());
        assertEquals("a_b", slash.layer().name());
        assertEquals(Set.of(), reader.warnings());
        reader.check();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'units':3,'future':7 | layer 'it' (Dense): the argument future = 7 is not known and left out",
                "'units':3,'future':null |",
                "'units':3,'future':false |",
                "'units':3,'bias_constraint':{'a':1} | layer 'it' (Dense): bias_constraint is left out; predictions are the same, further training does without it",
                "'units':3,'activity_regularizer':'l2' | layer 'it' (Dense): activity_regularizer is left out; predictions are the same, further training does without it",
                "'units':3,'dtype':'float16' | layers have the type float16; everything is computed in float32 here",
                "'units':3,'dtype':{'class_name':'DTypePolicy','config':{'name':'mixed_float16'}} | layers have the type mixed_float16; everything is computed in float32 here",
                "'units':3,'dtype':{'class_name':'DTypePolicy','config':{'name':'float32'}} |",
                "'units':3,'seed':5,'autocast':true |"
            })
    void whatIsLeftOutIsSaid(String config, String warning) {
        assertEquals("it", layer("Dense", config).name());
        assertEquals(warning == null ? Set.of() : Set.of(warning), reader.warnings());
        reader.check();
    }

    @Test
    void anArgumentThatChangesTheResultIsRefused() {
        assertNull(layer("Dropout", "'rate':0.5,'noise_shape':[1]"));
        assertEquals("layer 'it' (Dropout): conv4j has no argument noise_shape = [1]", refusal());
        assertEquals(Set.of(), reader.warnings());
    }

    @Test
    void everythingThatIsMissingIsSaidAtOnce() {
        assertNull(layer("Attention", ""));
        assertNull(layer("Lambda", ""));
        assertNull(read("{'class_name':'Dense','registered_name':'my>Dense','config':{'name':'own','units':1}}"));
        assertNull(operation("Einsum", ""));
        assertNull(layer("Dense", "'units':1,'activation':{'class_name':'__lambda__'}"));
        assertNull(layer("Dense", "'units':1,'activation':{'class_name':'PReLU','config':{'a':1}}"));
        assertEquals(
                "conv4j does not have these of its layers: 'it' (Attention), 'it' (Lambda, whose code is never run),"
                        + " 'own' (my>Dense, a class of its author's), 'op' (the operation Einsum),"
                        + " 'it' (Dense with a function as code, which is never run), 'it' (Dense with PReLU);"
                        + " replace them in Keras and save the model again",
                refusal());
        assertNull(layer("Dense", "'units':0"));
        assertTrue(
                refusal().contains("save the model again. Besides: layer 'it' (Dense): Dense needs units"), refusal());
    }

    @Test
    void operationsBecomeLayersThatAreNotCounted() {
        LayerEntry sum = operation("Add", "");
        assertEquals("Add", sum.layer().className());
        assertEquals("op", sum.layer().name());
        assertFalse(sum.counted());
        assertEquals(2, operation("Concatenate", ",'axis':2").layer().config().get("axis"));
        assertEquals(-1, operation("Concatenate", "").layer().config().get("axis"));
        assertEquals("relu6", operation("Relu6", "").layer().config().get("activation"));
        LayerEntry short1 = read("{'module':'keras.ops','class_name':'Maximum','config':{'name':'m'}}");
        assertEquals("Maximum", short1.layer().className());
        reader.check();
    }

    @Test
    void oldNamesOfClassesAreKnown() {
        assertEquals(
                "BatchNormalization", layer("BatchNormalizationV1", "").layer().className());
        assertEquals(-1, layer("Softmax", "'axis':[-1]").layer().config().get("axis"));
        reader.check();
        assertNull(layer("Softmax", "'axis':[1,2]"));
    }

    @Test
    void inputsNeedTheirSizes() {
        assertEquals(
                "InputLayer", layer("InputLayer", "'batch_shape':[null,4,4,1]").className());
        assertEquals(
                "InputLayer",
                layer("InputLayer", "'batch_input_shape':[null,4]").className());
        reader.check();
        assertNull(layer("InputLayer", "'batch_shape':[null,null,null,3]"));
        assertTrue(
                refusal()
                        .startsWith(
                                "layer 'it' (InputLayer): the size of the input is left open, [null, null, null, 3];"),
                refusal());
    }

    private static void assertScaling(LayerEntry entry, float[] scale, float[] shift) {
        assertEquals("Rescaling", entry.className());
        Normalization scaling = entry.scaling();
        assertArrayEquals(scale, scaling.scale());
        assertArrayEquals(shift, scaling.shift());
    }

    @Test
    void aRescalingIsANumberOrOneForEveryChannel() {
        assertScaling(layer("Rescaling", "'scale':0.5"), new float[] {0.5f}, new float[] {0});
        assertScaling(layer("Rescaling", "'scale':0.5,'offset':[1,2]"), new float[] {0.5f, 0.5f}, new float[] {1, 2});
        assertScaling(layer("Rescaling", "'scale':[0.5,2],'offset':-1"), new float[] {0.5f, 2}, new float[] {-1, -1});
        assertScaling(
                layer("Rescaling", "'scale':{'class_name':'__numpy__','config':{'value':[3,4]}}"),
                new float[] {3, 4},
                new float[] {0, 0});
        reader.check();
        assertNull(layer("Rescaling", "'scale':'wide'"));
        assertEquals(
                "layer 'it' (Rescaling): scale and offset must be numbers, or lists of one per channel", refusal());
    }

    @Test
    void elementsOfTheWrongKindAreNamed() {
        assertEquals(
                "an object {...} is needed, but the text is another element",
                assertThrows(IllegalArgumentException.class, () -> Json.parse("[1]"))
                        .getMessage());
        assertEquals(
                "the object 'a' is missing",
                assertThrows(IllegalArgumentException.class, () -> Json.object(Json.parse("{\"a\":1}"), "a"))
                        .getMessage());
        assertEquals(
                "the list 'a' is missing",
                assertThrows(IllegalArgumentException.class, () -> Json.array(Json.parse("{}"), "a"))
                        .getMessage());
        assertEquals("no", Json.text(Json.parse("{\"a\":1}"), "a", "no"));
        assertEquals("no", Json.text(Json.parse("{\"a\":[]}"), "a", "no"));
        assertEquals("no", Json.text(Json.parse("{}"), "a", "no"));
        assertEquals("yes", Json.text(Json.parse("{\"a\":\"yes\"}"), "a", "no"));
        assertEquals(List.of(), List.copyOf(Json.map(null).keySet()));
        assertFalse(Json.has(Json.parse("{\"a\":null}"), "a"));
        assertFalse(Json.has(Json.parse("{}"), "a"));
        assertTrue(Json.has(Json.parse("{\"a\":0}"), "a"));
    }
}
