package conv4j.graph;

/**
 * Sums over all rows: {@code output[c] = sum over r of input[r,c]}, the columns being the last axis; the gradient of a
 * bias. The order of the sum is fixed for a device and a batch size.
 *
 * @param input any shape, batched or not
 * @param output (columns)
 */
public record ColumnSums(Value input, Value output) implements OneInput {

    public ColumnSums {
        Check.columns("output", output, input.columns());
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.columnSums(this);
    }
}
