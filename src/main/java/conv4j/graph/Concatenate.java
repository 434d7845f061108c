package conv4j.graph;

import java.util.ArrayList;
import java.util.List;

/**
 * Joins values along one axis of their items.
 *
 * @param operands two or more batched values whose shapes agree except along the axis
 * @param output the joined value
 * @param axis the axis within an item's shape, 0 or more
 */
public record Concatenate(List<Value> operands, Value output, int axis) implements Operation {

    public Concatenate {
        operands = List.copyOf(operands);
        checkParts(operands, output, axis);
    }

    private static void checkParts(List<Value> parts, Value whole, int axis) {
        int along = 0;
        for (Value part : parts) {
            Check.shape("part", part, whole.shape().with(axis, part.shape().dim(axis)));
            along += part.shape().dim(axis);
        }
        if (along != whole.shape().dim(axis)) {
            throw new IllegalArgumentException("the parts have " + along + " positions along axis " + axis
                    + " together, but the whole is " + whole);
        }
    }

    /**
     * Elements of one part that lie together: the length of a run when part and whole are read as matrices of runs.
     *
     * @param part an operand or the output
     * @param axis the axis of joining
     * @return the product of the extents from the axis on
     */
    public static int run(Value part, int axis) {
        int run = 1;
        for (int i = axis; i < part.shape().rank(); i++) {
            run *= part.shape().dim(i);
        }
        return run;
    }

    @Override
    public List<Value> inputs() {
        return operands;
    }

    @Override
    public List<Value> outputs() {
        return List.of(output);
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.concatenate(this);
    }

    @Override
    public void gradient(Gradients gradients) {
        List<Value> parts = new ArrayList<>();
        for (Value operand : operands) {
            parts.add(gradients.contributionOrUnused(operand));
        }
        gradients.emit(new Split(gradients.of(output), parts, axis));
    }

    /**
     * Cuts a value into parts along one axis of its items; the gradient of joining.
     *
     * @param input the whole
     * @param parts the parts, in order
     * @param axis the axis within an item's shape, 0 or more
     */
    public record Split(Value input, List<Value> parts, int axis) implements Operation {

        public Split {
            parts = List.copyOf(parts);
            checkParts(parts, input, axis);
        }

        @Override
        public List<Value> inputs() {
            return List.of(input);
        }

        @Override
        public List<Value> outputs() {
            return parts;
        }

        @Override
        public <T> T accept(Operations<T> operations) {
            return operations.split(this);
        }
    }
}
