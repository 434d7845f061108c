package conv4j.onnx;

import static conv4j.onnx.OneNode.counted;
import static conv4j.onnx.OneNode.dims;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.files.FileFormatException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Operators on elements, by ONNX Runtime's numbers or by the formulas in ONNX' description. */
class ElementOperatorsTest {

    private static final float[] AROUND_ZERO = {-3, -1.5f, -0.6f, -0.2f, 0, 0.3f, 0.5f, 1, 2.5f};
    private static final int[] NINE = {9};

    private static String refusal(OneNode node, Class<? extends RuntimeException> kind) {
        return assertThrows(kind, node::run).getMessage();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Abs",
                "Ceil",
                "Floor",
                "Round",
                "Sign",
                "Exp",
                "Erf",
                "Sin",
                "Cos",
                "Tan",
                "Atan",
                "Sinh",
                "Cosh",
                "Asinh",
                "HardSwish",
                "Softsign",
                "Relu",
                "Sigmoid",
                "Tanh",
                "Softplus",
                "LeakyRelu",
                "Elu",
                "Neg",
                "HardSigmoid",
                "Celu",
                "Selu",
                "ThresholdedRelu",
                "Shrink",
                "IsNaN"
            })
    void aFunctionWithItsDefaultsIsAsElsewhere(String operator) {
        new OneNode(operator).data(NINE, AROUND_ZERO).isAsElsewhere();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Log", "Sqrt", "Reciprocal", "Asin", "Acos", "Atanh"})
    void aFunctionOfNumbersBetweenZeroAndOneIsAsElsewhere(String operator) {
        new OneNode(operator).data(dims(3), 0.1f, 0.5f, 0.9f).isAsElsewhere();
    }

    @Test
    void functionsTakeTheirParameters() {
        Map<String, Map<String, Float>> parameters = Map.of(
                "LeakyRelu", Map.of("alpha", 0.3f),
                "Elu", Map.of("alpha", 0.7f),
                "HardSigmoid", Map.of("alpha", 0.4f, "beta", 0.3f),
                "Celu", Map.of("alpha", 0.7f),
                "Selu", Map.of("alpha", 1.2f, "gamma", 0.9f),
                "ThresholdedRelu", Map.of("alpha", 0.4f),
                "Shrink", Map.of("lambd", 0.4f, "bias", 0.2f));
        parameters.forEach((operator, settings) -> {
            OneNode node = new OneNode(operator).data(NINE, AROUND_ZERO);
            settings.forEach(node::with);
            node.isAsElsewhere();
        });
    }

    @Test
    void newerFunctionsFollowTheirFormulas() {
        double[] mish = new double[9];
        double[] gelu = new double[9];
        for (int i = 0; i < 9; i++) {
            double x = AROUND_ZERO[i];
            mish[i] = x * Math.tanh(Math.log1p(Math.exp(x)));
            gelu[i] = 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
        }
        new OneNode("Mish").opset(18).data(NINE, AROUND_ZERO).gives(NINE, mish);
        new OneNode("Gelu")
                .opset(20)
                .with("approximate", "tanh")
                .data(NINE, AROUND_ZERO)
                .gives(NINE, gelu);
        // 1 * (1 + erf(1 / sqrt(2))) / 2, the share of the normal distribution below 1.
        new OneNode("Gelu").opset(20).data(dims(2), 1, -1).gives(dims(2), 0.8413447, -0.1586553);
        new OneNode("Acosh").data(dims(2), 1, 2).gives(dims(2), 0, Math.log(2 + Math.sqrt(3)));
    }

    @Test
    void clippingTakesItsLimitsFromAttributesOrInputs() {
        double[] both = {-1, -1, -0.6, -0.2, 0, 0.3, 0.5, 0.75, 0.75};
        new OneNode("Clip")
                .data(NINE, AROUND_ZERO)
                .constant(dims(), -1)
                .constant(dims(), 0.75f)
                .gives(NINE, both);
        new OneNode("Clip")
                .opset(6)
                .with("min", -1f)
                .with("max", 0.75f)
                .data(NINE, AROUND_ZERO)
                .gives(NINE, both);
        new OneNode("Clip").data(dims(2), -2, 2).none().constant(dims(), 1).gives(dims(2), -2, 1);
        new OneNode("Clip").data(dims(2), -2, 2).constant(dims(), 1).gives(dims(2), 1, 2);
        new OneNode("Clip").data(dims(2), -2, 2).gives(dims(2), -2, 2);
        new OneNode("Clip").opset(6).data(dims(2), -2, 2).gives(dims(2), -2, 2);
        new OneNode("Clip").opset(6).with("max", 1f).data(dims(2), -2, 2).gives(dims(2), -2, 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Add",
                "Sub",
                "Mul",
                "Div",
                "Pow",
                "PRelu",
                "Sum",
                "Max",
                "Min",
                "Mean",
                "Equal",
                "Less",
                "LessOrEqual",
                "Greater",
                "GreaterOrEqual"
            })
    void twoTensorsMeetAsTheyBroadcast(String operator) {
        new OneNode(operator)
                .data(dims(2, 3), 1, 2, 3, 0.5f, 5, 1.5f)
                .data(dims(3), 2, 2, 0.5f)
                .isAsElsewhere();
    }

    @Test
    void anyNumberOfTensorsIsJoined() {
        for (String operator : new String[] {"Sum", "Max", "Min", "Mean"}) {
            new OneNode(operator)
                    .data(dims(3), 1, -2, 3)
                    .data(dims(3), 4, 5, -6)
                    .data(dims(1), 0.5f)
                    .isAsElsewhere();
            new OneNode(operator).data(dims(2), 1, -2).gives(dims(2), 1, -2);
        }
    }

    private static OnnxTensor truths(long... values) {
        return new OnnxTensor("", OnnxTensor.BOOL, dims(values.length), null, values);
    }

    @ParameterizedTest
    @ValueSource(strings = {"And", "Or", "Xor"})
    void truthsAreJoinedAsElsewhere(String operator) {
        OneNode node = new OneNode(operator).data(truths(0, 0, 1, 1)).data(truths(0, 1, 0, 1));
        node.isAsElsewhere();
    }

    @Test
    void truthsAreTurnedAndChooseBetweenTensors() {
        new OneNode("Not").data(truths(0, 1)).isAsElsewhere();
        new OneNode("Where")
                .data(truths(1, 0, 1))
                .data(dims(3), 1, 2, Float.NaN)
                .data(dims(1), 7)
                .isAsElsewhere();
        new OneNode("IsNaN")
                .data(dims(3), 1, Float.NaN, Float.POSITIVE_INFINITY)
                .gives(dims(3), 0, 1, 0);
    }

    @Test
    void whatIsChosenIsFreeOfWhatIsNot() {
        new OneNode("Where")
                .data(truths(1, 0))
                .data(dims(2), 1, Float.NaN)
                .data(dims(2), Float.POSITIVE_INFINITY, 4)
                .gives(dims(2), 1, 4);
    }

    @Test
    void wholeNumbersAreDividedTowardsZero() {
        OnnxTensor a = OnnxTensor.of("", new long[] {7, -7, 7, -7, 6, 0, 16777215}, 7);
        OnnxTensor b = OnnxTensor.of("", new long[] {2, 2, -2, -2, 3, 5, 16777214}, 7);
        new OneNode("Div").data(a).data(b).isAsElsewhere();
    }

    @Test
    void beforeVersion7TheSecondTensorBeginsAtAnAxisOfTheFirst() {
        new OneNode("Add")
                .opset(6)
                .with("broadcast", 1L)
                .with("axis", 1L)
                .data(dims(1, 2, 3), counted(6))
                .data(dims(2), 10, 20)
                .gives(dims(1, 2, 3), 11, 12, 13, 24, 25, 26);
        new OneNode("Mul")
                .opset(6)
                .with("broadcast", 1L)
                .data(dims(2, 2), 1, 2, 3, 4)
                .data(dims(2), 10, 20)
                .gives(dims(2, 2), 10, 40, 30, 80);
        new OneNode("Mul")
                .opset(7)
                .with("broadcast", 1L)
                .with("axis", 0L)
                .data(dims(2, 2), 1, 2, 3, 4)
                .data(dims(2), 10, 20)
                .gives(dims(2, 2), 10, 40, 30, 80);
        new OneNode("Mul")
                .opset(6)
                .with("axis", 0L)
                .data(dims(2, 2), 1, 2, 3, 4)
                .data(dims(2), 10, 20)
                .gives(dims(2, 2), 10, 40, 30, 80);
    }

    @Test
    void tensorsThatDoNotBroadcastAreRefusedByTheNodesName() {
        OneNode wrong = new OneNode("Add").data(dims(2), 1, 2).data(dims(3), 1, 2, 3);
        String message = refusal(wrong, FileFormatException.class);
        assertTrue(message.contains("Add 'it'") && message.contains("(2,) and (3,)"), message);
    }
}
