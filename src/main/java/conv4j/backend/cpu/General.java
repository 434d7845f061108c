package conv4j.backend.cpu;

import conv4j.backend.Step;
import conv4j.graph.Binary;
import conv4j.graph.Rearrange;
import conv4j.graph.Reduce;
import conv4j.graph.Unary;
import conv4j.graph.UnaryFunction;
import java.util.Arrays;

/** The general operations: functions of one and of two numbers, moving along axes, reducing rows. */
final class General {

    private static final int PIECE = 256;

    private final Blocks blocks;

    General(Blocks blocks) {
        this.blocks = blocks;
    }

    Step unary(Unary operation) {
        Floats x = blocks.floats(operation.input());
        Floats y = blocks.floats(operation.output());
        UnaryFunction function = operation.function();
        return run -> blocks.elements(operation.input().elements(run.batch()), (from, count, lane) -> {
            float[] values = lane.floats(0, count);
            x.get(from, values, count);
            UnaryFunctions.apply(function, values, count, lane);
            y.put(from, values, count);
        });
    }

    Step unaryGradient(Unary.Gradient operation) {
        Floats dy = blocks.floats(operation.outputGradient());
        Floats x = blocks.floats(operation.input());
        Floats dx = blocks.floats(operation.inputGradient());
        UnaryFunction function = operation.function();
        return run -> blocks.elements(operation.input().elements(run.batch()), (from, count, lane) -> {
            float[] upstream = lane.floats(0, count);
            float[] values = lane.floats(1, count);
            dy.get(from, upstream, count);
            x.get(from, values, count);
            UnaryFunctions.gradient(function, values, upstream, count, lane);
            dx.put(from, upstream, count);
        });
    }

    Step binary(Binary operation) {
        Floats a = blocks.floats(operation.a());
        Floats b = blocks.floats(operation.b());
        Floats y = blocks.floats(operation.output());
        Binary.Walk walk = operation.walk();
        int size = operation.output().shape().size();
        int itemA = operation.a().batched() ? operation.a().shape().size() : 0;
        int itemB = operation.b().batched() ? operation.b().shape().size() : 0;
        return run -> blocks.elements(operation.output().elements(run.batch()), (from, count, lane) -> {
            float[] left = lane.floats(0, count);
            float[] right = lane.floats(1, count);
            read(a, walk.extents(), walk.a(), size, itemA, from, left, count);
            read(b, walk.extents(), walk.b(), size, itemB, from, right, count);
            apply(operation.function(), left, right, count);
            y.put(from, left, count);
        });
    }

    /** Reads elements {@code from} and following of a repeated operand, in pieces along the innermost axis. */
    private static void read(
            Floats operand, int[] extents, int[] strides, int size, int item, long from, float[] into, int count) {
        int last = extents.length - 1;
        int done = 0;
        while (done < count) {
            long index = from + done;
            int within = (int) (index % size);
            int position = within % extents[last];
            long place = index / size * item;
            int rest = within / extents[last];
            for (int j = last - 1; j >= 0; j--) {
                place += (long) (rest % extents[j]) * strides[j];
                rest /= extents[j];
            }
            int piece = Math.min(count - done, extents[last] - position);
            if (strides[last] == 1) {
                operand.get(place + position, into, done, piece);
            } else {
                operand.get(place, into, done, 1);
                Arrays.fill(into, done, done + piece, into[done]);
            }
            done += piece;
        }
    }

    private static void apply(Binary.Function function, float[] left, float[] right, int count) {
        switch (function) {
            case ADD -> {
                for (int i = 0; i < count; i++) {
                    left[i] += right[i];
                }
            }
            case SUBTRACT -> {
                for (int i = 0; i < count; i++) {
                    left[i] -= right[i];
                }
            }
            case MULTIPLY -> {
                for (int i = 0; i < count; i++) {
                    left[i] *= right[i];
                }
            }
            default -> {
                for (int i = 0; i < count; i++) {
                    left[i] = (float) function.value(left[i], right[i]);
                }
            }
        }
    }

    Step rearrange(Rearrange operation) {
        Floats x = blocks.floats(operation.input());
        Floats y = blocks.floats(operation.output());
        Sources sources = new Sources(operation);
        int size = operation.output().shape().size();
        int inputSize = operation.input().shape().size();
        return run -> blocks.elements(operation.output().elements(run.batch()), (from, count, lane) -> {
            float[] moved = lane.floats(0, count);
            for (int i = 0; i < count; i++) {
                long index = from + i;
                int source = sources.of((int) (index % size));
                if (source < 0) {
                    moved[i] = operation.fill();
                } else {
                    x.get(index / size * inputSize + source, moved, i, 1);
                }
            }
            y.put(from, moved, count);
        });
    }

    /** The elements that an item's elements come from, looked up axis by axis. */
    private static final class Sources {

        private final int[][] offsets;

        Sources(Rearrange operation) {
            int[] strides = operation.strides();
            offsets = new int[strides.length][];
            for (int j = 0; j < strides.length; j++) {
                offsets[j] = new int[operation.output().shape().dim(j)];
                Rearrange.Axis axis = operation.axes().get(j);
                for (int i = 0; i < offsets[j].length; i++) {
                    int position = axis.start() + i * axis.step();
                    int inside = inside(position, operation.sourceExtent(j), operation.outside());
                    offsets[j][i] = inside < 0 ? -1 : inside * strides[j];
                }
            }
        }

        private static int inside(int position, int extent, Rearrange.Outside outside) {
            if (position >= 0 && position < extent) {
                return position;
            }
            return switch (outside) {
                case FILL -> -1;
                case EDGE -> Math.max(0, Math.min(position, extent - 1));
                case REFLECT -> {
                    int folded = Math.floorMod(position, Math.max(1, 2 * (extent - 1)));
                    yield Math.min(folded, Math.max(1, 2 * (extent - 1)) - folded) % extent;
                }
            };
        }

        int of(int index) {
            int source = 0;
            int rest = index;
            for (int j = offsets.length - 1; j >= 0; j--) {
                int offset = offsets[j][rest % offsets[j].length];
                if (offset < 0) {
                    return -1;
                }
                source += offset;
                rest /= offsets[j].length;
            }
            return source;
        }
    }

    Step reduce(Reduce operation) {
        Floats x = blocks.floats(operation.input());
        Floats y = blocks.floats(operation.output());
        int columns = operation.input().columns();
        return run -> blocks.rows(operation.input().rows(run.batch()), columns, (row, rows, lane) -> {
            float[] piece = lane.floats(0, PIECE);
            float[] results = lane.floats(1, rows);
            for (int r = 0; r < rows; r++) {
                results[r] = (float) reduce(operation.kind(), x, (row + r) * columns, columns, piece);
            }
            y.put(row, results, rows);
        });
    }

    private static double reduce(Reduce.Kind kind, Floats x, long first, int columns, float[] piece) {
        x.get(first, piece, 1);
        double best = piece[0];
        int place = 0;
        double total = kind == Reduce.Kind.PRODUCT ? 1 : 0;
        boolean largest = kind == Reduce.Kind.MAXIMUM || kind == Reduce.Kind.PLACE_OF_MAXIMUM;
        for (int done = 0; done < columns; done += PIECE) {
            int count = Math.min(PIECE, columns - done);
            x.get(first + done, piece, count);
            for (int i = 0; i < count; i++) {
                float value = piece[i];
                total = kind == Reduce.Kind.PRODUCT ? total * value : total + value;
                boolean better = largest ? value > best : value < best;
                if (!Double.isNaN(best) && (better || Float.isNaN(value))) {
                    best = value;
                    place = done + i;
                }
            }
        }
        return switch (kind) {
            case SUM, PRODUCT -> total;
            case MEAN -> total / columns;
            case MAXIMUM, MINIMUM -> best;
            case PLACE_OF_MAXIMUM, PLACE_OF_MINIMUM -> place;
        };
    }
}
