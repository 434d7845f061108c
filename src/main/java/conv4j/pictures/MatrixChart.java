package conv4j.pictures;

import java.awt.Color;
import java.awt.geom.Rectangle2D;
import java.util.List;
import java.util.Locale;

/**
 * A square matrix of counts as coloured cells, such as a confusion matrix: colours are parts of the row's sum, numbers are
 * the counts as long as the cells have room.
 */
public final class MatrixChart implements Picture {

    private static final int ROOMY_CELL = 46;
    private static final int SMALL_CELL = 14;
    private static final int MOST_SIZE = 900;
    private static final int TOP = 62;
    private static final int MOST_NAME = 150;
    private static final int SCALE_WIDTH = 14;
    private static final int SCALE_ROOM = 90;
    private static final int MOST_NAMES = 60;

    private final String title;
    private final String rowTitle;
    private final String columnTitle;
    private final List<String> names;
    private final long[][] counts;
    private final int cell;
    private final int left;
    private final int below;

    /**
     * A matrix.
     *
     * @param title what it shows
     * @param rowTitle what rows are
     * @param columnTitle what columns are
     * @param names of rows and columns, one or more
     * @param counts the cells, row by row
     */
    public MatrixChart(String title, String rowTitle, String columnTitle, List<String> names, long[][] counts) {
        this.title = title;
        this.rowTitle = rowTitle;
        this.columnTitle = columnTitle;
        this.names = List.copyOf(names);
        this.counts = counts.clone();
        this.cell = Math.max(1, Math.min(ROOMY_CELL, MOST_SIZE / names.size()));
        TextStyle style = nameStyle();
        double longest = hasNames()
                ? names.stream()
                        .mapToDouble(name -> style.width(style.fit(name, MOST_NAME)))
                        .max()
                        .orElse(0)
                : 0;
        this.left = 46 + (int) Math.ceil(longest);
        this.below = 44 + (int) Math.ceil(isTurned() ? longest : TextStyle.LABEL);
    }

    private TextStyle nameStyle() {
        return TextStyle.of(Math.min(TextStyle.LABEL, cell - 1.0));
    }

    private boolean hasNames() {
        return names.size() <= MOST_NAMES;
    }

    /** Names below the columns are turned when one is wider than its cell. */
    private boolean isTurned() {
        return hasNames() && names.stream().anyMatch(name -> nameStyle().width(name) > cell - 6);
    }

    private int size() {
        return cell * names.size();
    }

    @Override
    public int width() {
        int titles = 24 + (int) Math.ceil(TextStyle.of(TextStyle.TITLE).heavy().width(title));
        return Math.max(titles, left + size() + SCALE_ROOM);
    }

    @Override
    public int height() {
        return Math.max(TOP + size() + below, TOP + 130 + 20);
    }

    @Override
    public void paint(Canvas canvas) {
        canvas.text(title, 12, 26, TextStyle.of(TextStyle.TITLE).heavy());
        for (int row = 0; row < counts.length; row++) {
            long sum = 0;
            for (long count : counts[row]) {
                sum += count;
            }
            for (int column = 0; column < counts.length; column++) {
                cell(canvas, row, column, sum == 0 ? 0 : (double) counts[row][column] / sum);
            }
        }
        if (hasNames()) {
            names(canvas);
        }
        TextStyle axis = TextStyle.of(TextStyle.LABEL).pale().middle();
        canvas.text(columnTitle, left + size() / 2.0, TOP + size() + below - 12, axis);
        canvas.text(rowTitle, 20, TOP + size() / 2.0, axis.turned(90));
        scale(canvas);
    }

    private void cell(Canvas canvas, int row, int column, double part) {
        Color ground = Palette.scale(Math.sqrt(part));
        double x = left + column * (double) cell;
        double y = TOP + row * (double) cell;
        double gap = cell > SMALL_CELL ? 1 : 0;
        canvas.box(x, y, cell - gap, cell - gap, ground);
        String text = Long.toString(counts[row][column]);
        TextStyle style =
                TextStyle.of(TextStyle.LABEL).color(Palette.textOn(ground)).middle();
        if (cell >= 24 && style.width(text) < cell - 4) {
            canvas.text(text, x + cell / 2.0, y + cell / 2.0 + 4.5, row == column ? style.heavy() : style);
        }
    }

    private void names(Canvas canvas) {
        TextStyle style = nameStyle();
        double half = StrokeFont.capHeight(style.size()) / 2;
        for (int i = 0; i < names.size(); i++) {
            String name = style.fit(names.get(i), MOST_NAME);
            double middle = (i + 0.5) * cell;
            canvas.text(name, left - 8.0, TOP + middle + half, style.end());
            if (isTurned()) {
                canvas.text(
                        name,
                        left + middle + half,
                        TOP + size() + 8.0,
                        style.end().turned(90));
            } else {
                canvas.text(name, left + middle, TOP + size() + 18.0, style.middle());
            }
        }
    }

    /** What colours mean: parts of a row, with the root for more difference among the small ones. */
    private void scale(Canvas canvas) {
        double x = left + size() + 24.0;
        int steps = 65;
        double height = Math.max(130, Math.min(260, size()));
        for (int i = 0; i < steps; i++) {
            double value = 1 - (i + 0.5) / steps;
            double y = TOP + i * height / steps;
            canvas.fill(new Rectangle2D.Double(x, y, SCALE_WIDTH, height / steps + 0.5), Palette.scale(value));
        }
        TextStyle style = TextStyle.of(TextStyle.SMALL).pale();
        for (int percent : new int[] {100, 50, 25, 10, 1}) {
            double y = TOP + (1 - Math.sqrt(percent / 100.0)) * height;
            canvas.text(String.format(Locale.ROOT, "%d %%", percent), x + SCALE_WIDTH + 6, y + 4, style);
        }
        canvas.text("of the row", x, TOP - 12.0, style);
    }
}
