package conv4j.graph;

import conv4j.shape.Shape;
import java.util.List;

/**
 * Makes one number of every row, the rows being along the last axis: {@code output[r] = f(input[r,0], input[r,1], ..)}.
 * Sums have a fixed order on a device.
 *
 * @param input (rows, columns)
 * @param output as many elements as there are rows
 * @param kind f
 */
public record Reduce(Value input, Value output, Kind kind) implements OneInput {

    private static final int LARGEST_EXACT_INDEX = 1 << 24;

    /** What is made of a row. NaN in a row is NaN in the result, or the place of the first NaN. */
    public enum Kind {
        /** The sum. */
        SUM,
        /** The sum divided by the number of columns. */
        MEAN,
        /** The product. */
        PRODUCT,
        /** The largest element. */
        MAXIMUM,
        /** The smallest element. */
        MINIMUM,
        /** The place of the first largest element. */
        PLACE_OF_MAXIMUM,
        /** The place of the first smallest element. */
        PLACE_OF_MINIMUM;

        /**
         * Whether the result is a place.
         *
         * @return false for a number of the elements' kind
         */
        public boolean isPlace() {
            return this == PLACE_OF_MAXIMUM || this == PLACE_OF_MINIMUM;
        }
    }

    public Reduce {
        if (output.shape().size() != input.shape().rows() || output.batched() != input.batched()) {
            throw new IllegalArgumentException(output + " must have one element for every row of " + input);
        }
        if (kind.isPlace() && input.columns() > LARGEST_EXACT_INDEX) {
            throw new IllegalArgumentException(
                    input + " has more than " + LARGEST_EXACT_INDEX + " columns, which a float cannot count");
        }
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.reduce(this);
    }

    /** {@inheritDoc} Of several largest or smallest elements each gets an equal share; places have no gradient. */
    @Override
    public void gradient(Gradients gradients) {
        Value upstream = gradients.of(output);
        Value perRow =
                switch (kind) {
                    case SUM -> upstream;
                    case MEAN -> Unary.scaled(gradients, upstream, 1f / input.columns());
                    case MAXIMUM, MINIMUM -> upstream;
                    case PRODUCT, PLACE_OF_MAXIMUM, PLACE_OF_MINIMUM -> throw new UnsupportedOperationException(
                            name() + " " + kind + " has no gradient");
                };
        boolean chooses = kind == Kind.MAXIMUM || kind == Kind.MINIMUM;
        Value back = chooses ? shares(gradients, perRow) : repeated(gradients, perRow);
        gradients.pass(input, Binary.view(gradients, back, input.shape()));
    }

    private Value repeated(Gradients gradients, Value perRow) {
        Value column = Binary.view(gradients, perRow, Shape.of(input.shape().rows()));
        Value wide = column.like("gradient of " + input.name(), matrix());
        List<Rearrange.Axis> axes = List.of(Rearrange.Axis.whole(0), Rearrange.Axis.whole(Rearrange.Axis.REPEATED));
        gradients.emit(new Rearrange(column, wide, axes, Rearrange.Outside.FILL, 0));
        return wide;
    }

    private Value shares(Gradients gradients, Value perRow) {
        Shape column = matrix().with(1, 1);
        Value chosen = input.like("chosen of " + input.name(), matrix());
        Value result = Binary.view(gradients, output, column);
        gradients.emit(new Binary(Binary.view(gradients, input, matrix()), result, chosen, Binary.Function.EQUAL));
        Value count = perRow.like("count of " + output.name(), column);
        gradients.emit(new Reduce(chosen, count, Kind.SUM));
        Value share = perRow.like("share of " + output.name(), column);
        gradients.emit(new Binary(Binary.view(gradients, perRow, column), count, share, Binary.Function.DIVIDE));
        Value back = input.like("gradient of " + input.name(), matrix());
        gradients.emit(new Binary(chosen, share, back, Binary.Function.MULTIPLY));
        return back;
    }

    private Shape matrix() {
        return Shape.of(input.shape().rows(), input.columns());
    }
}
