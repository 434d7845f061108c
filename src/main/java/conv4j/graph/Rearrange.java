package conv4j.graph;

import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Moves elements along axes: transposing, cutting out with steps, padding by a rule, and repeating are one operation.
 * Along output axis {@code j} position {@code i} comes from position {@code start + i * step} of input axis {@code
 * source}; what lies outside the input follows the rule.
 *
 * @param input any shape of at most 8 axes
 * @param output as many axes as there are sources
 * @param axes for every output axis where it comes from; every input axis of more than one position once
 * @param outside what is taken for positions outside the input
 * @param fill the number for {@link Outside#FILL}
 */
public record Rearrange(Value input, Value output, List<Axis> axes, Outside outside, float fill) implements OneInput {

    /** What stands at positions outside the input. */
    public enum Outside {
        /** A number. */
        FILL,
        /** The nearest position inside. */
        EDGE,
        /** The input mirrored at its first and last position, which are not repeated. */
        REFLECT
    }

    /**
     * Where an output axis comes from.
     *
     * @param source the input's axis, or {@link #REPEATED}
     * @param start the input position of output position 0
     * @param step input positions from one output position to the next, negative to go backwards, not 0
     */
    public record Axis(int source, int start, int step) {

        /** In place of a source: the input is repeated along this axis. */
        public static final int REPEATED = -1;

        /**
         * An input axis as it is.
         *
         * @param source the input's axis, or {@link #REPEATED}
         * @return all positions in their order
         */
        public static Axis whole(int source) {
            return new Axis(source, 0, 1);
        }
    }

    public Rearrange {
        axes = List.copyOf(axes);
        checkAxes(input, output, axes);
    }

    private static void checkAxes(Value input, Value output, List<Axis> axes) {
        int[] used = new int[input.shape().rank()];
        for (Axis axis : axes) {
            if (axis.source != Axis.REPEATED) {
                used[input.shape().checkedAxis(axis.source)]++;
            }
            if (axis.step == 0) {
                throw new IllegalArgumentException("a step of 0 leads nowhere; use REPEATED for repetition");
            }
        }
        boolean fits = axes.size() == output.shape().rank() && input.batched() == output.batched();
        for (int i = 0; i < used.length; i++) {
            fits &= used[i] == 1 || used[i] == 0 && input.shape().dim(i) == 1;
        }
        if (!fits || Math.max(axes.size(), used.length) > Binary.MOST_AXES) {
            throw new IllegalArgumentException("axes " + axes + " do not lead from " + input + " to " + output
                    + ": every input axis is needed once, at most " + Binary.MOST_AXES);
        }
    }

    /**
     * Adds a transposition.
     *
     * @param emit takes the operation
     * @param input any value
     * @param order for every output axis the input's
     * @return the transposed value
     */
    public static Value transposed(Consumer<Operation> emit, Value input, int... order) {
        List<Axis> axes = new ArrayList<>();
        int[] dims = new int[order.length];
        boolean moves = false;
        for (int i = 0; i < order.length; i++) {
            axes.add(Axis.whole(order[i]));
            dims[i] = input.shape().dim(order[i]);
            moves |= order[i] != i;
        }
        if (!moves) {
            return input;
        }
        Value output = input.like(input.name() + " transposed", Shape.of(dims));
        emit.accept(new Rearrange(input, output, axes, Outside.FILL, 0));
        return output;
    }

    /**
     * Elements of the input from one position of its axes to the next.
     *
     * @return for every output axis, 0 where it is repeated
     */
    public int[] strides() {
        int[] own = new int[input.shape().rank()];
        int stride = 1;
        for (int i = own.length - 1; i >= 0; i--) {
            own[i] = stride;
            stride *= input.shape().dim(i);
        }
        return axes.stream()
                .mapToInt(axis -> axis.source == Axis.REPEATED ? 0 : own[axis.source])
                .toArray();
    }

    /**
     * The input's positions along an output axis' source.
     *
     * @param axis the output's axis
     * @return its extent; for a repeated axis that of the output, so that nothing lies outside
     */
    public int sourceExtent(int axis) {
        int source = axes.get(axis).source;
        return source == Axis.REPEATED
                ? output.shape().dim(axis)
                : input.shape().dim(source);
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.rearrange(this);
    }

    /**
     * {@inheritDoc} Repetitions are added up; then every element goes back to where it came from. Steps of more than one
     * and mirrored positions have no gradient.
     */
    @Override
    public void gradient(Gradients gradients) {
        int rank = axes.size();
        List<Integer> single = new ArrayList<>();
        List<Integer> repeated = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            (axes.get(i).source == Axis.REPEATED ? repeated : single).add(i);
            if (Math.abs(axes.get(i).step) != 1 || outside != Outside.FILL && reachesOutside(i)) {
                throw new UnsupportedOperationException(
                        name() + " has a gradient only where its steps are 1 or -1 and its padding is constant");
            }
        }
        Value sum = sumOfRepeated(gradients, gradients.of(output), single, repeated);
        int[] place = new int[input.shape().rank()];
        java.util.Arrays.fill(place, Axis.REPEATED);
        for (int i = 0; i < single.size(); i++) {
            place[axes.get(single.get(i)).source] = i;
        }
        List<Axis> back = new ArrayList<>();
        for (int from : place) {
            Axis axis = from == Axis.REPEATED ? Axis.whole(Axis.REPEATED) : axes.get(single.get(from));
            back.add(from == Axis.REPEATED ? axis : new Axis(from, -axis.start * axis.step, axis.step));
        }
        gradients.emit(new Rearrange(sum, gradients.contribution(input), back, Outside.FILL, 0));
    }

    private boolean reachesOutside(int axis) {
        Axis move = axes.get(axis);
        long last = move.start + (output.shape().dim(axis) - 1L) * move.step;
        return Math.min(move.start, last) < 0 || Math.max(move.start, last) >= sourceExtent(axis);
    }

    private static Value sumOfRepeated(
            Gradients gradients, Value upstream, List<Integer> single, List<Integer> repeated) {
        if (repeated.isEmpty()) {
            return upstream;
        }
        List<Integer> order = new ArrayList<>(single);
        order.addAll(repeated);
        int[] dims =
                single.stream().mapToInt(axis -> upstream.shape().dim(axis)).toArray();
        Value moved = transposed(
                gradients::emit,
                upstream,
                order.stream().mapToInt(Integer::intValue).toArray());
        Shape rest = Shape.of(dims);
        Value rows = Binary.view(
                gradients, moved, Shape.of(rest.size(), upstream.shape().size() / rest.size()));
        Value sum = upstream.like("sum of " + upstream.name(), rest);
        gradients.emit(new Reduce(rows, sum, Reduce.Kind.SUM));
        return sum;
    }
}
