package conv4j.cli;

import conv4j.selftest.OperationResult;
import conv4j.selftest.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The results of self-tests in Markdown: a row for each operation, a column for each device and variant. In a page that
 * marks a place for them, only that place is written anew.
 */
final class SelftestMarkdown {

    private static final String BEGIN = "<!-- selftest -->\n";
    private static final String END = "<!-- end of selftest -->\n";

    private SelftestMarkdown() {}

    /** Writes the table into its place in a page, or as a page of its own. */
    static void write(Path file, List<SelftestResult> results, Settings settings) throws IOException {
        String table = table(results, settings);
        String page = Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
        int begin = page.indexOf(BEGIN);
        int end = page.indexOf(END);
        boolean marked = begin >= 0 && end > begin;
        String written = marked ? page.substring(0, begin + BEGIN.length()) + table + page.substring(end) : table;
        Files.writeString(file, written, StandardCharsets.UTF_8);
    }

    private static String table(List<SelftestResult> results, Settings settings) {
        List<String> lines = new ArrayList<>(List.of(
                "Seed " + settings.seed() + ", " + settings.randomCases()
                        + " random geometries of each check. A cell has the number of cases and the worst error as a share"
                        + " of its bound.",
                ""));
        for (SelftestResult result : results) {
            lines.add("- " + result.title() + ": " + result.device().name() + ", "
                    + result.device().platform() + ", driver " + result.device().driver() + "; " + result.checks()
                    + " checks, " + result.failures().size() + " failed");
        }
        lines.add("");
        lines.add(row("operation", results.stream().map(SelftestResult::title).toList()));
        lines.add(row("---", results.stream().map(result -> "---").toList()));
        for (String operation : operations(results)) {
            lines.add(row(
                    operation,
                    results.stream().map(result -> cell(result, operation)).toList()));
        }
        return String.join("\n", lines) + "\n";
    }

    private static String row(String first, List<String> others) {
        return "| " + first + " | " + String.join(" | ", others) + " |";
    }

    private static Set<String> operations(List<SelftestResult> results) {
        return results.stream()
                .flatMap(result -> result.operations().stream())
                .map(OperationResult::operation)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String cell(SelftestResult result, String operation) {
        return result.operations().stream()
                .filter(one -> one.operation().equals(operation))
                .map(one -> one.cases() + ", " + SelftestTable.share(one.worstShare()))
                .findFirst()
                .orElse("-");
    }
}
