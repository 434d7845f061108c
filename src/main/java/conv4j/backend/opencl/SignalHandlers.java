package conv4j.backend.opencl;

/**
 * Gives the JVM back its handler of memory faults after an OpenCL compiler took it.
 *
 * <p>HotSpot uses SIGSEGV in normal operation, for null checks and safepoints. LLVM, which pocl compiles with, puts a handler
 * of its own before it; at the first fault that handler removes itself and the fault goes to the JVM. But it is installed
 * with SA_RESETHAND, so that from the fault to the removal the signal has its default action: if a second thread faults in
 * that moment, the process ends with "Segmentation fault" and without a report. pocl puts it there when its devices are listed,
 * so that a process that then trains on another backend is struck too, and again at every build. One fault right after that,
 * on the same thread, takes the foreign handler away before threads have reason to fault together.
 */
final class SignalHandlers {

    private static int[] nothing;

    private SignalHandlers() {}

    /** Faults once; to be called after devices were listed, after every build and after a first launch, when pocl compiles once more. */
    static void restore() {
        try {
            nothing = new int[nothing.length];
        } catch (NullPointerException expected) {
            nothing = null;
        }
    }
}
