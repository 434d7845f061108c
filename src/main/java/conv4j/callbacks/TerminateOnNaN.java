package conv4j.callbacks;

import conv4j.model.Callback;
import conv4j.model.DivergedException;
import conv4j.model.Model;
import java.io.PrintStream;

/**
 * Ends training without an exception when the loss is NaN or infinite, as Keras' {@code TerminateOnNaN}: the epoch's logs
 * are reported as they are. Without it {@code fit} throws a {@link DivergedException}. The loss is looked at every
 * second and at the end of an epoch, so that the device need not stop for it after every batch.
 */
public final class TerminateOnNaN implements Callback {

    private final PrintStream messages;

    /** Says on {@code System.err} what happened. */
    public TerminateOnNaN() {
        this(System.err);
    }

    /**
     * Says what happened.
     *
     * @param messages where to
     */
    public TerminateOnNaN(PrintStream messages) {
        this.messages = messages;
    }

    @Override
    public boolean onDivergence(Model model, int batch, DivergedException failure) {
        messages.println("Batch " + batch + ": Invalid loss, terminating training");
        return true;
    }
}
