package conv4j.pictures;

import conv4j.arithmetic.Axis;
import conv4j.shape.Window;
import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;

/**
 * The animation of a convolution, transposed convolution or pooling in the manner of Dumoulin and Visin 2016: the input
 * below, with padding and inserted zeros dashed; the window on it, grey; the output above, filled so far; one frame for
 * each place of the window, in row-major order.
 */
public final class ArithmeticFigure {

    /** Cells of a padded input or an output along one axis that can still be told apart. */
    public static final int MOST_CELLS = 64;

    /** Places of a window that somebody would watch. */
    public static final int MOST_FRAMES = 1024;

    private static final int MARGIN = 16;
    /** Pixels of a unit: a cell is five units wide and three high. */
    private static final int UNIT = 6;

    private static final int NUMBER_UNIT = 9;
    private static final int SMALL_UNIT = 4;
    private static final int MOST_WIDTH = 880;
    private static final int GAP = 6;

    /** What lies in a place of the padded input. */
    private enum Cell {
        INPUT,
        INSERTED,
        PADDING
    }

    private final Axis rows;
    private final Axis columns;
    private final FigureNumbers numbers;
    private final Plane below;
    private final Plane above;
    private final int width;
    private final int height;

    /**
     * A figure.
     *
     * @param rows the axis of the height
     * @param columns the axis of the width, of the same kind
     * @param numbers what stands in the cells; null for none
     * @throws IllegalArgumentException when there are too many cells to be drawn
     */
    public ArithmeticFigure(Axis rows, Axis columns, FigureNumbers numbers) {
        this(rows, columns, numbers, numbers == null ? UNIT : NUMBER_UNIT);
    }

    private ArithmeticFigure(Axis rows, Axis columns, FigureNumbers numbers, int mostUnit) {
        this.rows = rows;
        this.columns = columns;
        this.numbers = numbers;
        int inputRows = padded(rows);
        int inputColumns = padded(columns);
        check(inputRows, inputColumns);
        int fitting = MOST_WIDTH
                / Plane.width(Math.max(inputRows, rows.output()), Math.max(inputColumns, columns.output()), 1);
        int unit = Math.max(1, Math.min(mostUnit, fitting));
        int inputWidth = Plane.width(inputRows, inputColumns, unit);
        int outputWidth = Plane.width(rows.output(), columns.output(), unit);
        int inner = Math.max(inputWidth, outputWidth);
        int top = MARGIN + Plane.height(rows.output(), unit) + GAP * unit;
        above = Plane.at(MARGIN + (inner - outputWidth) / 2, MARGIN, rows.output(), columns.output(), unit);
        below = Plane.at(MARGIN + (inner - inputWidth) / 2, top, inputRows, inputColumns, unit);
        width = inner + 2 * MARGIN;
        height = top + Plane.height(inputRows, unit) + MARGIN;
    }

    /**
     * A small figure of two equal axes without numbers, several of which fit a page side by side.
     *
     * @param axis the axis of the height and of the width
     * @return the figure
     * @throws IllegalArgumentException when there are too many cells to be drawn
     */
    public static ArithmeticFigure small(Axis axis) {
        return new ArithmeticFigure(axis, axis, null, SMALL_UNIT);
    }

    /** The plane of the input. */
    Plane below() {
        return below;
    }

    /** The plane of the output. */
    Plane above() {
        return above;
    }

    private void check(int inputRows, int inputColumns) {
        int most = Math.max(Math.max(inputRows, inputColumns), Math.max(rows.output(), columns.output()));
        if (most > MOST_CELLS || (long) rows.output() * columns.output() > MOST_FRAMES) {
            throw new IllegalArgumentException("a drawing of " + inputRows + "x" + inputColumns + " cells, padding"
                    + " counted, and " + rows.output() + "x" + columns.output() + " outputs was asked for; at most "
                    + MOST_CELLS + " cells a side and " + MOST_FRAMES + " outputs can be drawn: use smaller sizes");
        }
    }

    private static int padded(Axis axis) {
        Window window = axis.sliding();
        return window.input() + window.padLow() + window.padHigh();
    }

    /**
     * The number of frames.
     *
     * @return places of the window
     */
    public int frames() {
        return rows.output() * columns.output();
    }

    /**
     * Draws one frame.
     *
     * @param n the place of the window, from 0 in row-major order
     * @return an opaque image
     */
    public BufferedImage frame(int n) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        try (Pen pen = new Pen(image)) {
            paint(pen, n / columns.output(), n % columns.output());
        }
        return image;
    }

    private void paint(Pen pen, int row, int column) {
        int top = row * rows.sliding().stride();
        int left = column * columns.sliding().stride();
        paintInput(pen);
        paintWindow(pen, top, left);
        if (numbers != null) {
            writeInput(pen);
            writeKernel(pen, top, left);
        }
        paintOutput(pen, row, column);
        paintBeam(pen, top, left, row, column);
        if (numbers != null) {
            writeOutput(pen, row * columns.output() + column);
        }
    }

    private void paintInput(Pen pen) {
        for (int row = 0; row < below.rows(); row++) {
            for (int column = 0; column < below.columns(); column++) {
                Cell cell = cellAt(row, column);
                if (cell != Cell.PADDING) {
                    pen.fill(below.cell(row, column), cell == Cell.INPUT ? Pen.INPUT : Pen.INSERTED);
                }
            }
        }
        dashes(pen);
        forInputs((row, column, index) -> pen.draw(below.cell(row, column), Pen.INPUT_BORDER));
    }

    private Cell cellAt(int row, int column) {
        int y = row - rows.sliding().padLow();
        int x = column - columns.sliding().padLow();
        boolean inside = y >= 0
                && x >= 0
                && y < rows.sliding().input()
                && x < columns.sliding().input();
        if (!inside) {
            return Cell.PADDING;
        }
        return y % rows.spacing() == 0 && x % columns.spacing() == 0 ? Cell.INPUT : Cell.INSERTED;
    }

    private boolean isDashed(int row, int column) {
        boolean outside = row < 0 || column < 0 || row >= below.rows() || column >= below.columns();
        return outside || cellAt(row, column) != Cell.INPUT;
    }

    /** Every edge between cells without input once, so that no dash fills another one's hole. */
    private void dashes(Pen pen) {
        for (int row = 0; row <= below.rows(); row++) {
            for (int column = 0; column <= below.columns(); column++) {
                boolean here = isDashed(row, column);
                if (column < below.columns() && here && isDashed(row - 1, column)) {
                    pen.dash(below.corner(row, column), below.corner(row, column + 1));
                }
                if (row < below.rows() && here && isDashed(row, column - 1)) {
                    pen.dash(below.corner(row, column), below.corner(row + 1, column));
                }
            }
        }
    }

    private void paintWindow(Pen pen, int top, int left) {
        forKernel((row, column, index) -> {
            Shape cell = below.cell(top + row, left + column);
            pen.fill(cell, Pen.SHADE);
            pen.draw(cell, Pen.WINDOW_BORDER);
        });
    }

    private void paintOutput(Pen pen, int currentRow, int currentColumn) {
        int current = currentRow * above.columns() + currentColumn;
        for (int i = 0; i < frames(); i++) {
            Color color = i < current ? Pen.OUTPUT : i == current ? Pen.CURRENT : Pen.PENDING;
            Shape cell = above.cell(i / above.columns(), i % above.columns());
            pen.fill(cell, color);
            pen.draw(cell, Pen.OUTPUT_BORDER);
        }
    }

    /** The outermost lines from the corners of the window to those of the output that it gives. */
    private void paintBeam(Pen pen, int top, int left, int row, int column) {
        int bottom = top + rows.sliding().extent();
        int right = left + columns.sliding().extent();
        pen.draw(new Line2D.Double(below.corner(bottom, left), above.corner(row + 1, column)), Pen.WINDOW_BORDER);
        pen.draw(new Line2D.Double(below.corner(top, right), above.corner(row, column + 1)), Pen.WINDOW_BORDER);
    }

    private void writeInput(Pen pen) {
        float[] values = numbers.input();
        boolean zeros = numbers.kernel() != null;
        for (int row = 0; row < below.rows(); row++) {
            for (int column = 0; column < below.columns(); column++) {
                if (zeros && cellAt(row, column) != Cell.INPUT) {
                    pen.write(below, row + 0.45, column + 0.46, "0", 0.5, Pen.PALE_INK);
                }
            }
        }
        forInputs((row, column, index) ->
                pen.write(below, row + 0.45, column + 0.46, StrokeText.text(values[index]), 0.56, Pen.INK));
    }

    /** The weights, small, in the corner of the cells that they multiply. */
    private void writeKernel(Pen pen, int top, int left) {
        float[] weights = numbers.kernel();
        if (weights != null) {
            forKernel((row, column, index) -> pen.write(
                    below,
                    top + row + 0.75,
                    left + column + 0.83,
                    StrokeText.text(weights[index]),
                    0.34,
                    Pen.BACKGROUND));
        }
    }

    private void writeOutput(Pen pen, int current) {
        float[] values = numbers.output();
        for (int i = 0; i <= current; i++) {
            Color color = i == current ? Pen.BACKGROUND : Pen.INK;
            String text = StrokeText.text(values[i]);
            pen.write(above, i / above.columns() + 0.5, i % above.columns() + 0.5, text, 0.56, color);
        }
    }

    /** Something done for a cell of a grid. */
    @FunctionalInterface
    private interface ForCell {
        void at(int row, int column, int index);
    }

    private void forInputs(ForCell action) {
        for (int i = 0; i < rows.input() * columns.input(); i++) {
            int row = rows.sliding().padLow() + i / columns.input() * rows.spacing();
            int column = columns.sliding().padLow() + i % columns.input() * columns.spacing();
            action.at(row, column, i);
        }
    }

    /** Rows and columns count from the window's corner. */
    private void forKernel(ForCell action) {
        Window down = rows.sliding();
        Window across = columns.sliding();
        for (int i = 0; i < down.kernel() * across.kernel(); i++) {
            action.at(i / across.kernel() * down.dilation(), i % across.kernel() * across.dilation(), i);
        }
    }
}
