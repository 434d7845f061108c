package conv4j.graph;

import java.util.List;

/**
 * Matrix product with bias and activation fused in: {@code output = f(op(a) * op(b) + bias)}. Every operand is read as
 * a row-major matrix whose columns are its last axis; a batch axis adds rows. {@code op} transposes where asked.
 *
 * @param a the left matrix: m x k, or k x m when transposed
 * @param b the right matrix: k x n, or n x k when transposed
 * @param bias (n), added to every row, or null for none
 * @param output the product, m x n
 * @param transposeA whether the left matrix is transposed
 * @param transposeB whether the right matrix is transposed
 * @param activation {@code f}, linear for none
 */
public record MatMul(
        Value a, Value b, Value bias, Value output, boolean transposeA, boolean transposeB, Activation activation)
        implements Operation {

    public MatMul {
        // One batch size stands for all: the inner sizes must agree for any.
        for (int batch = 1; batch <= 2; batch++) {
            long inner = transposeA ? a.rows(batch) : a.columns();
            long otherInner = transposeB ? b.columns() : b.rows(batch);
            long m = transposeA ? a.columns() : a.rows(batch);
            long n = transposeB ? b.rows(batch) : b.columns();
            if (inner != otherInner || output.rows(batch) != m || output.columns() != n) {
                throw new IllegalArgumentException("cannot multiply " + a + (transposeA ? " transposed" : "") + " by "
                        + b + (transposeB ? " transposed" : "") + " into " + output);
            }
        }
        if (bias != null) {
            Check.columns("bias", bias, output.columns());
        }
    }

    /**
     * A product without transposition, bias and activation.
     *
     * @param a the left matrix, m x k
     * @param b the right matrix, k x n
     * @param output the product, m x n
     */
    public MatMul(Value a, Value b, Value output) {
        this(a, b, null, output, false, false, Activation.LINEAR);
    }

    /**
     * Rows of the product.
     *
     * @param batch the number of items
     * @return m
     */
    public long m(int batch) {
        return output.rows(batch);
    }

    /**
     * Columns of the product.
     *
     * @return n
     */
    public int n() {
        return output.columns();
    }

    /**
     * The length of the sums.
     *
     * @param batch the number of items
     * @return k
     */
    public long k(int batch) {
        return transposeA ? a.rows(batch) : a.columns();
    }

    @Override
    public List<Value> inputs() {
        return bias == null ? List.of(a, b) : List.of(a, b, bias);
    }

    @Override
    public List<Value> outputs() {
        return List.of(output);
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.matMul(this);
    }

    /** {@inheritDoc} For {@code C = A B}: {@code dA = dC B'} and {@code dB = A' dC}; transposed operands likewise. */
    @Override
    public void gradient(Gradients gradients) {
        Value passed = Activate.gradientBefore(gradients, activation, output);
        gradients.bias(bias, passed);
        if (gradients.wants(b)) {
            Value db = gradients.contribution(b);
            gradients.emit(
                    transposeB ? product(passed, a, db, true, transposeA) : product(a, passed, db, !transposeA, false));
        }
        if (gradients.wants(a)) {
            Value da = gradients.contribution(a);
            gradients.emit(
                    transposeA ? product(b, passed, da, transposeB, true) : product(passed, b, da, false, !transposeB));
        }
    }

    private static MatMul product(Value left, Value right, Value into, boolean transposeLeft, boolean transposeRight) {
        return new MatMul(left, right, null, into, transposeLeft, transposeRight, Activation.LINEAR);
    }
}
