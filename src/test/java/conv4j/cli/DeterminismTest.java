package conv4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import conv4j.backend.opencl.OpenClDevices;
import conv4j.backend.opencl.TestDevice;
import conv4j.files.Checkpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The same seed on the same device gives the same bits: in one process and in another, with one and with two threads of
 * the host. Compared are all bits of weights, optimizer state and running totals after fifty steps of the first CNN with
 * dropout and augmentation. {@code -Dconv4j.selftest=long} takes images of 32 x 32 in batches of 32.
 */
class DeterminismTest {

    private static final boolean LONG = "long".equals(System.getProperty("conv4j.selftest"));

    /** Twelve arrays of parameters, two slots of Adamax for each, and the totals of loss and accuracy. */
    private static final int ARRAYS = 12 + 2 * 12 + 1;

    @TempDir
    Path folder;

    private Path kernels() {
        return folder.resolve("kernels");
    }

    @ParameterizedTest
    @CsvSource({"reference, 8, 2", "cpu, 16, 4", "java, 16, 4", "opencl, 16, 4"})
    void theSameSeedGivesTheSameBits(String backend, int size, int batch) throws Exception {
        if (backend.equals("opencl")) {
            TestDevice.require();
        }
        FiftySteps steps = LONG && !backend.equals("reference")
                ? new FiftySteps(backend, 32, 32)
                : new FiftySteps(backend, size, batch);
        Path first = folder.resolve("first");
        Path again = folder.resolve("again");
        steps.train(2, kernels(), first, 1);
        steps.train(1, kernels(), again, 1);
        Checkpoint want = Checkpoint.read(first);
        assertEquals(ARRAYS, want.names().size(), () -> want.names().toString());
        assertSameBits(want, again, "again in this process");
        for (int threads = 1; threads <= 2; threads++) {
            Path other = folder.resolve("threads" + threads);
            trainElsewhere(steps, threads, other);
            assertSameBits(want, other, "in another process on " + threads + " threads");
        }
        steps.train(2, kernels(), again, 2);
        assertFalse(differences(want, Checkpoint.read(again)).isEmpty(), "another seed gives the same bits");
    }

    private static void assertSameBits(Checkpoint want, Path file, String how) {
        Checkpoint got = Checkpoint.read(file);
        assertEquals(want.document(), got.document(), how);
        assertEquals(List.of(), differences(want, got), "arrays that differ when trained " + how);
    }

    /** The arrays that differ in any bit, with the number of elements that do. */
    private static List<String> differences(Checkpoint want, Checkpoint got) {
        assertEquals(want.names(), got.names());
        List<String> differing = new ArrayList<>();
        for (String name : want.names()) {
            float[] one = want.floats(name);
            float[] other = got.floats(name);
            assertEquals(one.length, other.length, name);
            int count = 0;
            for (int i = 0; i < one.length; i++) {
                count += Float.floatToRawIntBits(one[i]) == Float.floatToRawIntBits(other[i]) ? 0 : 1;
            }
            if (count > 0) {
                differing.add(name + " (" + count + " of " + one.length + ")");
            }
        }
        return differing;
    }

    /** A process that may use so many processors; it says how many its device uses. */
    private void trainElsewhere(FiftySteps steps, int threads, Path file) throws Exception {
        String count = Integer.toString(threads);
        // pocl before and since version 5.
        Map<String, String> environment = Map.of("POCL_MAX_PTHREAD_COUNT", count, "POCL_CPU_MAX_CU_COUNT", count);
        CommandLineProcess processes = new CommandLineProcess(folder, environment);
        CommandResult result = processes.finish(processes.start(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                // It lives for a second.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:ActiveProcessorCount=" + count,
                // Kernels that are built with the same options are compiled once for both processes.
                "-Dconv4j.kernelOptions=" + System.getProperty("conv4j.kernelOptions", ""),
                "-cp",
                System.getProperty("java.class.path"),
                FiftySteps.class.getName(),
                steps.backend(),
                Integer.toString(steps.size()),
                Integer.toString(steps.batch()),
                count,
                kernels().toString(),
                file.toString())));
        assertEquals(0, result.exitCode(), result.err());
        if (!steps.backend().equals("reference") && threadsCanBeChosen(steps.backend())) {
            assertEquals(count, result.out().strip(), "compute units");
        }
    }

    /** A GPU's driver has no threads to choose. */
    private static boolean threadsCanBeChosen(String backend) {
        return !backend.equals("opencl")
                || OpenClDevices.list().get(0).platform().contains("Portable Computing Language");
    }
}
