package conv4j.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.layers.Layer;
import conv4j.model.Model;
import conv4j.shape.Shape;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Operations, PReLU and small models of a file, and the layers that they are. */
class OperationReaderTest {

    private static final String TENSOR = "{'class_name':'__keras_tensor__','config':{'keras_history':['%s',0,0]}}";

    private final LayerReader reader = new LayerReader();

    private static String object(String module, String className, String name, String config, String args) {
        return "{'module':'" + module + "','class_name':'" + className + "','name':'" + name + "','config':{'name':'"
                + name + "'" + config + "},'inbound_nodes':[{'args':[" + args + "],'kwargs':{}}]}";
    }

    private static String operation(String className, String name, String config, String args) {
        return object("keras.src.ops.numpy", className, name, config, args);
    }

    private static String of(String... names) {
        return String.join(",", List.of(names).stream().map(TENSOR::formatted).toList());
    }

    private LayerEntry read(String json) {
        return reader.read(Json.parse(json.replace('\'', '"')));
    }

    private String refusal() {
        return assertThrows(IllegalArgumentException.class, reader::check).getMessage();
    }

    /** The interesting settings of a layer, in one line. */
    private static String line(Layer layer) {
        Map<String, Object> config = layer.config();
        config.remove("name");
        return layer.className() + " "
                + config.values().stream().map(String::valueOf).toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Add | T,2.5 | Elementwise [true, affine, 1.0, 2.5]",
                "Add | 2,T | Elementwise [true, affine, 1.0, 2.0]",
                "Subtract | T,2.5 | Elementwise [true, affine, 1.0, -2.5]",
                "Subtract | 2.5,T | Elementwise [true, affine, -1.0, 2.5]",
                "Multiply | T,-3 | Elementwise [true, affine, -3.0, 0.0]",
                "Maximum | T,0.5 | Elementwise [true, clip, 0.5, null]",
                "Minimum | 0.5,T | Elementwise [true, clip, null, 0.5]",
                "TrueDivide | 1,T | Elementwise [true, reciprocal, 0.0, 0.0]",
                "Divide | 3,T | Weighted [false, divide, [1], true, {class_name=Constant, config={value=3.0}}]",
                "TrueDivide | T,3 | Weighted [false, divide, [1], false, {class_name=Constant, config={value=3.0}}]",
                "Power | T,2 | Weighted [false, power, [1], false, {class_name=Constant, config={value=2.0}}]",
                "Power | 1,T | Weighted [false, power, [1], true, {class_name=Constant, config={value=1.0}}]",
                "Square | T | Weighted [false, power, [1], false, {class_name=Constant, config={value=2.0}}]",
                "Rsqrt | T | Weighted [false, power, [1], false, {class_name=Constant, config={value=-0.5}}]",
                "Negative | T | Elementwise [true, affine, -1.0, 0.0]",
                "TrueDivide | T,T | Divide [true]",
                "Divide | T,T | Divide [true]",
                "Add | T,T | Add [true]",
            })
    void operandsAreTensorsOrSingleNumbers(String className, String args, String layer) {
        LayerEntry entry = read(operation(className, "op", "", args.replace("T", of("in"))));
        assertEquals(layer, line(entry.layer()));
        assertFalse(entry.counted());
        assertEquals("op", entry.layer().name());
        reader.check();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Gelu | ,'approximate':true | Activation [true, gelu_tanh]",
                "Gelu | ,'approximate':false | Activation [true, gelu]",
                "Elu | ,'alpha':0.5 | ELU [true, 0.5]",
                "LeakyRelu | ,'negative_slope':0.3 | LeakyReLU [true, 0.3]",
                "LeakyRelu | `` | LeakyReLU [true, 0.2]",
                "Softmax | ,'axis':-1 | Activation [true, softmax]",
                "Clip | ,'x_min':-Infinity,'x_max':2 | Elementwise [true, clip, null, 2.0]",
                "Round | ,'decimals':0 | Elementwise [true, round, 0.0, 0.0]",
                "Celu | ,'alpha':0.5 | Elementwise [true, celu, 0.5, 0.0]",
                "HardShrink | ,'threshold':0.5 | Elementwise [true, shrink, 0.5, 0.0]",
                "SoftShrink | ,'threshold':0.5 | Elementwise [true, shrink, 0.5, 0.5]",
                "Threshold | ,'threshold':0.5,'default_value':0 | Elementwise [true, thresholded_relu, 0.5, 0.0]",
            })
    void argumentsOfOperationsCount(String className, String config, String layer) {
        assertEquals(
                layer, line(read(operation(className, "op", config, of("in"))).layer()));
        reader.check();
    }

    @Test
    void whatNoLayerDoesIsRefused() {
        assertNull(read(operation("Round", "tenths", ",'decimals':1", of("in"))));
        assertNull(read(operation("Threshold", "floor", ",'threshold':1.0,'default_value':2.0", of("in"))));
        String array = "{'class_name':'__numpy__','config':{'value':[1.0,2.0],'dtype':'float32'}}";
        assertNull(read(operation("Multiply", "by", "", of("in") + "," + array)));
        assertNull(read(operation("Softmax", "rows", ",'axis':1", of("in"))));
        String message = refusal();
        assertTrue(message.contains("'tenths' (the operation Round), 'floor' (the operation Threshold)"), message);
        assertTrue(message.contains("layer 'by' (Multiply): one of its operands is an array"), message);
        assertTrue(message.contains("layer 'rows' (Softmax)"), message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'hard_sigmoid' | hard_sigmoid, 0.16666667, 0.5",
                "'exponential' | exponential, 0.0, 0.0",
                "'mish' | mish, 0.0, 0.0",
                "'hard_silu' | hard_swish, 0.0, 0.0",
                "'celu' | celu, 1.0, 0.0",
                "'soft_shrink' | shrink, 0.5, 0.5",
                "{'class_name':'function','config':'softsign'} | softsign, 0.0, 0.0",
            })
    void activationsThatAreNoActivationHereAreFunctions(String activation, String function) {
        LayerEntry entry = read(object("keras.layers", "Activation", "it", ",'activation':" + activation, of("in")));
        assertEquals("Elementwise [true, " + function + "]", line(entry.layer()));
        assertTrue(entry.counted());
        assertEquals(Set.of(), reader.warnings());
    }

    @Test
    void theHardSigmoidOfOlderVersionsIsSteeper() {
        reader.beforeKeras3();
        LayerEntry entry = read("{'class_name':'Activation','config':{'name':'it','activation':'hard_sigmoid'}}");
        assertEquals("Elementwise [true, hard_sigmoid, 0.2, 0.5]", line(entry.layer()));
    }

    @Test
    void operationsOfH5FilesHaveNoModule() {
        assertEquals(
                "Elementwise [true, sine, 0.0, 0.0]",
                line(read(object("", "Sin", "op", "", of("in"))).layer()));
        assertEquals(
                "Elementwise [true, affine, 2.0, 0.0]",
                line(read(object("", "Multiply", "op", "", of("in") + ",2.0")).layer()));
        reader.check();
        assertNull(read(object("", "Sin", "layer", ",'trainable':true", of("in"))));
        assertTrue(refusal().contains("'layer' (Sin)"), refusal());
    }

    // PReLU.

    @Test
    void aPReLUHasItsSizeOfItsInput() {
        LayerEntry entry = read(object(
                "keras.layers",
                "PReLU",
                "it",
                ",'shared_axes':[1,2],'trainable':false,'alpha_regularizer':{'a':1},'alpha_initializer':{'class_name':'Ones','config':{}}",
                of("in")));
        UnbuiltPReLU prelu = assertInstanceOf(UnbuiltPReLU.class, entry.layer());
        Layer sized = prelu.built(Shape.of(6, 5, 3));
        assertEquals("Weighted [false, prelu, [1, 1, 3], false, {class_name=Ones, config={}}]", line(sized));
        assertEquals(sized, prelu.built(Shape.of(6, 5, 3)));
        assertEquals(
                Set.of("layer 'it' (PReLU): alpha_regularizer is left out; predictions are the same, further training"
                        + " does without it"),
                reader.warnings());
        reader.check();
    }

    @Test
    void anAxisThatAnInputHasNotCannotShare() {
        UnbuiltPReLU prelu = assertInstanceOf(
                UnbuiltPReLU.class,
                read(object("keras.layers", "PReLU", "it", ",'shared_axes':[3]", of("in")))
                        .layer());
        assertEquals(
                "the shared axis 3 of 'it' (PReLU); an input of shape (6, 5) has the axes 1 to 2",
                assertThrows(IllegalArgumentException.class, () -> prelu.built(Shape.of(6, 5)))
                        .getMessage());
    }

    // Small models.

    private static String rescaling(String config) {
        return object("keras.layers", "Rescaling", "scale", "," + config, of("i"));
    }

    /** A model of an inner one whose layers are given, the last of which is the output. */
    private Model model(String last, String... layers) {
        String begin = "{'module':'keras.layers','class_name':'InputLayer','name':'i','config':{'name':'i',"
                + "'batch_shape':[null,6,5,3]},'inbound_nodes':[]}";
        String inner = "{'class_name':'Functional','name':'it','config':{'name':'it','layers':[" + begin + ","
                + String.join(",", layers) + "],'input_layers':['i',0,0],'output_layers':['" + last
                + "',0,0]},'inbound_nodes':[{'args':[" + of("i") + "],'kwargs':{}}]}";
        String outer = "{'class_name':'Functional','config':{'name':'m','layers':[" + begin + "," + inner
                + "],'input_layers':['i',0,0],'output_layers':['it',1,0]}}";
        Container root = new ContainerReader(reader).read(Json.parse(outer.replace('\'', '"')));
        reader.check();
        return new Linker(reader).link(root);
    }

    private static List<String> layers(Model model) {
        return model.layers().stream().skip(1).map(OperationReaderTest::line).toList();
    }

    @Test
    void aSmallModelIsOneLayerOnlyIfItsNumbersFit() {
        Model hard = model(
                "clip",
                rescaling("'scale':0.2,'offset':0.5"),
                operation("Clip", "clip", ",'x_min':0.0,'x_max':1.0", of("scale")));
        assertEquals(List.of("Elementwise [true, hard_sigmoid, 0.2, 0.5]"), layers(hard));
        assertEquals("it", hard.layers().get(1).name());
        Model wider = model(
                "clip",
                rescaling("'scale':0.2,'offset':0.5"),
                operation("Clip", "clip", ",'x_min':0.0,'x_max':2.0", of("scale")));
        assertEquals(List.of("Elementwise [true, clip, 0.0, 2.0]"), layers(wider), "behind the normalization");
        Model moved = model(
                "scale2",
                operation("Elu", "elu", ",'alpha':0.5", of("i")),
                rescaling("'scale':2.0,'offset':1.0")
                        .replace("scale'", "scale2'")
                        .replace("'scale2':", "'scale':")
                        .replace("'i'", "'elu'"));
        assertEquals(List.of("ELU [true, 0.5]", "Elementwise [true, affine, 2.0, 1.0]"), layers(moved));
    }

    @Test
    void aCutThatDependsOnTheKernelStaysTwoLayers() {
        String transposed = object(
                "keras.layers", "Conv2DTranspose", "c", ",'filters':1,'kernel_size':[2,2],'strides':[3,3]", of("i"));
        String cut = object("keras.layers", "Cropping2D", "cut", ",'cropping':[[1,0],[0,1]]", of("c"));
        assertEquals(2, layers(model("cut", transposed, cut)).size());
        String appended = transposed.replace("'filters':1", "'filters':1,'output_padding':[1,0]");
        assertEquals(1, layers(model("cut", appended, cut)).size());
    }

    /** A model of an author's own that ends with gelu is no decomposition of whatever stands before. */
    @Test
    void onlyALayerThatHasAnActivationIsJoinedWithTheGeluBehindIt() {
        String gelu = operation("Gelu", "g", ",'approximate':true", of("b"));
        String dense = object("keras.layers", "Dense", "b", ",'units':2,'activation':'linear'", of("i"));
        assertEquals(1, layers(model("g", dense, gelu)).size());
        assertEquals(
                2, layers(model("g", dense.replace("linear", "relu"), gelu)).size());
        for (String before : List.of(
                object("keras.layers", "PReLU", "b", "", of("i")),
                operation("Sin", "b", "", of("i")),
                operation("Relu", "b", "", of("i")),
                object("keras.layers", "Flatten", "b", "", of("i")))) {
            assertEquals(2, layers(model("g", before, gelu)).size(), before);
        }
        String inside = dense.replace("'b'", "'inside'");
        String begin = "{'module':'keras.layers','class_name':'InputLayer','name':'i','config':{'name':'i',"
                + "'batch_shape':[null,6,5,3]},'inbound_nodes':[]}";
        String nested = "{'class_name':'Functional','name':'b','config':{'name':'b','layers':[" + begin + "," + inside
                + "],'input_layers':['i',0,0],'output_layers':['inside',0,0]},'inbound_nodes':[{'args':[" + of("i")
                + "],'kwargs':{}}]}";
        assertEquals(2, layers(model("g", nested, gelu)).size());
        String scaled = object("keras.layers", "Rescaling", "b", ",'scale':2.0,'offset':0.0", of("s"));
        String sine = operation("Sin", "s", "", of("i"));
        assertEquals(3, layers(model("g", sine, scaled, gelu)).size());
    }

    @Test
    void aPaddingThatIsWrongIsReportedWithItsLayer() {
        String pad = operation("Pad", "pad", ",'pad_width':[[0,0],[-1,1],[1,1],[0,0]],'mode':'constant'", of("i"))
                .replace("'kwargs':{}", "'kwargs':{'constant_values':-Infinity}");
        String pool = object("keras.layers", "MaxPooling2D", "pool", ",'pool_size':[2,2]", of("pad"));
        String message = assertThrows(IllegalArgumentException.class, () -> model("pool", pad, pool))
                .getMessage();
        assertTrue(message.startsWith("layer 'it' (Functional): "), message);
        String open = pad.replace("[[0,0],[-1,1],[1,1],[0,0]]", "null");
        assertThrows(IllegalArgumentException.class, () -> model("pool", open, pool));
        assertTrue(refusal().contains("'pad' (the operation Pad)"), refusal());
    }

    /** Numbers of a row that no array has, and settings that a weight has not. */
    @Test
    void anEmbeddingThatIsNoWeightIsRefused() {
        String config = ",'input_dim':1,'output_dim':3";
        assertEquals(1, layers(sumWithRow(config, "[1,1,3]")).size());
        for (String[] wrong : new String[][] {
            {",'input_dim':1,'output_dim':4", "[1,1,3]"},
            {",'input_dim':2,'output_dim':3", "[1,1,3]"},
            {",'output_dim':3", "[1,1,3]"},
            {config + ",'embeddings_regularizer':{'class_name':'L2','config':{'l2':0.1}}", "[1,1,3]"},
            {config, "[100000,100000,100000]"},
            {",'input_dim':1,'output_dim':-3", "[1,1,-3]"}
        }) {
            assertThrows(IllegalArgumentException.class, () -> sumWithRow(wrong[0], wrong[1]));
            assertTrue(refusal().contains("'e' (Embedding)"), refusal());
        }
    }

    private Model sumWithRow(String embedding, String shape) {
        return model(
                "add",
                operation("ZerosLike", "z", "", of("i")),
                operation("Sum", "s", ",'axis':[1,2,3],'keepdims':false", of("z")),
                object("keras.layers", "Embedding", "e", embedding, of("s")),
                object("keras.layers", "Reshape", "r", ",'target_shape':" + shape, of("e")),
                operation("Add", "add", "", of("i", "r")));
    }

    @Test
    void operationsThatMakeNoLayerAreNamed() {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> model(
                        "pool",
                        operation("Pad", "pad", ",'pad_width':[[0,0],[1,1],[1,1],[0,0]],'mode':'constant'", of("i")),
                        object("keras.layers", "MaxPooling2D", "pool", ",'pool_size':[2,2]", of("pad"))));
        assertEquals(
                "conv4j does not have these of its layers: 'pad' (the operation Pad); replace them in Keras and save the"
                        + " model again",
                refused.getMessage());
        assertThrows(
                IllegalArgumentException.class,
                () -> model("e", object("keras.layers", "Embedding", "e", ",'input_dim':5,'output_dim':3", of("i"))));
        assertTrue(refusal().contains("'e' (Embedding)"), refusal());
    }
}
