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
        Place x = blocks.place(operation.input());
        Place y = blocks.place(operation.output());
        Activation function = operation.activation();
        return blocks.elementwise(operation.input(), (run, from, count, lane) -> {
            float[] values = lane.floats(0, count);
            x.on(lane).get(from, values, count);
            Functions.apply(function, values, count);
            y.on(lane).put(from, values, count);
        });
    }

    Step activateGradient(Activate.Gradient operation) {
        Place dy = blocks.place(operation.outputGradient());
        Place saved = blocks.place(operation.saved());
        Place dx = blocks.place(operation.inputGradient());
        Activation function = operation.activation();
        return blocks.elementwise(operation.saved(), (run, from, count, lane) -> {
            float[] upstream = lane.floats(0, count);
            float[] values = lane.floats(1, count);
            dy.on(lane).get(from, upstream, count);
            saved.on(lane).get(from, values, count);
            Functions.gradient(function, values, upstream, count);
            dx.on(lane).put(from, upstream, count);
        });
    }

    Step add(Add operation) {
        Place a = blocks.place(operation.a());
        Place b = blocks.place(operation.b());
        Place y = blocks.place(operation.output());
        return blocks.elementwise(operation.a(), (run, from, count, lane) -> {
            float[] sum = lane.floats(0, count);
            float[] other = lane.floats(1, count);
            a.on(lane).get(from, sum, count);
            b.on(lane).get(from, other, count);
            add(sum, other, count);
            y.on(lane).put(from, sum, count);
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
        Place x = blocks.place(operation.input());
        Floats bias = blocks.floats(operation.bias());
        Place y = blocks.place(operation.output());
        int columns = operation.input().columns();
        return blocks.rowwise(operation.input(), columns, (run, row, rows, lane) -> {
            float[] values = lane.floats(0, rows * columns);
            x.on(lane).get(row * columns, values, rows * columns);
            add(values, repeated(bias, columns, rows, lane.floats(1, rows * columns)), rows * columns);
            y.on(lane).put(row * columns, values, rows * columns);
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
        Place x = blocks.place(operation.input());
        Place y = blocks.place(operation.output());
        return blocks.elementwise(operation.input(), (run, from, count, lane) -> {
            // Words come in blocks; those before the first element are left out.
            int before = (int) (from % RandomWords.BLOCK);
            float[] values = lane.floats(0, count);
            int[] words = RandomWords.fill(from - before, before + count, run, operation.stream(), lane);
            x.on(lane).get(from, values, count);
            drop(values, words, before, count, operation.threshold() ^ Integer.MIN_VALUE, operation.scale());
            y.on(lane).put(from, values, count);
        });
    }

    /** {@code signedThreshold}: the unsigned threshold with its top bit flipped, so that a signed comparison serves. */
    private static void drop(float[] values, int[] words, int at, int count, int signedThreshold, float scale) {
        for (int i = 0; i < count; i++) {
            values[i] = (words[at + i] ^ Integer.MIN_VALUE) >= signedThreshold ? values[i] * scale : 0f;
        }
    }
}
