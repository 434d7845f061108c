package conv4j.onnx;

import static conv4j.onnx.OneNode.dims;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Operators on elements as layers, compared with ONNX Runtime. */
class ElementLayersTest {

    private static final int[] TWO_ITEMS = {2, 4};
    private static final float[] NUMBERS = {-3, -0.6f, -0.2f, 0.3f, 0, 0.5f, 1, 7};

    private static OneNode node(String operator) {
        return new OneNode(operator).data(TWO_ITEMS, NUMBERS);
    }

    @ParameterizedTest
    @CsvSource({
        "Neg, Elementwise",
        "HardSigmoid, Elementwise",
        "Celu, Elementwise",
        "ThresholdedRelu, Elementwise",
        "Shrink, Elementwise",
        "Erf, Elementwise",
        "Relu, ReLU",
        "LeakyRelu, LeakyReLU",
        "Elu, ELU",
        "Selu, Activation",
        "Sigmoid, Activation",
        "Tanh, Activation",
        "Softplus, Activation",
        "Softmax, Softmax"
    })
    void aFunctionIsALayer(String operator, String kind) {
        node(operator).becomes(kind);
    }

    @Test
    void functionsKeepTheirParameters() {
        node("HardSigmoid").with("alpha", 0.3f).with("beta", 0.4f).becomes("Elementwise");
        node("Celu").with("alpha", 0.3f).becomes("Elementwise");
        node("ThresholdedRelu").with("alpha", 0.4f).becomes("Elementwise");
        node("Shrink").with("lambd", 0.4f).with("bias", 0.2f).becomes("Elementwise");
        node("LeakyRelu").with("alpha", 0.3f).becomes("LeakyReLU");
        node("Elu").with("alpha", 0.3f).becomes("ELU");
        node("Selu").with("alpha", 1.5f).becomes("Elementwise");
        node("Selu").with("gamma", 1.5f).becomes("Elementwise");
    }

    @Test
    void geluIsExactOrByTheHyperbolicTangent() {
        int[] two = {1, 2};
        double[] exact = {0.8413447, -0.1586553};
        double share = 0.5 * Math.tanh(Math.sqrt(2 / Math.PI) * 1.044715);
        double[] byTanh = {0.5 + share, share - 0.5};
        new OneNode("Gelu").opset(20).data(two, 1, -1).becomesAndGives(two, exact, "Activation");
        new OneNode("Gelu")
                .opset(20)
                .with("approximate", "tanh")
                .data(two, 1, -1)
                .becomesAndGives(two, byTanh, "Activation");
    }

    @Test
    void limitsAreALayerFromAttributesAndInputs() {
        double[] both = {-0.5, -0.5, -0.2, 0.3, 0, 0.5, 0.75, 0.75};
        node("Clip").constant(dims(), -0.5f).constant(dims(), 0.75f).becomesAndGives(TWO_ITEMS, both, "Elementwise");
        node("Clip").opset(6).with("min", -0.5f).with("max", 0.75f).becomesAndGives(TWO_ITEMS, both, "Elementwise");
        node("Clip").constant(dims(), 0).constant(dims(), 6).becomes("ReLU");
        node("Clip").constant(dims(), 0).constant(dims(), -1).becomes("Elementwise");
        node("Clip").none().constant(dims(), 0.75f).becomes("Elementwise");
        node("Clip").constant(dims(), -0.5f).becomes("Elementwise");
        double[] upwards = {0.2, 0.2, 0.2, 0.3, 0.2, 0.5, 1, 7};
        node("Clip").opset(6).with("min", 0.2f).becomesAndGives(TWO_ITEMS, upwards, "Elementwise");
        OneNode open = new OneNode("Clip").data(dims(1, 1), 2);
        String message = open.data(dims(1, 1), 1).refusedLayers();
        assertTrue(message.contains("a model has one input and one output"), message);
    }

    @Test
    void softmaxIsTakenOverChannelsOrTheLastAxis() {
        float[] x = OneNode.spread(24);
        new OneNode("Softmax").data(dims(2, 3, 2, 2), x).with("axis", 1L).becomes("Softmax");
        new OneNode("Softmax").data(dims(2, 3, 2, 2), x).with("axis", -1L).becomes("Permute", "Softmax", "Permute");
        new OneNode("Softmax").data(dims(2, 3, 4), x).becomes("Softmax");
        new OneNode("LogSoftmax").data(dims(2, 12), x).becomes("Softmax", "Elementwise");
        new OneNode("LogSoftmax").data(dims(2, 3, 2, 2), x).with("axis", 1L).becomes("Softmax", "Elementwise");
        new OneNode("Softmax").opset(11).data(dims(2, 12), x).becomes("Softmax");
        new OneNode("Softmax").opset(11).data(dims(2, 12, 1, 1), x).becomes("Softmax");
        new OneNode("Softmax").opset(11).data(dims(2, 3, 4), x).with("axis", 2L).becomes("Softmax");
        for (OneNode other : new OneNode[] {
            new OneNode("Softmax").data(dims(2, 3, 2, 2), x).with("axis", 2L),
            new OneNode("Softmax").data(dims(2, 3, 4), x).with("axis", 1L),
            new OneNode("Softmax").data(dims(2, 12), x).with("axis", 0L),
            new OneNode("Softmax").opset(11).data(dims(2, 3, 4), x),
            new OneNode("Softmax").opset(11).data(dims(2, 3, 2, 2), x)
        }) {
            String message = other.refusedLayers();
            assertTrue(message.contains("there is no layer for Softmax 'it': softmax over other axes"), message);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Add, Elementwise",
        "Sub, Elementwise",
        "Mul, Elementwise",
        "Div, Weighted",
        "Pow, Weighted",
        "Max, Elementwise",
        "Min, Elementwise"
    })
    void aNumberIsPartOfTheLayerOnEitherSide(String operator, String kind) {
        new OneNode(operator)
                .data(TWO_ITEMS, 1, 2, 3, 4, 5, 6, 7, 8)
                .constant(dims(), 2.5f)
                .becomes(kind);
        new OneNode(operator)
                .constant(dims(), 2.5f)
                .data(TWO_ITEMS, 1, 2, 3, 4, 5, 6, 7, 8)
                .becomes(kind);
        new OneNode(operator)
                .data(TWO_ITEMS, 1, 2, 3, 4, 5, 6, 7, 8)
                .constant(dims(1, 1), 2.5f)
                .becomes(kind);
    }

    @Test
    void aSquareIsAProduct() {
        node("Pow").constant(dims(), 2).becomes("Multiply");
        new OneNode("Pow").constant(dims(), 2).data(TWO_ITEMS, NUMBERS).becomes("Weighted");
    }

    @ParameterizedTest
    @CsvSource({"Add", "Sub", "Mul", "Div", "Pow", "PRelu", "Max", "Min"})
    void weightsAreWeightsOfALayerInOurOrder(String operator) {
        float[] x = new float[24];
        for (int i = 0; i < x.length; i++) {
            x[i] = 0.5f + i % 7;
        }
        new OneNode(operator)
                .data(dims(2, 3, 2, 2), x)
                .constant(dims(3, 1, 1), 1, 2, 3)
                .becomes("Weighted");
        new OneNode(operator)
                .data(dims(2, 3, 2, 2), x)
                .constant(dims(1, 1, 2, 1), 1, 2)
                .becomes("Weighted");
        new OneNode(operator).data(dims(2, 3, 2, 2), x).constant(dims(2), 1, 2).becomes("Weighted");
        new OneNode(operator)
                .data(dims(2, 3, 2, 2), x)
                .constant(dims(3, 2, 2), OneNode.counted(12))
                .becomes("Weighted");
        String message = new OneNode(operator)
                .data(dims(2, 3, 2, 2), x)
                .constant(dims(2, 3, 1, 1), 1, 2, 3, 4, 5, 6)
                .refusedLayers();
        assertTrue(message.contains("weights of their own for every item of a batch"), message);
        message = new OneNode(operator)
                .data(dims(2, 12), x)
                .constant(dims(1, 1, 12), OneNode.counted(12))
                .refusedLayers();
        assertTrue(message.contains("weights of their own for every item of a batch"), message);
    }

    @Test
    void comparisonsWithANumberAreOneOrZero() {
        int[] one = {1, 3};
        float[] x = {1, 2, 3};
        String[] operators = {"Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"};
        double[][] truths = {{0, 1, 0}, {1, 0, 0}, {1, 1, 0}, {0, 0, 1}, {0, 1, 1}};
        for (int i = 0; i < operators.length; i++) {
            new OneNode(operators[i]).data(one, x).constant(dims(), 2).becomesAndGives(one, truths[i], "Weighted");
        }
        String message = new OneNode("Less").data(one, x).constant(one, 1, 2, 3).refusedLayers();
        assertTrue(
                message.contains("there is no layer for Less 'it': a comparison with more than one number"), message);
    }
}
