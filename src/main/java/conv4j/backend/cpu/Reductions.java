package conv4j.backend.cpu;

import conv4j.backend.Run;
import conv4j.backend.Step;
import conv4j.graph.Accumulate;
import conv4j.graph.ClipByNorm;
import conv4j.graph.ColumnSums;

/** Sums: over rows, over a batch into a running total, over squares for a norm. */
final class Reductions {

    private final Blocks blocks;
    private final Columns columns;

    Reductions(Blocks blocks) {
        this.blocks = blocks;
        this.columns = new Columns(blocks);
    }

    Step columnSums(ColumnSums operation) {
        Floats x = blocks.floats(operation.input());
        Floats y = blocks.floats(operation.output());
        int width = operation.input().columns();
        return run -> {
            double[][] sums = columns.sum(
                    1,
                    operation.input().rows(run.batch()),
                    width,
                    (row, rows, into, lane) -> x.get(row * width, into[0], rows * width));
            y.put(0, floats(sums[0]), width);
        };
    }

    static float[] floats(double[] values) {
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) values[i];
        }
        return result;
    }

    Step accumulate(Accumulate operation) {
        Floats x = blocks.floats(operation.perItem());
        Floats total = blocks.floats(operation.total());
        return run -> {
            float[] values = new float[run.batch()];
            float[] state = new float[3];
            x.get(0, values, run.batch());
            total.get(0, state, 3);
            add(state, values, run);
            total.put(0, state, 3);
        };
    }

    /** Kahan 1965: the correction holds what the sum lacks, with the sign that it must be subtracted from. */
    private static void add(float[] state, float[] values, Run run) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        if (state[2] == 0 && !Float.isFinite((float) sum)) {
            state[2] = 1f + run.step();
        }
        float corrected = (float) (sum - state[1]);
        float next = state[0] + corrected;
        state[1] = (next - state[0]) - corrected;
        state[0] = next;
    }

    Step clipByNorm(ClipByNorm operation) {
        Floats g = blocks.floats(operation.gradient());
        long elements = operation.gradient().shape().size();
        return run -> {
            double norm = Math.sqrt(squares(g, elements));
            if (norm <= operation.limit()) {
                return;
            }
            float scale = (float) (operation.limit() / norm);
            blocks.elements(elements, (from, count, lane) -> {
                float[] values = lane.floats(0, count);
                g.get(from, values, count);
                scale(values, scale, count);
                g.put(from, values, count);
            });
        };
    }

    private double squares(Floats g, long elements) {
        double[][] sums = columns.sum(1, elements, 1, (row, rows, into, lane) -> {
            g.get(row, into[0], rows);
            square(into[0], rows);
        });
        return sums[0][0];
    }

    private static void square(float[] values, int count) {
        for (int i = 0; i < count; i++) {
            values[i] *= values[i];
        }
    }

    private static void scale(float[] values, float scale, int count) {
        for (int i = 0; i < count; i++) {
            values[i] *= scale;
        }
    }
}
