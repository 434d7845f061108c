package conv4j.cli;

import conv4j.terminal.ProgressText;
import conv4j.terminal.Terminal;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Shows on a terminal how many of many things are done; elsewhere nothing. */
final class CountBar implements AutoCloseable {

    private static final double NANOS = 1e-9;
    private static final long REDRAW_NANOS = 100_000_000;

    private final PrintStream out;
    private final Terminal terminal;
    private final int all;
    private final LongSupplier nanos;
    private final long begin;
    private long drawn;
    private int columns;

    /** A bar for a number of images. */
    CountBar(PrintStream out, Terminal terminal, int all, LongSupplier nanos) {
        this.out = out;
        this.terminal = terminal;
        this.all = all;
        this.nanos = nanos;
        this.begin = nanos.getAsLong();
        this.drawn = begin;
    }

    /** Draws the line, unless all is done or the last time was just now; from any thread. */
    synchronized void show(int done) {
        long now = nanos.getAsLong();
        if (!terminal.interactive() || done < 1 || done >= all || now - drawn < REDRAW_NANOS) {
            return;
        }
        drawn = now;
        double seconds = (now - begin) * NANOS;
        String text = String.format(
                Locale.ROOT,
                "%s - %.0f images/s - %s to go",
                ProgressText.head(done, all, false),
                done / Math.max(seconds, NANOS),
                ProgressText.remaining(seconds / done * (all - done)));
        String shown = text.substring(0, Math.min(text.length(), terminal.columns() - 1));
        // A line that has become shorter must not leave its end behind.
        out.print("\r" + shown + " ".repeat(Math.max(0, columns - shown.length())));
        columns = Math.max(columns, shown.length());
        out.flush();
    }

    /** Removes the line, so that other lines can be printed. */
    synchronized void clear() {
        if (columns > 0) {
            out.print("\r" + " ".repeat(columns) + "\r");
            out.flush();
            columns = 0;
        }
    }

    @Override
    public void close() {
        clear();
    }
}
