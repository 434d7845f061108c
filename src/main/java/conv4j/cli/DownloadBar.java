package conv4j.cli;

import conv4j.data.DownloadProgress;
import conv4j.terminal.Terminal;
import java.io.PrintStream;
import java.net.URI;
import java.util.Locale;

/** Shows how far a download is: a line that is redrawn on a terminal, otherwise a line at every tenth part. */
final class DownloadBar implements DownloadProgress {

    private static final int PARTS = 10;
    private static final int PERCENT = 100;
    private static final double MEGABYTE = 1e6;

    private final PrintStream out;
    private final Terminal terminal;
    private URI current;
    private long shown;

    DownloadBar(PrintStream out, Terminal terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    @Override
    public void update(URI uri, long done, long total) {
        if (!uri.equals(current)) {
            current = uri;
            shown = -1;
            out.println("Downloading " + uri);
        }
        long size = Math.max(total, done);
        int parts = terminal.interactive() ? PERCENT : PARTS;
        long part = total > 0 ? done * parts / size : done / (1 << 20);
        if (part != shown) {
            shown = part;
            show(done, total, total > 0 && done >= total);
        }
    }

    private void show(long done, long total, boolean complete) {
        String text = total > 0
                ? String.format(Locale.ROOT, "%3d%% of %.1f MB", done * PERCENT / total, total / MEGABYTE)
                : String.format(Locale.ROOT, "%.0f MB", done / MEGABYTE);
        if (terminal.interactive()) {
            out.print("\r  " + text + (complete ? "\n" : ""));
            out.flush();
        } else {
            out.println("  " + text);
        }
    }
}
