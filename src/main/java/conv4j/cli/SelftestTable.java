package conv4j.cli;

import conv4j.selftest.OperationResult;
import conv4j.selftest.Selftest;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** What a self-test found, as a table; while it runs, on a terminal, the check that is running. */
final class SelftestTable {

    private static final int WIDTH = 100;

    private final PrintStream out;
    private final PrintStream messages;
    private final boolean live = Terminal.ofStderr().interactive();
    private int checks;

    SelftestTable(PrintStream out, PrintStream messages) {
        this.out = out;
        this.messages = messages;
    }

    void progress(int number, int count, String title) {
        checks = count;
        if (live) {
            String line = String.format(Locale.ROOT, "%d/%d %s", number, count, title);
            messages.print("\r" + pad(line.substring(0, Math.min(line.length(), WIDTH))));
            messages.flush();
        }
    }

    private static String pad(String line) {
        return line + " ".repeat(WIDTH - line.length());
    }

    void print(List<OperationResult> results, List<Selftest.Failure> failures, double seconds) {
        if (live) {
            messages.print("\r" + pad("") + "\r");
        }
        int width = results.stream().mapToInt(r -> r.operation().length()).max().orElse(9);
        out.printf(Locale.ROOT, "%-" + width + "s  %8s  %14s  %8s%n", "Operation", "Cases", "Worst/bound", "Time");
        for (OperationResult r : results) {
            String share = r.worstShare() == 0 ? "exact" : String.format(Locale.ROOT, "%.3f", r.worstShare());
            out.printf(
                    Locale.ROOT, "%-" + width + "s  %8d  %14s  %7.2fs%n", r.operation(), r.cases(), share, r.seconds());
        }
        failures.forEach(failure -> out.println("\nFAILED " + failure.check() + "\n" + failure.message()));
        long cases = results.stream().mapToLong(OperationResult::cases).sum();
        out.printf(
                Locale.ROOT,
                "%n%s: %d checks with %d cases, %d failed, %.1f s%n",
                failures.isEmpty() ? "passed" : "FAILED",
                checks,
                cases,
                failures.size(),
                seconds);
    }
}
