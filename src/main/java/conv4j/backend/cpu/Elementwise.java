package conv4j.backend.cpu;

import conv4j.backend.Step;
import conv4j.graph.Activate;
import conv4j.graph.Activation;
import conv4j.graph.Add;
import conv4j.graph.AddBias;
import conv4j.graph.Dropout;
import conv4j.graph.ScaleItems;
import conv4j.graph.Value;

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
        return each(function, operation.input(), (run, from, count, lane) -> {
            float[] values = lane.floats(0, count);
            x.on(lane).get(from, values, count);
            Functions.apply(function, values, count, lane);
            y.on(lane).put(from, values, count);
        });
    }

    /** Blocks that suit a function: much is computed for all but the ReLU family. */
    private Step each(Activation function, Value value, Blocks.RunBody body) {
        return function.kind() == Activation.Kind.RELU
                ? blocks.streamedElementwise(value, body)
                : blocks.elementwise(value, body);
    }

    Step activateGradient(Activate.Gradient operation) {
        Place dy = blocks.place(operation.outputGradient());
        Place saved = blocks.place(operation.saved());
        Place dx = blocks.place(operation.inputGradient());
        Activation function = operation.activation();
        return each(function, operation.saved(), (run, from, count, lane) -> {
            float[] upstream = lane.floats(0, count);
            float[] values = lane.floats(1, count);
            dy.on(lane).get(from, upstream, count);
            saved.on(lane).get(from, values, count);
            Functions.gradient(function, values, upstream, count, lane);
            dx.on(lane).put(from, upstream, count);
        });
    }

    Step add(Add operation) {
        Place a = blocks.place(operation.a());
        Place b = blocks.place(operation.b());
        Place y = blocks.place(operation.output());
        return blocks.streamedElementwise(operation.a(), (run, from, count, lane) -> {
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
        return blocks.streamedRowwise(operation.input(), columns, (run, row, rows, lane) -> {
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
            // Words come in blocks: the values are put where the first one's word is in its block.
            int before = (int) (from % RandomWords.BLOCK);
            int all = before + count;
            int wordBlocks = (all + RandomWords.BLOCK - 1) / RandomWords.BLOCK;
            float[] values = lane.floats(0, all);
            float[] factors = lane.floats(1, wordBlocks * RandomWords.BLOCK);
            x.on(lane).get(from, values, before, count);
            int[][] words = RandomWords.of(from - before, wordBlocks, run, operation.stream(), lane);
            factors(words, wordBlocks, operation, factors);
            drop(values, factors, before, all);
            y.on(lane).put(from, values, before, count);
        });
    }

    /** The scale for elements whose words are not below the threshold, 0 for the others. */
    private static void factors(int[][] words, int blocks, Dropout operation, float[] factors) {
        float[] scaleOrZero = {operation.scale(), 0};
        for (int[] ofBlocks : words) {
            compare(ofBlocks, operation.threshold(), blocks);
        }
        for (int i = 0; i < blocks; i++) {
            int at = RandomWords.BLOCK * i;
            factors[at] = scaleOrZero[words[0][i]];
            factors[at + 1] = scaleOrZero[words[1][i]];
            factors[at + 2] = scaleOrZero[words[2][i]];
            factors[at + 3] = scaleOrZero[words[3][i]];
        }
    }

    /**
     * 1 for words below the threshold, else 0, both unsigned: what is borrowed when one is taken from the other (Warren,
     * Hacker's Delight, section 2-12), since a branch would be guessed wrongly for most elements that are dropped.
     */
    private static void compare(int[] words, int threshold, int count) {
        for (int i = 0; i < count; i++) {
            int word = words[i];
            words[i] = ((~word & threshold) | ((~word | threshold) & (word - threshold))) >>> 31;
        }
    }

    /** What is dropped becomes 0 even when it is not finite, whose product with 0 is NaN. */
    private static void drop(float[] values, float[] factors, int from, int to) {
        if (Functions.finite(values, from, to)) {
            for (int i = from; i < to; i++) {
                values[i] *= factors[i];
            }
            return;
        }
        for (int i = from; i < to; i++) {
            values[i] = factors[i] == 0 ? 0 : values[i] * factors[i];
        }
    }
}
