package conv4j.backend.cpu;

import conv4j.backend.Step;
import conv4j.graph.Activate;
import conv4j.graph.Activation;
import conv4j.graph.Add;
import conv4j.graph.AddBias;
import conv4j.graph.Dropout;
import conv4j.graph.ScaleItems;

/** Operations that treat every element by itself: activations, sums, bias, dropout. */
final class Elementwise {

    private final Blocks blocks;

    Elementwise(Blocks blocks) {
        this.blocks = blocks;
    }

    Step activate(Activate operation) {
        Floats x = blocks.floats(operation.input());
        Floats y = blocks.floats(operation.output());
        Activation function = operation.activation();
        return run -> blocks.elements(operation.input().elements(run.batch()), (from, count, lane) -> {
            float[] values = lane.floats(0, count);
            x.get(from, values, count);
            Functions.apply(function, values, count);
            y.put(from, values, count);
        });
    }

    Step activateGradient(Activate.Gradient operation) {
        Floats dy = blocks.floats(operation.outputGradient());
        Floats saved = blocks.floats(operation.saved());
        Floats dx = blocks.floats(operation.inputGradient());
        Activation function = operation.activation();
        return run -> blocks.elements(operation.saved().elements(run.batch()), (from, count, lane) -> {
            float[] upstream = lane.floats(0, count);
            float[] values = lane.floats(1, count);
            dy.get(from, upstream, count);
            saved.get(from, values, count);
            Functions.gradient(function, values, upstream, count);
            dx.put(from, upstream, count);
        });
    }

    Step add(Add operation) {
        Floats a = blocks.floats(operation.a());
        Floats b = blocks.floats(operation.b());
        Floats y = blocks.floats(operation.output());
        return run -> blocks.elements(operation.a().elements(run.batch()), (from, count, lane) -> {
            float[] sum = lane.floats(0, count);
            float[] other = lane.floats(1, count);
            a.get(from, sum, count);
            b.get(from, other, count);
            add(sum, other, count);
            y.put(from, sum, count);
        });
    }

    Step scaleItems(ScaleItems operation) {
        Floats x = blocks.floats(operation.input());
        Floats weights = blocks.floats(operation.weights());
        Floats y = blocks.floats(operation.output());
        int size = operation.input().shape().size();
        return run -> blocks.rows(run.batch(), size, (item, items, lane) -> {
            float[] values = lane.floats(0, items * size);
            float[] factors = lane.floats(1, items);
            x.get(item * size, values, items * size);
            weights.get(item, factors, items);
            for (int i = 0; i < items * size; i++) {
                values[i] *= factors[i / size];
            }
            y.put(item * size, values, items * size);
        });
    }

    /** {@code sum[i] += other[i]}. */
    static void add(float[] sum, float[] other, int count) {
        for (int i = 0; i < count; i++) {
            sum[i] += other[i];
        }
    }

    Step addBias(AddBias operation) {
        Floats x = blocks.floats(operation.input());
        Floats bias = blocks.floats(operation.bias());
        Floats y = blocks.floats(operation.output());
        int columns = operation.input().columns();
        return run -> blocks.rows(operation.input().rows(run.batch()), columns, (row, rows, lane) -> {
            float[] values = lane.floats(0, rows * columns);
            x.get(row * columns, values, rows * columns);
            add(values, repeated(bias, columns, rows, lane.floats(1, rows * columns)), rows * columns);
            y.put(row * columns, values, rows * columns);
        });
    }

    /** A row written {@code times} times into an array. */
    static float[] repeated(Floats row, int columns, int times, float[] into) {
        row.get(0, into, columns);
        for (int i = 1; i < times; i++) {
            System.arraycopy(into, 0, into, i * columns, columns);
        }
        return into;
    }

    Step dropout(Dropout operation) {
        Floats x = blocks.floats(operation.input());
        Floats y = blocks.floats(operation.output());
        return run -> blocks.elements(operation.input().elements(run.batch()), (from, count, lane) -> {
            float[] values = lane.floats(0, count);
            int[] words = lane.ints(0, count + 3);
            x.get(from, values, count);
            RandomWords.fill(words, from, count, run, operation.stream(), lane);
            drop(values, words, count, operation.threshold() ^ Integer.MIN_VALUE, operation.scale());
            y.put(from, values, count);
        });
    }

    /** {@code signedThreshold}: the unsigned threshold with its top bit flipped, so that a signed comparison serves. */
    private static void drop(float[] values, int[] words, int count, int signedThreshold, float scale) {
        for (int i = 0; i < count; i++) {
            values[i] = (words[i] ^ Integer.MIN_VALUE) >= signedThreshold ? values[i] * scale : 0f;
        }
    }
}
