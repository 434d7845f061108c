package conv4j.cli;

import conv4j.selftest.OperationResult;
import conv4j.terminal.Terminal;
import java.io.PrintStream;
import java.util.Locale;

/** What a self-test found, as a table; while it runs, on a terminal, the check that is running. */
final class SelftestTable {

    private final PrintStream out;
    private final PrintStream messages;
    private final Terminal terminal = Terminal.ofStderr();
    private int checks;

    SelftestTable(PrintStream out, PrintStream messages) {
        this.out = out;
        this.messages = messages;
    }

    /** Shows the check that begins. */
    void progress(int number, int count, String title) {
        checks = count;
        show(number + "/" + count + " " + title);
    }

    /** Removes the last check from the terminal. */
    void end() {
        show("");
    }

    private void show(String line) {
        if (terminal.interactive()) {
            int width = terminal.columns() - 1;
            String shown = line.substring(0, Math.min(line.length(), width));
            messages.print("\r" + shown + " ".repeat(width - shown.length()) + "\r");
            messages.flush();
        }
    }

    /** How many checks there are. */
    int checks() {
        return checks;
    }

    void print(SelftestResult result) {
        int width = result.operations().stream()
                .mapToInt(r -> r.operation().length())
                .max()
                .orElse(0);
        String row = "%-" + Math.max(width, 9) + "s  %7s  %11s  %8s%n";
        out.printf(row, "Operation", "Cases", "Worst/bound", "Time");
        for (OperationResult r : result.operations()) {
            out.printf(row, r.operation(), r.cases(), share(r.worstShare()), number("%.2fs", r.seconds()));
        }
        result.failures().forEach(one -> out.println("\nFAILED " + one.check() + "\n" + one.message()));
        long cases =
                result.operations().stream().mapToLong(OperationResult::cases).sum();
        out.println("\n" + (result.passed() ? "passed" : "FAILED") + ": " + result.checks() + " checks with " + cases
                + " cases, " + result.failures().size() + " failed, " + number("%.1f s", result.seconds()));
    }

    /** The worst error as a share of the bound, in words. */
    static String share(double share) {
        return share == 0 ? "exact" : share < 0.001 ? "< 0.001" : number("%.3f", share);
    }

    private static String number(String format, double number) {
        return String.format(Locale.ROOT, format, number);
    }
}
