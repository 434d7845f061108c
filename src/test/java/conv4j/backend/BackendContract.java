package conv4j.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/**
 * What every backend must do, family by family. A backend's test is a subclass that opens it:
 *
 * <pre>{@code
 * class ReferenceContractTest extends BackendContract {
 *     protected Backend open() {
 *         return new ReferenceBackend();
 *     }
 * }
 * }</pre>
 *
 * <p>An {@code open} that ends in a failed assumption skips the whole contract.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BackendContract
        implements MemoryContract,
                ConvolutionContract,
                MatrixContract,
                ElementwiseContract,
                PoolingContract,
                NormalizationContract,
                ProbabilityContract,
                LossContract,
                MetricContract,
                ImageContract,
                DataSetContract,
                OptimizerContract,
                GraphContract,
                ArithmeticContract,
                VectorContract {

    private Backend backend;

    /** Opens the backend under test; called once. */
    protected abstract Backend open();

    @Override
    public final Backend backend() {
        return backend;
    }

    @BeforeAll
    void openTheBackend() {
        backend = open();
    }

    @AfterAll
    void nothingStaysAllocated() {
        if (backend != null) {
            long left = backend.allocatedBytes();
            backend.close();
            assertEquals(0, left, "bytes that the contract's memories and executables left allocated");
        }
    }
}
