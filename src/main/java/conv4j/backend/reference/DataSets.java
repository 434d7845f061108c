package conv4j.backend.reference;

import conv4j.backend.Step;
import conv4j.graph.Accumulate;
import conv4j.graph.ElementType;
import conv4j.graph.Gather;
import conv4j.graph.Value;
import java.util.function.IntToDoubleFunction;

/** What happens around a batch: taking its items out of a data set, and adding its results to totals. */
final class DataSets {

    private DataSets() {}

    static Step gather(Gather operation, Places places) {
        IntToDoubleFunction data = elements(operation.data(), places);
        int[] order =
                (int[]) places.memory(operation.order(), ElementType.INT32).array();
        int firstPlace = places.offset(operation.order());
        Floats scale = places.ofOptional(operation.scale());
        Floats shift = places.ofOptional(operation.shift());
        Floats y = places.of(operation.output());
        int size = operation.output().shape().size();
        int channels = operation.output().columns();
        return run -> {
            for (int i = 0; i < run.batch() * size; i++) {
                int item = order[firstPlace + run.cursor() + i / size];
                double value = data.applyAsDouble(item * size + i % size);
                int c = i % channels;
                y.set(i, scale == null ? value : value * scale.get(c) + shift.get(c));
            }
        };
    }

    /** The elements of a data set as numbers; bytes count from 0 to 255. */
    private static IntToDoubleFunction elements(Value data, Places places) {
        if (data.type() == ElementType.FLOAT32) {
            return places.of(data)::get;
        }
        byte[] bytes = (byte[]) places.memory(data, ElementType.UINT8).array();
        int offset = places.offset(data);
        return i -> Byte.toUnsignedInt(bytes[offset + i]);
    }

    static Step accumulate(Accumulate operation, Places places) {
        Floats perItem = places.of(operation.perItem());
        Floats total = places.of(operation.total());
        return run -> {
            double sum = 0;
            for (int item = 0; item < run.batch(); item++) {
                sum += perItem.get(item);
            }
            double exact = (double) total.get(0) - total.get(1) + sum;
            total.set(0, exact);
            total.set(1, total.get(0) - exact);
            if (!Float.isFinite((float) sum) && total.get(2) == 0) {
                total.set(2, 1 + run.step());
            }
        };
    }
}
