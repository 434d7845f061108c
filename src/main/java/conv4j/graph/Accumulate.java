package conv4j.graph;

import java.util.List;

/**
 * Adds the sum of a batch's numbers to a running total, so that the host need not look after every step. {@code total}
 * holds three numbers: a sum, its rounding error (Kahan 1965: {@code y = x - error; t = sum + y; error = (t - sum) - y;
 * sum = t}, so the exact total is near {@code sum - error}), and, once a batch's sum was NaN or infinite, 1 + the step at
 * which that first happened, else 0.
 *
 * @param perItem one number per item, summed in order
 * @param total (3), a state
 */
public record Accumulate(Value perItem, Value total) implements Operation {

    public Accumulate {
        Check.columns("per-item value", perItem, 1);
        Check.columns("total", total, 3);
    }

    @Override
    public List<Value> inputs() {
        return List.of(perItem, total);
    }

    @Override
    public List<Value> outputs() {
        return List.of(total);
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.accumulate(this);
    }
}
