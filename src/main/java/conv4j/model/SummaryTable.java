package conv4j.model;

import java.util.ArrayList;
import java.util.List;

/**
 * A table of text in Keras' frame. Cells that are too long go on in the next line, broken at a space; a column becomes
 * wider only for a word that does not fit.
 */
final class SummaryTable {

    private final List<String> header;
    private final int[] widths;
    private final boolean[] right;
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * A table without rows.
     *
     * @param header the columns' headings
     * @param widths the columns' widths in characters, without the frame and the space on both sides
     * @param right whether the columns are aligned to the right
     */
    SummaryTable(List<String> header, int[] widths, boolean... right) {
        this.header = List.copyOf(header);
        this.widths = widths.clone();
        this.right = right.clone();
        widen(this.header);
    }

    /** Adds a row; as many cells as there are columns. */
    SummaryTable row(String... cells) {
        if (cells.length != widths.length) {
            throw new IllegalArgumentException(cells.length + " cells were given for " + widths.length + " columns");
        }
        List<String> row = List.of(cells);
        widen(row);
        rows.add(row);
        return this;
    }

    private void widen(List<String> row) {
        for (int column = 0; column < widths.length; column++) {
            for (String word : row.get(column).split(" ")) {
                widths[column] = Math.max(widths[column], word.length());
            }
        }
    }

    /** {@inheritDoc} Every line ends with a line feed. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        rule(out, "┏━┳┓");
        lines(out, header, '┃');
        rule(out, "┡━╇┩");
        for (int i = 0; i < rows.size(); i++) {
            if (i > 0) {
                rule(out, "├─┼┤");
            }
            lines(out, rows.get(i), '│');
        }
        rule(out, "└─┴┘");
        return out.toString();
    }

    /** One line of the frame; the parts are its left end, its line, its crossing and its right end. */
    private void rule(StringBuilder out, String parts) {
        for (int column = 0; column < widths.length; column++) {
            out.append(parts.charAt(column == 0 ? 0 : 2));
            out.append(String.valueOf(parts.charAt(1)).repeat(widths[column] + 2));
        }
        out.append(parts.charAt(3)).append('\n');
    }

    private void lines(StringBuilder out, List<String> row, char frame) {
        List<List<String>> cells = new ArrayList<>();
        int height = 1;
        for (int column = 0; column < widths.length; column++) {
            List<String> wrapped = wrap(row.get(column), widths[column]);
            height = Math.max(height, wrapped.size());
            cells.add(wrapped);
        }
        for (int line = 0; line < height; line++) {
            for (int column = 0; column < widths.length; column++) {
                List<String> cell = cells.get(column);
                String text = line < cell.size() ? cell.get(line) : "";
                String space = " ".repeat(widths[column] - text.length());
                out.append(frame)
                        .append(' ')
                        .append(right[column] ? space + text : text + space)
                        .append(' ');
            }
            out.append(frame).append('\n');
        }
    }

    private static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (line.length() > 0 && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.length() > 0 ? " " : "").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
