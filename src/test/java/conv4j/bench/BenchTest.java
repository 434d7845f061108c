package conv4j.bench;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.backend.Peak;
import conv4j.backend.Profile;
import conv4j.data.Dataset;
import conv4j.data.Glyphs;
import conv4j.graph.Precision;
import conv4j.layers.Dense;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.layers.Softmax;
import conv4j.losses.SparseCategoricalCrossentropy;
import conv4j.model.Model;
import conv4j.model.Sequential;
import conv4j.optimizers.SGD;
import java.lang.reflect.Method;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Operations and networks are run as in training, and nothing stays behind. */
class BenchTest {

    private static final Convolutions.Sizes TINY = new Convolutions.Sizes("tiny", 5, 2, 3, 3, 2, 1);

    private static Model dense() {
        Model model = new Sequential("tiny", new Input(Glyphs.SHAPE), new Flatten(), new Dense(10), new Softmax());
        model.compile(new SGD(0.001), new SparseCategoricalCrossentropy());
        return model;
    }

    /** A method that is not handed on would be the interface's own, and something else measured than what is trained. */
    @Test
    void whatIsWatchedDoesEverythingItself() {
        for (Method method : Backend.class.getMethods()) {
            assertDoesNotThrow(
                    () -> GraphWatch.class.getDeclaredMethod(method.getName(), method.getParameterTypes()),
                    method.toString());
        }
    }

    @Test
    void everyDirectionIsTimedAndItsMemoryGivenBack() {
        for (String device : List.of("reference", "cpu")) {
            try (Backend backend = Backends.open(device)) {
                OperationBench bench = new OperationBench(backend, Precision.FLOAT32, 3, 60);
                for (Workload workload : Convolutions.of(TINY, 2)) {
                    Measurement measured = bench.measure(workload);
                    assertNull(measured.skipped());
                    assertEquals(3, measured.times().runs());
                    assertTrue(measured.rate() > 0, workload.name());
                }
                assertEquals(0, backend.allocatedBytes(), device);
            }
        }
    }

    @Test
    void whatWouldTakeTooLongIsSkippedWithTheReason() {
        try (Backend backend = Backends.open("reference")) {
            OperationBench bench = new OperationBench(backend, Precision.FLOAT32, 1, 0.01);
            bench.measure(Matrices.product("small", 8, 8, 8, "nn"));
            Measurement large = bench.measure(Matrices.product("large", 4096, 4096, 4096, "nn"));
            assertNull(large.times());
            assertTrue(large.skipped().startsWith("would take "), large.skipped());
        }
    }

    @Test
    void whatDoesNotFitIsSkippedWithTheReason() {
        try (Backend backend = Backends.open("reference")) {
            OperationBench bench = new OperationBench(backend, Precision.FLOAT32, 1, 0.01);
            Measurement huge = bench.measure(Matrices.product("huge", 46340, 46340, 46340, "nn"));
            assertNull(huge.times());
            assertNotNull(huge.skipped());
            assertEquals(0, backend.allocatedBytes());
        }
    }

    @Test
    void aNetworksWorkIsThatOfItsGraph() {
        Dataset data = Glyphs.train(8, 1);
        try (Backend backend = Backends.open("reference");
                Model model = dense()) {
            NetworkBench bench = new NetworkBench(backend, 2);
            model.on(bench.backend());
            Measurement training = bench.training(model, "tiny", data, 4);
            // Forward and the kernel's gradient; nobody asks for the input's: 2 * 2 * 4 * 3072 * 10 = 491,520.
            assertEquals(491_520, training.work().flops());
            assertEquals(2, training.times().runs());
            assertEquals(245_760, bench.inference(model, "tiny", data, 4).work().flops());
        }
    }

    @Test
    void aProfileHoldsTheOperationsOfTheEpochThatCounts() {
        Dataset data = Glyphs.train(8, 1);
        for (String device : List.of("reference", "cpu")) {
            try (Backend backend = Backends.open(device);
                    Model model = dense()) {
                NetworkBench bench = new NetworkBench(backend, 1);
                model.on(bench.backend());
                Profile profile = bench.profile(model, data, 4);
                Profile.Share update = profile.shares().stream()
                        .filter(share -> share.name().equals("Update"))
                        .findFirst()
                        .orElseThrow();
                assertEquals(2, update.count(), device);
                assertEquals(
                        profile.nanos(),
                        profile.shares().stream()
                                .mapToLong(Profile.Share::nanos)
                                .sum());
                long first = profile.shares().get(0).nanos();
                assertTrue(profile.shares().stream().allMatch(share -> share.nanos() <= first));
            }
        }
    }

    @Test
    void theCpuHasAPeakAndTheReferenceHasNone() {
        try (Backend cpu = Backends.open("cpu");
                Backend reference = Backends.open("reference")) {
            assertTrue(cpu.peak().bytes() > 1e8, () -> cpu.peak().toString());
            assertTrue(cpu.peak().flops() > 1e8, () -> cpu.peak().toString());
            assertEquals(Peak.UNKNOWN, reference.peak());
        }
    }
}
