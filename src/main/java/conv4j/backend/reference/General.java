package conv4j.backend.reference;

import conv4j.backend.Step;
import conv4j.graph.Binary;
import conv4j.graph.Rearrange;
import conv4j.graph.Reduce;
import conv4j.graph.Unary;
import java.util.function.IntToDoubleFunction;

/** The general operations: functions of one and of two numbers, moving along axes, reducing rows. */
final class General {

    private General() {}

    static Step unary(Unary operation, Places places) {
        Floats x = places.of(operation.input());
        Floats y = places.of(operation.output());
        return run -> {
            for (int i = 0; i < operation.output().elements(run.batch()); i++) {
                y.set(i, operation.function().value(x.get(i)));
            }
        };
    }

    static Step unaryGradient(Unary.Gradient operation, Places places) {
        Floats dy = places.of(operation.outputGradient());
        Floats x = places.of(operation.input());
        Floats dx = places.of(operation.inputGradient());
        return run -> {
            for (int i = 0; i < operation.inputGradient().elements(run.batch()); i++) {
                dx.set(i, dy.get(i) * operation.function().slope(x.get(i)));
            }
        };
    }

    static Step binary(Binary operation, Places places) {
        Floats a = places.of(operation.a());
        Floats b = places.of(operation.b());
        Floats y = places.of(operation.output());
        Binary.Walk walk = operation.walk();
        int size = operation.output().shape().size();
        int itemA = operation.a().batched() ? operation.a().shape().size() : 0;
        int itemB = operation.b().batched() ? operation.b().shape().size() : 0;
        return run -> {
            for (int i = 0; i < operation.output().elements(run.batch()); i++) {
                int item = i / size;
                double left = a.get(item * itemA + offset(i % size, walk.extents(), walk.a()));
                double right = b.get(item * itemB + offset(i % size, walk.extents(), walk.b()));
                y.set(i, operation.function().value(left, right));
            }
        };
    }

    private static int offset(int index, int[] extents, int[] strides) {
        int offset = 0;
        int rest = index;
        for (int j = extents.length - 1; j >= 0; j--) {
            offset += rest % extents[j] * strides[j];
            rest /= extents[j];
        }
        return offset;
    }

    static Step rearrange(Rearrange operation, Places places) {
        Floats x = places.of(operation.input());
        Floats y = places.of(operation.output());
        int size = operation.output().shape().size();
        int[] strides = operation.strides();
        return run -> {
            for (int i = 0; i < operation.output().elements(run.batch()); i++) {
                int from = source(operation, strides, i % size);
                int item = i / size * operation.input().shape().size();
                y.set(i, from < 0 ? operation.fill() : x.get(item + from));
            }
        };
    }

    /** The input element that an output element is copied from, or -1 for none. */
    private static int source(Rearrange operation, int[] strides, int index) {
        int from = 0;
        int rest = index;
        for (int j = strides.length - 1; j >= 0; j--) {
            int extent = operation.output().shape().dim(j);
            Rearrange.Axis axis = operation.axes().get(j);
            int position = axis.start() + rest % extent * axis.step();
            int inside = inside(position, operation.sourceExtent(j), operation.outside());
            if (inside < 0) {
                return -1;
            }
            from += inside * strides[j];
            rest /= extent;
        }
        return from;
    }

    private static int inside(int position, int extent, Rearrange.Outside outside) {
        if (position >= 0 && position < extent) {
            return position;
        }
        return switch (outside) {
            case FILL -> -1;
            case EDGE -> position < 0 ? 0 : extent - 1;
            case REFLECT -> {
                int period = Math.max(1, 2 * (extent - 1));
                int folded = Math.floorMod(position, period);
                yield folded < extent ? folded : period - folded;
            }
        };
    }

    static Step reduce(Reduce operation, Places places) {
        Floats x = places.of(operation.input());
        Floats y = places.of(operation.output());
        int columns = operation.input().columns();
        return run -> {
            for (int r = 0; r < operation.output().elements(run.batch()); r++) {
                int first = r * columns;
                y.set(r, reduce(operation.kind(), columns, i -> x.get(first + i)));
            }
        };
    }

    private static double reduce(Reduce.Kind kind, int columns, IntToDoubleFunction row) {
        double sum = 0;
        double product = 1;
        int largest = 0;
        int smallest = 0;
        for (int i = 0; i < columns; i++) {
            double value = row.applyAsDouble(i);
            sum += value;
            product *= value;
            largest = beats(value, row.applyAsDouble(largest), 1) ? i : largest;
            smallest = beats(value, row.applyAsDouble(smallest), -1) ? i : smallest;
        }
        return switch (kind) {
            case SUM -> sum;
            case MEAN -> sum / columns;
            case PRODUCT -> product;
            case MAXIMUM -> row.applyAsDouble(largest);
            case MINIMUM -> row.applyAsDouble(smallest);
            case PLACE_OF_MAXIMUM -> largest;
            case PLACE_OF_MINIMUM -> smallest;
        };
    }

    private static boolean beats(double value, double best, int sign) {
        return !Double.isNaN(best) && (Double.isNaN(value) || sign * value > sign * best);
    }
}
