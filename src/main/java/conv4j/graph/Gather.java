package conv4j.graph;

import java.util.List;

/**
 * Takes the items of a batch out of a data set: {@code output[i] = data[order[cursor + i]] * scale + shift} for the i-th
 * item of the batch, the cursor being the run's. Scale and shift are per channel (the last axis) and optional; without
 * them numbers are copied.
 *
 * @param data the items, UINT8 or FLOAT32
 * @param order the item's index for every place of the epoch, INT32
 * @param scale (channels), or null together with shift
 * @param shift (channels), or null together with scale
 * @param output batched, the shape of an item
 */
public record Gather(Value data, Value order, Value scale, Value shift, Value output) implements Operation {

    public Gather {
        Check.elements("output", output, data);
        if (order.type() != ElementType.INT32 || data.type() == ElementType.INT32) {
            throw new IllegalArgumentException("the order must be INT32 and the data UINT8 or FLOAT32, but are "
                    + order.type() + " and " + data.type());
        }
        if ((scale == null) != (shift == null)) {
            throw new IllegalArgumentException("scale and shift must be given together");
        }
        if (scale != null) {
            Check.columns("scale", scale, output.columns());
            Check.columns("shift", shift, output.columns());
        }
    }

    @Override
    public List<Value> inputs() {
        return scale == null ? List.of(data, order) : List.of(data, order, scale, shift);
    }

    @Override
    public List<Value> outputs() {
        return List.of(output);
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.gather(this);
    }
}
