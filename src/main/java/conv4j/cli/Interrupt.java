package conv4j.cli;

import java.io.PrintStream;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns the first Ctrl-C (or TERM signal) into a wish that the running work looks at, and the second one into the end of
 * the process. Where the Java machine does not offer signals, they end the process as ever.
 */
final class Interrupt implements AutoCloseable {

    private static final String SIGNAL = "sun.misc.Signal";
    private static final String HANDLER = "sun.misc.SignalHandler";

    private final PrintStream err;
    private final List<Runnable> restore = new ArrayList<>();
    private volatile boolean wished;
    private volatile Runnable awaken = () -> {};

    /** From now on signals are wishes; close() gives them their usual meaning back. */
    Interrupt(PrintStream err) {
        this.err = err;
        handle("INT");
        handle("TERM");
    }

    /** {@return whether a signal has come} */
    boolean wished() {
        return wished;
    }

    /** Wishes from elsewhere that the work ends, as the first signal does. */
    void wish() {
        wished = true;
    }

    /** Sets what a signal does besides, where the work may stand still and look at nothing. */
    void awaken(Runnable work) {
        awaken = work;
    }

    private void signalled() {
        if (wished) {
            Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
        }
        wished = true;
        err.println();
        err.println("Interrupted: stopping after this step. Press Ctrl-C again to end at once.");
        awaken.run();
    }

    /**
     * By reflection, because the class is not part of the standard; it is in the supported module jdk.unsupported, and
     * direct use could not be compiled without a warning.
     */
    private void handle(String name) {
        try {
            Class<?> signalClass = Class.forName(SIGNAL);
            Class<?> handlerClass = Class.forName(HANDLER);
            Method handle = signalClass.getMethod("handle", signalClass, handlerClass);
            Object signal = signalClass.getConstructor(String.class).newInstance(name);
            Object handler = Proxy.newProxyInstance(
                    handlerClass.getClassLoader(), new Class<?>[] {handlerClass}, (proxy, method, arguments) -> {
                        signalled();
                        return null;
                    });
            Object before = handle.invoke(null, signal, handler);
            restore.add(() -> invoke(handle, signal, before));
        } catch (ReflectiveOperationException | LinkageError unsupported) {
            restore.clear();
        }
    }

    private static void invoke(Method handle, Object signal, Object before) {
        try {
            handle.invoke(null, signal, before);
        } catch (ReflectiveOperationException unsupported) {
            throw new IllegalStateException("a signal handler could not be restored", unsupported);
        }
    }

    @Override
    public void close() {
        restore.forEach(Runnable::run);
        restore.clear();
    }
}
