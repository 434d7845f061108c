package conv4j.onnx;

import static conv4j.onnx.OneNode.counted;
import static conv4j.onnx.OneNode.dims;
import static conv4j.onnx.OneNode.spread;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Operators that bring numbers to a common scale, with epsilons that show. */
class NormalizationOperatorsTest {

    private static OneNode batch() {
        return new OneNode("BatchNormalization")
                .data(dims(2, 3, 2, 2), spread(24))
                .data(dims(3), 1, 2, 3)
                .data(dims(3), -1, 0, 1)
                .data(dims(3), 0.1f, 0.2f, 0.3f)
                .data(dims(3), 0.5f, 0.6f, 0.7f);
    }

    @Test
    void batchesAreNormalizedByTheGivenStatistics() {
        batch().isAsElsewhere();
        batch().with("epsilon", 0.25f).isAsElsewhere();
        new OneNode("BatchNormalization")
                .data(dims(4, 2), spread(8))
                .data(dims(2), 1, 2)
                .data(dims(2), 0, 1)
                .data(dims(2), 0.1f, 0.2f)
                .data(dims(2), 0.5f, 0.6f)
                .isAsElsewhere();
    }

    @Test
    void inTrainingTheBatchGivesTheStatisticsAndMovesTheRunningOnes() {
        batch().opset(15)
                .with("training_mode", 1L)
                .with("momentum", 0.7f)
                .outputs(3)
                .isAsElsewhere();
        // Of one channel with the numbers 1 and 3: mean 2, variance 1.
        OneNode small = new OneNode("BatchNormalization")
                .opset(15)
                .with("training_mode", 1L)
                .with("epsilon", 0f)
                .outputs(3)
                .data(dims(2, 1), 1, 3)
                .data(dims(1), 1)
                .data(dims(1), 0)
                .data(dims(1), 10)
                .data(dims(1), 20);
        OneNode.assertSame(small.run().get(0), dims(2, 1), new double[] {-1, 1}, 1e-6);
        OneNode.assertSame(small.run().get(1), dims(1), new double[] {0.9 * 10 + 0.1 * 2}, 1e-5);
        OneNode.assertSame(small.run().get(2), dims(1), new double[] {0.9 * 20 + 0.1 * 1}, 1e-5);
    }

    @Test
    void statisticsOfSinglePositionsAreRefused() {
        OneNode old = batch().opset(8).with("spatial", 0L);
        String message = assertThrows(Unsupported.class, old::run).getMessage();
        assertTrue(message.contains("statistics of single positions (spatial=0)"), message);
        batch().opset(8).with("spatial", 1L).isAsElsewhere();
        batch().opset(8).isAsElsewhere();
    }

    @Test
    void instancesAreNormalizedByThemselves() {
        new OneNode("InstanceNormalization")
                .data(dims(2, 3, 2, 3), spread(36))
                .data(dims(3), 1, 2, 3)
                .data(dims(3), -1, 0, 1)
                .with("epsilon", 0.3f)
                .isAsElsewhere();
        new OneNode("InstanceNormalization")
                .data(dims(2, 3, 4), spread(24))
                .data(dims(3), 1, 2, 3)
                .data(dims(3), -1, 0, 1)
                .isAsElsewhere();
    }

    @Test
    void layersAreNormalizedFromAnAxisOnAndTellMeanAndDeviation() {
        new OneNode("LayerNormalization")
                .data(dims(2, 3, 4), spread(24))
                .data(dims(4), counted(4))
                .data(dims(4), spread(4))
                .outputs(3)
                .isAsElsewhere();
        new OneNode("LayerNormalization")
                .data(dims(2, 3, 4), spread(24))
                .data(dims(3, 4), counted(12))
                .with("axis", 1L)
                .with("epsilon", 0.5f)
                .outputs(3)
                .isAsElsewhere();
    }

    @Test
    void meanAndVarianceAreTakenFromAnyAxes() {
        new OneNode("MeanVarianceNormalization")
                .data(dims(2, 3, 2, 2), spread(24))
                .isAsElsewhere();
        // Rows (1, 3) and (2, 6): means 2 and 4, deviations 1 and 2.
        new OneNode("MeanVarianceNormalization")
                .data(dims(2, 2), 1, 3, 2, 6)
                .with("axes", new long[] {-1})
                .gives(dims(2, 2), -1, 1, -1, 1);
    }

    @Test
    void vectorsAreBroughtToLengthOne() {
        new OneNode("LpNormalization").data(dims(2, 2), 3, 4, 0, 0).gives(dims(2, 2), 0.6, 0.8, 0, 0);
        new OneNode("LpNormalization")
                .data(dims(2, 2), 3, -1, 1, 1)
                .with("p", 1L)
                .with("axis", 0L)
                .gives(dims(2, 2), 0.75, -0.5, 0.25, 0.5);
    }

    @Test
    void neighbouringChannelsDampEachOther() {
        for (long size : new long[] {1, 2, 3, 4, 5}) {
            // What ONNX Runtime does with even sizes is not ONNX' formula, and size 1 changes every number by its
            // square.
            OneNode node = new OneNode("LRN")
                    .data(dims(2, 4, 2, 3), spread(48))
                    .with("size", size)
                    .with("alpha", 0.9f)
                    .with("beta", 0.6f)
                    .with("bias", 1.5f);
            node.gives(dims(2, 4, 2, 3), damped(spread(48), (int) size));
            if (size % 2 == 1) {
                node.isAsElsewhere();
            }
        }
        new OneNode("LRN").data(dims(1, 2, 1, 1), 30, 40).with("size", 3L).isAsElsewhere();
        OneNode row = new OneNode("LRN").data(dims(1, 2, 3), counted(6)).with("size", 3L);
        String message = assertThrows(Unsupported.class, row::run).getMessage();
        assertTrue(message.contains("LRN 'it': 1 spatial axes"), message);
    }

    /** ONNX' formula on (2, 4, 2, 3). */
    private static double[] damped(float[] x, int size) {
        double[] y = new double[48];
        for (int i = 0; i < 48; i++) {
            int channel = i / 6 % 4;
            double sum = 0;
            int from = Math.max(0, channel - (int) Math.floor((size - 1) / 2.0));
            int to = Math.min(3, channel + (int) Math.ceil((size - 1) / 2.0));
            for (int c = from; c <= to; c++) {
                double other = x[i + (c - channel) * 6];
                sum += other * other;
            }
            y[i] = x[i] / Math.pow(1.5 + 0.9 / size * sum, 0.6);
        }
        return y;
    }
}
