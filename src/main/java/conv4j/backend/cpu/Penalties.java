package conv4j.backend.cpu;

import conv4j.backend.Step;
import conv4j.graph.Penalty;

/** Penalties on large parameters, and their derivatives. */
final class Penalties {

    private final Blocks blocks;
    private final Columns columns;

    Penalties(Blocks blocks) {
        this.blocks = blocks;
        this.columns = new Columns(blocks);
    }

    Step penalty(Penalty operation) {
        Floats w = blocks.floats(operation.parameter());
        Floats loss = blocks.floats(operation.loss());
        Floats y = blocks.floats(operation.output());
        long elements = operation.parameter().shape().size();
        return run -> {
            double penalty = of(w, elements, operation.l1(), operation.l2());
            float[] values = new float[run.batch()];
            loss.get(0, values, run.batch());
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (values[i] + penalty);
            }
            y.put(0, values, run.batch());
        };
    }

    private double of(Floats w, long elements, float l1, float l2) {
        double[][] sums = columns.sum(1, elements, 1, (row, rows, into, lane) -> {
            float[] values = into[0];
            w.get(row, values, rows);
            for (int i = 0; i < rows; i++) {
                float x = values[i];
                values[i] = l1 * Math.abs(x) + l2 * x * x;
            }
        });
        return sums[0][0];
    }

    Step gradient(Penalty.Gradient operation) {
        Floats w = blocks.floats(operation.parameter());
        Floats gradient = blocks.floats(operation.gradient());
        float l1 = operation.l1();
        float twice = 2 * operation.l2();
        return run -> blocks.elements(operation.parameter().shape().size(), (from, count, lane) -> {
            float[] values = lane.floats(0, count);
            w.get(from, values, count);
            for (int i = 0; i < count; i++) {
                values[i] = l1 * Math.signum(values[i]) + twice * values[i];
            }
            gradient.put(from, values, count);
        });
    }
}
