package conv4j.onnx;

import static conv4j.onnx.OneNode.counted;
import static conv4j.onnx.OneNode.dims;
import static conv4j.onnx.OneNode.spread;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products with weights, changes of shape and reductions as layers. */
class ShapeLayersTest {

    private static OneNode gemm(int... weight) {
        return new OneNode("Gemm").data(dims(2, 3), spread(6)).constant(weight, spread(12));
    }

    @Test
    void generalProductsAreDense() {
        gemm(3, 4).becomes("Dense");
        gemm(4, 3).with("transB", 1L).constant(dims(4), counted(4)).becomes("Dense");
        gemm(3, 4)
                .constant(dims(4), counted(4))
                .with("alpha", 0.5f)
                .with("beta", 2f)
                .becomes("Dense");
        gemm(3, 4).constant(dims(1), 2).becomes("Dense");
        gemm(3, 4).constant(dims(), 2).becomes("Dense");
        gemm(3, 4).constant(dims(1, 4), counted(4)).becomes("Dense");
    }

    @Test
    void productsThatAreNotDenseAreRefused() {
        String transposed = gemm(3, 4).with("transA", 1L).refusedLayers();
        assertTrue(transposed.contains("Gemm 'it': a product with the transposed input"), transposed);
        String inputs = gemm(2, 6).refusedLayers();
        assertTrue(inputs.contains("Gemm 'it': its weights are for 2 inputs, but there are 3"), inputs);
        String bias = gemm(3, 4).constant(dims(2), 1, 2).refusedLayers();
        assertTrue(bias.contains("a bias of 2 numbers for 4 units"), bias);
        String cube = gemm(1, 3, 4).refusedLayers();
        assertTrue(cube.contains("a product with weights of 3 axes"), cube);
    }

    @Test
    void productsAlongTheLastAxis() {
        new OneNode("MatMul")
                .data(dims(2, 3), spread(6))
                .constant(dims(3, 4), spread(12))
                .becomes("Dense");
        new OneNode("MatMul")
                .data(dims(2, 2, 3), spread(12))
                .constant(dims(3, 4), spread(12))
                .becomes("Dense");
        new OneNode("MatMul")
                .data(dims(2, 2, 2, 3), spread(24))
                .constant(dims(3, 4), spread(12))
                .becomes("Permute", "Dense", "Permute");
    }

    @Test
    void flatteningIsForItems() {
        new OneNode("Flatten").data(dims(2, 2, 3, 1), counted(12)).becomes("Permute", "Flatten");
        new OneNode("Flatten").data(dims(2, 2, 3), counted(12)).becomes("Flatten");
        new OneNode("Flatten").data(dims(2, 6), counted(12)).becomes("Activation");
        new OneNode("Flatten")
                .data(dims(2, 2, 3), counted(12))
                .with("axis", -2L)
                .becomes("Flatten");
        for (long axis : new long[] {0, 2, -1}) {
            String message = new OneNode("Flatten")
                    .data(dims(2, 2, 3), counted(12))
                    .with("axis", axis)
                    .refusedLayers();
            assertTrue(message.contains("Flatten 'it': flattening from another axis than 1"), message);
        }
    }

    private static OneNode reshape(long... target) {
        return new OneNode("Reshape").data(dims(2, 2, 3), counted(12)).longs(target);
    }

    @Test
    void reshapingKeepsTheBatchHoweverItIsWritten() {
        reshape(0, 3, 2).becomes("Reshape");
        reshape(0, -1).becomes("Flatten");
        reshape(2, 3, 2).becomes("Reshape");
        reshape(-1, 3, 2).becomes("Reshape");
        reshape(-1, 6).becomes("Flatten");
        reshape(-1, 0, 3).becomes("Activation");
        reshape(0, 6, 1, 1).becomes("Reshape");
        reshape(0, 2, 3, 1).becomes("Reshape", "Permute");
        reshape(0, 2, 1, 3).becomes("Reshape", "Permute");
        new OneNode("Reshape")
                .opset(1)
                .with("shape", new long[] {0, 3})
                .data(dims(1, 3, 1), 1, 2, 3)
                .becomesAndGives(dims(1, 3), new double[] {1, 2, 3}, "Flatten");
    }

    @Test
    void shapesThatTakeFromTheBatchAreRefused() {
        for (long[] target : new long[][] {{12}, {0}, {1, 12}, {-1, 3}, {3, 4}, {-1, -1}}) {
            String message = reshape(target).refusedLayers();
            assertTrue(message.contains("a shape that does not begin with the batch, ["), message);
        }
        String open =
                new OneNode("Reshape").data(dims(2, 1), 1, 2).longs(-1, -1).refusedLayers();
        assertTrue(open.contains("a shape that does not begin with the batch, [-1, -1]"), open);
        String message = reshape(0, 5).refusedLayers();
        assertTrue(message.contains("Reshape 'it': 6 elements of [2, 3] do not fill the shape [5]"), message);
    }

    @Test
    void axesOfOnePositionComeAndGo() {
        new OneNode("Squeeze").data(dims(2, 1, 3), counted(6)).longs(1).becomes("Flatten");
        new OneNode("Squeeze").data(dims(2, 1, 3), counted(6)).becomes("Flatten");
        new OneNode("Unsqueeze").data(dims(2, 3), counted(6)).longs(1).becomes("Reshape");
        new OneNode("Unsqueeze").data(dims(2, 3), counted(6)).longs(2, 3).becomes("Reshape");
        String before =
                new OneNode("Unsqueeze").data(dims(2, 3), counted(6)).longs(0).refusedLayers();
        assertTrue(before.contains("Unsqueeze 'it': an axis before the batch"), before);
    }

    @Test
    void axesOfAnItemAreTransposed() {
        new OneNode("Transpose")
                .data(dims(2, 2, 3), counted(12))
                .with("perm", new long[] {0, 2, 1})
                .becomes("Permute");
        new OneNode("Transpose")
                .data(dims(2, 2, 3, 2), counted(24))
                .with("perm", new long[] {0, 1, 3, 2})
                .becomes("Permute");
        String moved = new OneNode("Transpose").data(dims(2, 2, 3), counted(12)).refusedLayers();
        assertTrue(moved.contains("Transpose 'it': a transposition that moves the batch"), moved);
    }

    @Test
    void joiningBatchesIsRefused() {
        String batch = new OneNode("Concat")
                .data(dims(2, 3), counted(6))
                .with("axis", 0L)
                .refusedLayers();
        assertTrue(batch.contains("Concat 'it': joining batches"), batch);
        new OneNode("Concat").data(dims(2, 3), counted(6)).with("axis", 1L).becomes("Activation");
    }

    @Test
    void dropoutIsKeptForTraining() {
        new OneNode("Dropout").data(dims(2, 3), counted(6)).becomes("Dropout");
        new OneNode("Dropout").data(dims(2, 3), counted(6)).constant(dims(), 0).becomes("Activation");
        new OneNode("Dropout")
                .opset(10)
                .with("ratio", 0f)
                .data(dims(2, 3), counted(6))
                .becomes("Activation");
    }

    @Test
    void identitiesAndCastsToFloatsAreNoLayers() {
        new OneNode("Identity").data(dims(2, 3), counted(6)).becomes("Activation");
        new OneNode("Cast").with("to", 1L).data(dims(2, 3), counted(6)).becomes("Activation");
        String other =
                new OneNode("Cast").with("to", 7L).data(dims(2, 3), counted(6)).refusedLayers();
        assertTrue(other.contains("Cast 'it': a cast to int64"), other);
    }

    private static OneNode reduced(String operator, int[] dims, long... axes) {
        int size = Sizes.product(dims, operator);
        OneNode node = new OneNode(operator).data(dims, spread(size));
        return operator.equals("ReduceSum") ? node.longs(axes) : node.with("axes", axes);
    }

    @ParameterizedTest
    @CsvSource({"ReduceMean, 0", "ReduceMean, 1", "ReduceMax, 0", "ReduceMax, 1", "ReduceSum, 0", "ReduceSum, 1"})
    void anyAxesOfAnItemAreReduced(String operator, long keep) {
        int[] image = {2, 2, 3, 4};
        int[] row = {2, 3, 4};
        for (long[] axes : new long[][] {{2, 3}, {1}, {-1}, {1, 2}, {2}}) {
            OneNode node = reduced(operator, image, axes).with("keepdims", keep);
            node.becomes(node.layers().kinds().toArray(String[]::new));
        }
        for (long[] axes : new long[][] {{1}, {2}}) {
            OneNode node = reduced(operator, row, axes).with("keepdims", keep);
            node.becomes(node.layers().kinds().toArray(String[]::new));
        }
    }

    @Test
    void reductionsOfImagesToChannelsArePooling() {
        reduced("ReduceMean", dims(2, 2, 3, 4), 2, 3).with("keepdims", 0L).becomes("GlobalAveragePooling2D");
        reduced("ReduceMax", dims(2, 2, 3, 4), 2, 3).becomes("GlobalMaxPooling2D");
    }

    @Test
    void reductionsOverTheBatchOrToNothingAreRefused() {
        for (OneNode node : new OneNode[] {
            reduced("ReduceMean", dims(2, 3), 0), reduced("ReduceMean", dims(2, 3), 0, 1),
            new OneNode("ReduceMean").data(dims(2, 3), counted(6)),
                    new OneNode("ReduceSum").data(dims(2, 3), counted(6))
        }) {
            String message = node.refusedLayers();
            assertTrue(message.contains("a reduction over the batch"), message);
        }
        String all = reduced("ReduceMean", dims(2, 3), 1).with("keepdims", 0L).refusedLayers();
        assertTrue(all.contains("a reduction that leaves no axis"), all);
        new OneNode("ReduceSum")
                .with("noop_with_empty_axes", 1L)
                .data(dims(2, 3), counted(6))
                .becomes("Activation");
    }

    @Test
    void layersAreNormalizedFromAnAxisOn() {
        new OneNode("LayerNormalization")
                .data(dims(2, 3, 4), spread(24))
                .constant(dims(4), counted(4))
                .constant(dims(4), spread(4))
                .with("epsilon", 0.1f)
                .becomes("LayerNormalization");
        new OneNode("LayerNormalization")
                .data(dims(2, 3, 4), spread(24))
                .constant(dims(3, 4), counted(12))
                .with("axis", -2L)
                .becomes("LayerNormalization");
        String batch = new OneNode("LayerNormalization")
                .data(dims(2, 3), spread(6))
                .constant(dims(2, 3), spread(6))
                .with("axis", 0L)
                .refusedLayers();
        assertTrue(batch.contains("normalization over the batch"), batch);
        String few = new OneNode("LayerNormalization")
                .data(dims(2, 3), spread(6))
                .constant(dims(1), 2)
                .refusedLayers();
        assertTrue(few.contains("weights [1] for the normalized axes [3]"), few);
    }

    @Test
    void instancesAreNormalizedAsGroupsOfOneChannel() {
        new OneNode("InstanceNormalization")
                .data(dims(2, 3, 2, 2), spread(24))
                .constant(dims(3), 1, 2, 3)
                .constant(dims(3), -1, 0, 1)
                .with("epsilon", 0.1f)
                .becomes("GroupNormalization");
        new OneNode("InstanceNormalization")
                .data(dims(2, 3, 4), spread(24))
                .constant(dims(3), 1, 2, 3)
                .constant(dims(3), -1, 0, 1)
                .becomes("Permute", "GroupNormalization", "Permute");
        String numbers = new OneNode("InstanceNormalization")
                .data(dims(2, 3), spread(6))
                .constant(dims(3), 1, 2, 3)
                .constant(dims(3), -1, 0, 1)
                .refusedLayers();
        assertTrue(numbers.contains("InstanceNormalization 'it' needs channels and positions"), numbers);
    }
}
