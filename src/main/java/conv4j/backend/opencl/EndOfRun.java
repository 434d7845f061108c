package conv4j.backend.opencl;

import conv4j.backend.Run;
import conv4j.backend.Step;
import org.jocl.CL;

/**
 * Hands the kernels of a run to the device, and waits for the device once enough runs are under way: a queue without end
 * takes memory, and pocl spends more time on a long queue than on the kernels in it.
 */
final class EndOfRun implements Step {

    /** Runs under way on a CPU device, where waiting costs little. */
    static final int ON_CPU = 4;

    /** Runs under way on a GPU, which must not run dry. */
    static final int ON_GPU = 32;

    private final OpenClBackend backend;
    private final int runsUnderWay;
    private int started;

    /**
     * An end of runs.
     *
     * @param runsUnderWay after how many runs to wait
     */
    EndOfRun(OpenClBackend backend, int runsUnderWay) {
        this.backend = backend;
        this.runsUnderWay = runsUnderWay;
    }

    @Override
    public void run(Run run) {
        started++;
        if (started == 1) {
            // pocl compiles for the size of the work-groups at the first launch.
            backend.finish();
            SignalHandlers.restore();
        } else if (started % runsUnderWay == 0) {
            backend.finish();
        } else {
            CL.clFlush(backend.queue());
        }
    }
}
