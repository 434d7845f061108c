package conv4j.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import conv4j.OutsideVectors;
import conv4j.selftest.Selftest;
import conv4j.selftest.Settings;
import conv4j.selftest.Subject;
import conv4j.vectors.VectorCases;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * What every backend must do: all checks of the self-test, and every case that PyTorch computed. A backend's test is a
 * subclass that opens it; an {@code open} that ends in a failed assumption skips the whole contract.
 *
 * <p>{@code -Dconv4j.selftest=long} runs thousands of random geometries, {@code -Dconv4j.seed=N} other ones.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BackendContract {

    private Backend backend;

    /** Opens the backend under test; called once. */
    protected abstract Backend open();

    /** The variant of its kernels, for the command that repeats a failure; null for the device's own choice. */
    protected String variant() {
        return null;
    }

    /**
     * Whether a check of the self-test concerns this backend: all do, unless another subclass runs the same kernels.
     *
     * @param title its title, {@code family: what is claimed}
     */
    protected boolean concerns(String title) {
        return true;
    }

    private static Settings settings() {
        Settings settings =
                System.getProperty("conv4j.selftest", "short").equals("long") ? Settings.LONG : Settings.SHORT;
        return settings.withSeed(Long.getLong("conv4j.seed", Settings.SEED));
    }

    @BeforeAll
    void openTheBackend() {
        backend = open();
    }

    @TestFactory
    Stream<DynamicTest> checks() {
        Selftest selftest = new Selftest(new Subject(backend, variant(), settings()));
        return selftest.titles().stream()
                .filter(this::concerns)
                .map(title -> dynamicTest(title, () -> selftest.run(title)));
    }

    @TestFactory
    Stream<DynamicTest> copiesOfPyTorchsCases() {
        return OutsideVectors.COPIES.stream().map(this::vector);
    }

    @TestFactory
    Stream<DynamicTest> allOfPyTorchsCases() {
        return OutsideVectors.tests(this::vector);
    }

    private DynamicTest vector(Path file) {
        return dynamicTest(file.getFileName().toString(), () -> VectorCases.check(file, backend));
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
