package conv4j.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.data.Normalization;
import conv4j.graph.Binary;
import conv4j.graph.UnaryFunction;
import conv4j.graph.UnaryFunction.Kind;
import conv4j.layers.Activation;
import conv4j.layers.Add;
import conv4j.layers.AveragePooling2D;
import conv4j.layers.BatchNormalization;
import conv4j.layers.Concatenate;
import conv4j.layers.Conv2D;
import conv4j.layers.Dense;
import conv4j.layers.Elementwise;
import conv4j.layers.Flatten;
import conv4j.layers.GlobalAveragePooling2D;
import conv4j.layers.GroupNormalization;
import conv4j.layers.Input;
import conv4j.layers.Layer;
import conv4j.layers.LayerNormalization;
import conv4j.layers.MaxPooling2D;
import conv4j.layers.Multiply;
import conv4j.layers.Permute;
import conv4j.layers.ReLU;
import conv4j.layers.Reshape;
import conv4j.layers.Tensor;
import conv4j.layers.UpSampling2D;
import conv4j.layers.Weighted;
import conv4j.layers.ZeroPadding2D;
import conv4j.model.Model;
import conv4j.model.Sequential;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models are written with the operators that somebody would choose by hand, and compute the same elsewhere. */
class ModelExportTest {

    private static final float INFINITY = Float.POSITIVE_INFINITY;

    @TempDir
    private Path folder;

    private static int[] shape(int... dims) {
        return dims;
    }

    private static List<OnnxNode> nodes(Model model) {
        return OnnxReader.model(ByteBuffer.wrap(ModelExport.file(model))).nodes();
    }

    private void written(Model made, String... operators) {
        try (Backend backend = Backends.open("reference");
                Model model = OnnxFileTest.randomized(made)) {
            List<String> all = nodes(model).stream().map(OnnxNode::operator).toList();
            assertEquals(List.of(operators), all);
            OnnxFileTest.assertWrittenAndReadAgain(model, backend, folder);
        }
    }

    private void written(int[] input, Layer layer, String... operators) {
        written(new Sequential("m", new Input(input), layer), operators);
    }

    private void written(int[] input, Layer first, Layer second, String... operators) {
        written(new Sequential("m", new Input(input), first, second), operators);
    }

    @Test
    void denseLayersArePlainProductsOrConvolutionsOfPixels() {
        written(shape(3), new Dense(4), "Gemm");
        written(shape(3), new Dense(4).useBias(false), "Gemm");
        written(shape(2, 3), new Dense(4), "MatMul", "Add");
        written(shape(2, 3), new Dense(4).useBias(false), "MatMul");
        written(shape(2, 3, 2), new Dense(4), "Conv");
        written(shape(2, 3, 2), new Dense(4).useBias(false).activation("relu"), "Conv", "Relu");
    }

    @Test
    void nodesAreCalledLikeTheLayersWeights() {
        try (Model model = new Sequential(
                "m", new Input(3), new Dense(2).activation("relu").name("fc"))) {
            List<OnnxNode> nodes = nodes(model);
            assertEquals(List.of("input", "fc/kernel", "fc/bias"), nodes.get(0).inputs());
            assertTrue(
                    nodes.get(0).name().endsWith("/before_activation"),
                    nodes.get(0).name());
            assertEquals(nodes.get(0).outputs(), nodes.get(1).inputs());
        }
        try (Model model = new Sequential("m", new Input(3), new Dense(2).name("fc"))) {
            assertTrue(!nodes(model).get(0).name().contains("before_activation"));
        }
    }

    @Test
    void flatteningAnImageWaitsForWhatReadsIt() {
        written(shape(2, 3, 2), new Flatten(), new Dense(4), "Flatten", "Gemm");
        written(
                shape(2, 3, 2),
                new Flatten(),
                new BatchNormalization(),
                "Flatten",
                "BatchNormalization",
                "Reshape",
                "Transpose",
                "Reshape");
        written(shape(2, 3, 2), new Flatten(), "Flatten", "Reshape", "Transpose", "Reshape");
        written(shape(2, 3, 1), new Flatten(), "Flatten");
        written(shape(1, 1, 3), new Flatten(), "Flatten");
        written(shape(2, 3), new Flatten(), "Reshape");
    }

    @Test
    void reshapingNeedsOurOrderUnlessOnlyChannelsAreLeft() {
        written(shape(6), new Reshape(1, 1, 6), "Reshape");
        written(shape(6), new Reshape(1, 2, 3), "Reshape", "Transpose");
        written(shape(6), new Reshape(2, 1, 3), "Reshape", "Transpose");
        written(shape(6), new Reshape(2, 3), "Reshape");
        written(shape(2, 3, 2), new Reshape(4, 3), "Transpose", "Reshape");
        written(shape(2, 3), new Permute(2, 1), "Transpose");
        written(shape(2, 3, 2), new Permute(2, 1, 3), "Transpose", "Transpose", "Transpose");
    }

    @Test
    void aModelThatDoesNothingIsAnIdentity() {
        written(shape(3), new Activation("linear"), "Identity");
        written(shape(2, 3, 2), new Activation("linear"), "Identity");
    }

    @Test
    void batchNormalizationIsOneNodeWhereOnnxHasOurChannels() {
        written(shape(2, 3, 2), new BatchNormalization().epsilon(0.1), "BatchNormalization");
        written(shape(3), new BatchNormalization().epsilon(0.1), "BatchNormalization");
        written(shape(2, 3), new BatchNormalization().epsilon(0.1), "Mul", "Add");
    }

    @Test
    void poolingOfTheWholeImageIsGlobal() {
        written(shape(2, 3, 2), new GlobalAveragePooling2D(), "GlobalAveragePool", "Flatten");
        written(shape(2, 3, 2), new MaxPooling2D(2, 3), "GlobalMaxPool");
        written(shape(2, 3, 2), new MaxPooling2D(2, 2), "MaxPool");
        written(shape(2, 3, 2), new MaxPooling2D(1, 3), "MaxPool");
        written(shape(2, 3, 2), new MaxPooling2D(2, 3).strides(1).padding("same"), "MaxPool");
        written(shape(5, 4, 2), new MaxPooling2D(2).strides(1).dilationRate(2, 1), "MaxPool");
        written(shape(4, 5, 2), new MaxPooling2D(2).strides(1).dilationRate(1, 2), "MaxPool");
        for (int[] apart : new int[][] {{2, 1}, {1, 2}}) {
            try (Model model = new Sequential(
                    "m", new Input(4, 4, 1), new AveragePooling2D(2).strides(1).dilationRate(apart[0], apart[1]))) {
                String message = assertThrows(IllegalArgumentException.class, () -> ModelExport.file(model))
                        .getMessage();
                assertTrue(message.contains("AveragePool has no dilation before version 19"), message);
            }
        }
    }

    @Test
    void activationsAreTheirOwnNodes() {
        int[] row = {9};
        written(row, new ReLU(), "Relu");
        written(row, new ReLU(0.5f, 0, 0), "Clip");
        written(row, new ReLU(INFINITY, 0.1f, 0), "LeakyRelu");
        written(row, new ReLU(0.5f, 0.1f, 0), "LeakyRelu", "Clip");
        written(row, new ReLU(INFINITY, 0.1f, 0.5f), "GreaterOrEqual", "Sub", "Mul", "Where");
        written(row, new ReLU(1, 0.1f, 0.5f), "GreaterOrEqual", "Sub", "Mul", "Clip", "Where");
        written(row, new Activation("swish"), "Sigmoid", "Mul");
        written(row, new Activation("selu"), "Selu");
        written(row, new Activation("elu"), "Elu");
    }

    @Test
    void generalFunctionsAreTheShortestNodes() {
        int[] row = {9};
        written(row, function(Kind.AFFINE, 1, 2), "Add");
        written(row, function(Kind.AFFINE, 2, 0), "Mul");
        written(row, function(Kind.AFFINE, 2, 3), "Mul", "Add");
        written(row, function(Kind.AFFINE, 1, 0), "Mul");
        written(row, function(Kind.CLIP, -0.5f, 0.5f), "Clip");
        written(row, function(Kind.CLIP, -INFINITY, 0.5f), "Clip");
        written(row, function(Kind.CLIP, -0.5f, INFINITY), "Clip");
        written(row, function(Kind.HARD_SIGMOID, 0.3f, 0.4f), "HardSigmoid");
        written(row, function(Kind.CELU, 0.7f, 0), "Celu");
        written(row, function(Kind.SCALED_ELU, 1.2f, 0.9f), "Selu");
        written(row, function(Kind.THRESHOLDED_RELU, 0.4f, 0), "ThresholdedRelu");
        written(row, function(Kind.SHRINK, 0.4f, 0.2f), "Shrink");
        written(row, function(Kind.MISH, 0, 0), "Softplus", "Tanh", "Mul");
        written(row, function(Kind.ABSOLUTE, 0, 0), "Abs");
        written(row, function(Kind.HARD_SWISH, 0, 0), "HardSwish");
    }

    private static Elementwise function(Kind kind, float alpha, float beta) {
        return new Elementwise(new UnaryFunction(kind, alpha, beta));
    }

    @Test
    void comparisonsAreCastToNumbers() {
        written(shape(9), new Weighted(Binary.Function.LESS, 1), "Less", "Cast");
        written(shape(2, 3, 2), new Weighted(Binary.Function.LESS_OR_EQUAL, 1, 1, 1), "LessOrEqual", "Cast");
        written(shape(9), new Weighted(Binary.Function.EQUAL, 1), "Equal", "Cast");
        written(shape(2, 3, 2), new Weighted(Binary.Function.SUBTRACT, 2, 3, 2), "Sub");
        written(shape(2, 3, 2), new Weighted(Binary.Function.MULTIPLY, 2).reversed(true), "Mul");
        written(shape(2, 3), new Weighted(Binary.Function.MAXIMUM, 3), "Max");
    }

    @Test
    void layersAreNormalizedByOneNode() {
        written(shape(2, 3, 2), new LayerNormalization().epsilon(0.1), "Transpose", "LayerNormalization", "Transpose");
        written(shape(2, 3, 2), new LayerNormalization().axis(-3, -2, -1), "LayerNormalization");
        written(shape(2, 3), new LayerNormalization().epsilon(0.1), "LayerNormalization");
        written(shape(2, 3), new LayerNormalization().axis(-2, -1), "LayerNormalization");
        written(shape(3), new LayerNormalization().center(false), "LayerNormalization");
        written(shape(3), new LayerNormalization().scale(false), "LayerNormalization");
        written(
                shape(2, 3, 2),
                new Flatten(),
                new LayerNormalization(),
                "Flatten",
                "LayerNormalization",
                "Reshape",
                "Transpose",
                "Reshape");
    }

    @Test
    void groupsAreNormalizedAsInstances() {
        String[] grouped = {"Reshape", "InstanceNormalization", "Reshape", "Mul", "Add"};
        written(shape(2, 3, 4), new GroupNormalization(4).epsilon(0.1), "InstanceNormalization");
        written(shape(2, 3, 4), new GroupNormalization(-1), "InstanceNormalization");
        written(shape(2, 3, 4), new GroupNormalization(2).epsilon(0.1), grouped);
        written(shape(2, 3, 4), new GroupNormalization(2).scale(false).center(false), grouped);
        written(shape(3, 4), new GroupNormalization(4), "Transpose", "InstanceNormalization", "Transpose");
        written(
                shape(3, 4),
                new GroupNormalization(2),
                "Transpose",
                "Reshape",
                "InstanceNormalization",
                "Reshape",
                "Transpose",
                "Mul",
                "Add");
        written(shape(4), new GroupNormalization(2), grouped);
        written(shape(4), new GroupNormalization(4), grouped);
        written(shape(2, 2, 3, 4), new GroupNormalization(4), "Transpose", "InstanceNormalization", "Transpose");
    }

    private static Model joined(Layer join, Layer left, Layer right, int... input) {
        Tensor x = Input.of(input);
        return new Model("m", x, join.apply(left.apply(x), right.apply(x)));
    }

    @Test
    void imagesStayInOnnxOrderWhereTheyMeet() {
        for (int axis = 1; axis < 4; axis++) {
            Layer join = new Concatenate(axis);
            written(joined(join, new Conv2D(2, 1), new ReLU(), 3, 3, 2), "Conv", "Relu", "Concat");
        }
        written(joined(new Add(), new Conv2D(2, 1), new ReLU(), 3, 3, 2), "Conv", "Relu", "Add");
        Layer squeezed = new GlobalAveragePooling2D().keepDims(true);
        written(joined(new Multiply(), new ReLU(), squeezed, 3, 3, 2), "Relu", "GlobalAveragePool", "Mul");
        written(joined(new Add(), new Dense(2), new ReLU(), 2), "Gemm", "Relu", "Add");
        written(joined(new Concatenate(), new Dense(3), new ReLU(), 2), "Gemm", "Relu", "Concat");
        // What was permuted lies in our order, and its neighbour is brought to that.
        written(
                joined(new Concatenate(), new Permute(2, 1, 3), new ReLU(), 3, 3, 2),
                "Transpose",
                "Transpose",
                "Relu",
                "Transpose",
                "Concat",
                "Transpose");
        written(
                joined(new Add(), new Permute(2, 1, 3), new ReLU(), 3, 3, 2),
                "Transpose",
                "Transpose",
                "Relu",
                "Transpose",
                "Add",
                "Transpose");
    }

    @Test
    void softmaxIsTakenWhereTheChannelsAre() {
        written(shape(2, 3, 2), new Activation("softmax"), "Softmax");
        written(shape(2, 3), new Activation("softmax"), "Softmax");
        written(shape(3), new Activation("softmax"), "Softmax");
    }

    @Test
    void sizesOfImagesAreChanged() {
        written(shape(2, 3, 2), new ZeroPadding2D(1, 0, 2, 1), "Pad");
        written(shape(2, 3, 2), new UpSampling2D(2, 3), "Resize");
        written(shape(2, 3, 2), new UpSampling2D(3, 2).interpolation("bilinear"), "Resize");
    }

    @Test
    void theNormalizationOfInputsIsAProductAndASum() {
        Model image = new Sequential("m", new Input(2, 3, 2), new ReLU());
        image.normalization(Normalization.ofRaw(new double[] {0.1, 0.2}, new double[] {2, 3}));
        written(image, "Mul", "Add", "Relu");
        Model row = new Sequential("m", new Input(3), new ReLU());
        row.normalization(Normalization.ofRaw(new double[] {0.5}, new double[] {2}));
        written(row, "Mul", "Add", "Relu");
    }
}
