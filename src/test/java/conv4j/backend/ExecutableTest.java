package conv4j.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExecutableTest {

    private final List<String> calls = new ArrayList<>();

    private Executable executable() {
        List<Step> steps = List.of(run -> calls.add("first " + run.batch()), run -> calls.add("second " + run.batch()));
        return new Executable(steps, List.of("a", "b"), 8, () -> calls.add("released"));
    }

    @Test
    void stepsRunInOrderWithTheSameRun() {
        try (Executable executable = executable()) {
            executable.run(Run.inference(1, 0));
            executable.run(Run.inference(8, 5));
            assertEquals(List.of("first 1", "second 1", "first 8", "second 8"), calls);
            assertEquals(List.of("a", "b"), executable.names());
            assertEquals(8, executable.maxBatch());
        }
    }

    @Test
    void aBatchThatWasNotPreparedForRunsNoStep() {
        try (Executable executable = executable()) {
            for (int batch : new int[] {0, -1, 9}) {
                String message = assertThrows(
                                IllegalArgumentException.class, () -> executable.run(Run.inference(batch, 0)))
                        .getMessage();
                assertEquals("a batch of " + batch + " items was given, but 1 to 8 were prepared for", message);
            }
            assertEquals(List.of(), calls);
        }
    }

    @Test
    void whatIsHeldIsReleasedOnceAndNothingRunsAfterwards() {
        Executable executable = executable();
        executable.close();
        executable.close();
        assertEquals(List.of("released"), calls);
        assertThrows(IllegalStateException.class, () -> executable.run(Run.inference(1, 0)));
        assertEquals(List.of("released"), calls);
    }

    @Test
    void inferenceHasNoSeedStepOrCoefficients() {
        assertEquals(new Run(3, 0, 0, 7, 0, 0, 0, 0), Run.inference(3, 7));
    }

    @Test
    void aMeterRefusesWhatGoesOverItsLimitAndRemembersThePeak() {
        MemoryMeter meter = new MemoryMeter("card", 100);
        meter.take("a", 60);
        meter.take("b", 40);
        meter.give(70);
        meter.take("c", 10);
        assertEquals(40, meter.allocated());
        assertEquals(100, meter.peak());
        OutOfMemoryException e = assertThrows(OutOfMemoryException.class, () -> meter.take("weights", 61));
        assertEquals(
                "weights need 61 bytes, but card has 60 bytes left; use a smaller batch or a smaller network",
                e.getMessage());
        assertEquals(61, e.neededBytes());
        assertEquals(60, e.availableBytes());
        assertEquals(40, meter.allocated(), "what was refused does not count");
        assertThrows(OutOfMemoryException.class, () -> meter.take("far too much", Long.MAX_VALUE));
    }

    @Test
    void devicesAndFailuresDescribeThemselves() {
        DeviceInfo device = new DeviceInfo("opencl:0", "card", "gpu", "platform", "1.2", 1, 2, 3, 4, 5);
        assertEquals("opencl:0 (card, platform)", device.describe());
        Throwable cause = new IllegalStateException();
        assertEquals(cause, new BackendException("text", cause).getCause());
        assertTrue(new OutOfMemoryException("text", 2, 1) instanceof BackendException);
    }
}
