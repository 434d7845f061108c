package conv4j.backend.cpu;

import conv4j.backend.Placement;
import conv4j.backend.Step;
import conv4j.graph.Concatenate;
import conv4j.graph.ElementType;
import conv4j.graph.Gather;
import conv4j.graph.Value;
import java.util.List;
import java.util.Objects;

/** Operations that copy: joining, splitting, taking items out of a data set. */
final class Movement {

    private final Blocks blocks;

    Movement(Blocks blocks) {
        this.blocks = blocks;
    }

    Step concatenate(Concatenate operation) {
        return move(operation.operands(), operation.output(), operation.axis(), true);
    }

    Step split(Concatenate.Split operation) {
        return move(operation.parts(), operation.input(), operation.axis(), false);
    }

    /** The whole is a matrix whose rows are the parts' rows one after the other. */
    private Step move(List<Value> parts, Value whole, int axis, boolean joining) {
        List<Floats> places = parts.stream().map(blocks::floats).toList();
        int[] runs =
                parts.stream().mapToInt(part -> Concatenate.run(part, axis)).toArray();
        Floats all = blocks.floats(whole);
        int width = Concatenate.run(whole, axis);
        return run -> blocks.rows(whole.elements(run.batch()) / width, width, (row, rows, lane) -> {
            float[] together = lane.floats(0, rows * width);
            if (!joining) {
                all.get(row * width, together, rows * width);
            }
            int at = 0;
            for (int i = 0; i < runs.length; i++) {
                float[] part = lane.floats(1, rows * runs[i]);
                if (joining) {
                    places.get(i).get(row * runs[i], part, rows * runs[i]);
                }
                for (int r = 0; r < rows; r++) {
                    int inWhole = r * width + at;
                    System.arraycopy(
                            joining ? part : together,
                            joining ? r * runs[i] : inWhole,
                            joining ? together : part,
                            joining ? inWhole : r * runs[i],
                            runs[i]);
                }
                if (!joining) {
                    places.get(i).put(row * runs[i], part, rows * runs[i]);
                }
                at += runs[i];
            }
            if (joining) {
                all.put(row * width, together, rows * width);
            }
        });
    }

    Step gather(Gather operation) {
        Placement.Location data = blocks.placement().of(operation.data());
        Placement.Location order = blocks.placement().of(operation.order());
        CpuMemory items = (CpuMemory) data.memory();
        CpuMemory places = (CpuMemory) order.memory();
        Place output = blocks.place(operation.output());
        int size = operation.data().shape().size();
        boolean bytes = operation.data().type() == ElementType.UINT8;
        boolean scaled = operation.scale() != null;
        float[] scale = new float[scaled ? size : 0];
        float[] shift = new float[scale.length];
        Runnable repeat = () -> {
            if (scaled) {
                int c = operation.output().columns();
                Elementwise.repeated(blocks.floats(operation.scale()), c, size / c, scale);
                Elementwise.repeated(blocks.floats(operation.shift()), c, size / c, shift);
            }
        };
        return blocks.partwise(1, repeat, (run, item, whole, lane) -> {
            int index = places.ints().get((int) order.offset() + run.cursor() + item);
            long first = data.offset() + (long) index * size;
            int from = (int) Objects.checkFromIndexSize(first, (long) size, items.elements());
            float[] values = lane.floats(0, size);
            if (bytes) {
                byte[] pixels = lane.bytes(size);
                items.bytes().get(from, pixels, 0, size);
                widen(pixels, values, size);
            } else {
                items.floats().get(from, values, 0, size);
            }
            if (scaled) {
                scale(values, scale, shift, size);
            }
            output.on(lane).put((long) item * size, values, size);
        });
    }

    private static void widen(byte[] bytes, float[] values, int count) {
        for (int i = 0; i < count; i++) {
            values[i] = bytes[i] & 0xFF;
        }
    }

    private static void scale(float[] values, float[] scale, float[] shift, int count) {
        for (int i = 0; i < count; i++) {
            values[i] = values[i] * scale[i] + shift[i];
        }
    }
}
