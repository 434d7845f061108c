package conv4j.pictures;

import conv4j.arithmetic.Axis;
import conv4j.shape.Window;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Line2D;
import java.awt.geom.Point2D;
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

    static final Color BACKGROUND = Color.WHITE;
    static final Color INPUT = new Color(0x84BDEA);
    static final Color INPUT_BORDER = new Color(0x2F6FA8);
    static final Color INSERTED = new Color(0xF3F6F8);
    static final Color DASHES = new Color(0x8B95A0);
    static final Color SHADE = new Color(0x2E, 0x33, 0x3B, 0x5C);
    static final Color WINDOW_BORDER = new Color(0x2E333B);
    static final Color OUTPUT = new Color(0x79D3B7);
    static final Color OUTPUT_BORDER = new Color(0x11795C);
    static final Color CURRENT = new Color(0x1FA27E);
    static final Color PENDING = new Color(0xEAF7F3);
    static final Color INK = new Color(0x14181D);
    static final Color PALE_INK = new Color(0x59626C);

    private static final int MARGIN = 16;
    /** Pixels of a unit: a cell is five units wide and three high. */
    private static final int UNIT = 6;

    private static final int NUMBER_UNIT = 9;
    private static final int SMALL_UNIT = 4;
    private static final int MOST_WIDTH = 880;
    private static final int GAP = 6;
    private static final double DASHES_PER_EDGE = 3;
    private static final double DASH_SHARE = 0.55;
    private static final float LINE = 1;

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
        Graphics2D graphics = image.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            fill(graphics, new java.awt.Rectangle(width, height), BACKGROUND);
            paint(graphics, n / columns.output(), n % columns.output());
        } finally {
            graphics.dispose();
        }
        return image;
    }

    private void paint(Graphics2D graphics, int row, int column) {
        int top = row * rows.sliding().stride();
        int left = column * columns.sliding().stride();
        paintInput(graphics);
        paintWindow(graphics, top, left);
        if (numbers != null) {
            writeInput(graphics);
            writeKernel(graphics, top, left);
        }
        paintOutput(graphics, row, column);
        paintBeam(graphics, top, left, row, column);
        if (numbers != null) {
            writeOutput(graphics, row * columns.output() + column);
        }
    }

    private void paintInput(Graphics2D graphics) {
        for (int row = 0; row < below.rows(); row++) {
            for (int column = 0; column < below.columns(); column++) {
                Cell cell = cellAt(row, column);
                if (cell != Cell.PADDING) {
                    fill(graphics, below.cell(row, column), cell == Cell.INPUT ? INPUT : INSERTED);
                }
            }
        }
        dashes(graphics);
        forInputs((row, column, index) -> draw(graphics, below.cell(row, column), INPUT_BORDER));
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
    private void dashes(Graphics2D graphics) {
        for (int row = 0; row <= below.rows(); row++) {
            for (int column = 0; column <= below.columns(); column++) {
                boolean here = isDashed(row, column);
                if (column < below.columns() && here && isDashed(row - 1, column)) {
                    dash(graphics, below.corner(row, column), below.corner(row, column + 1));
                }
                if (row < below.rows() && here && isDashed(row, column - 1)) {
                    dash(graphics, below.corner(row, column), below.corner(row + 1, column));
                }
            }
        }
    }

    /** A dashed line that begins and ends with half a dash. */
    private static void dash(Graphics2D graphics, Point2D from, Point2D to) {
        float period = (float) (from.distance(to) / DASHES_PER_EDGE);
        float dash = (float) (period * DASH_SHARE);
        graphics.setColor(DASHES);
        graphics.setStroke(new BasicStroke(
                1, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 1, new float[] {dash, period - dash}, dash / 2));
        graphics.draw(new Line2D.Double(from, to));
    }

    private void paintWindow(Graphics2D graphics, int top, int left) {
        forKernel((row, column, index) -> {
            Shape cell = below.cell(top + row, left + column);
            fill(graphics, cell, SHADE);
            draw(graphics, cell, WINDOW_BORDER);
        });
    }

    private void paintOutput(Graphics2D graphics, int currentRow, int currentColumn) {
        int current = currentRow * above.columns() + currentColumn;
        for (int i = 0; i < frames(); i++) {
            Color color = i < current ? OUTPUT : i == current ? CURRENT : PENDING;
            Shape cell = above.cell(i / above.columns(), i % above.columns());
            fill(graphics, cell, color);
            draw(graphics, cell, OUTPUT_BORDER);
        }
    }

    /** The outermost lines from the corners of the window to those of the output that it gives. */
    private void paintBeam(Graphics2D graphics, int top, int left, int row, int column) {
        int bottom = top + rows.sliding().extent();
        int right = left + columns.sliding().extent();
        draw(graphics, new Line2D.Double(below.corner(bottom, left), above.corner(row + 1, column)), WINDOW_BORDER);
        draw(graphics, new Line2D.Double(below.corner(top, right), above.corner(row, column + 1)), WINDOW_BORDER);
    }

    private void writeInput(Graphics2D graphics) {
        float[] values = numbers.input();
        boolean zeros = numbers.kernel() != null;
        for (int row = 0; row < below.rows(); row++) {
            for (int column = 0; column < below.columns(); column++) {
                if (zeros && cellAt(row, column) != Cell.INPUT) {
                    write(graphics, below, row + 0.45, column + 0.46, "0", 0.5, PALE_INK);
                }
            }
        }
        forInputs((row, column, index) ->
                write(graphics, below, row + 0.45, column + 0.46, StrokeText.text(values[index]), 0.56, INK));
    }

    /** The weights, small, in the corner of the cells that they multiply. */
    private void writeKernel(Graphics2D graphics, int top, int left) {
        float[] weights = numbers.kernel();
        if (weights != null) {
            forKernel((row, column, index) -> write(
                    graphics,
                    below,
                    top + row + 0.75,
                    left + column + 0.83,
                    StrokeText.text(weights[index]),
                    0.34,
                    BACKGROUND));
        }
    }

    private void writeOutput(Graphics2D graphics, int current) {
        float[] values = numbers.output();
        for (int i = 0; i <= current; i++) {
            Color color = i == current ? BACKGROUND : INK;
            String text = StrokeText.text(values[i]);
            write(graphics, above, i / above.columns() + 0.5, i % above.columns() + 0.5, text, 0.56, color);
        }
    }

    /** Writes a number on a plane, centred at a place, of a height in cells or less when it would be too wide. */
    private static void write(
            Graphics2D graphics, Plane plane, double row, double column, String text, double size, Color color) {
        double wide = Math.min(size * 0.86, 0.86 / StrokeText.width(text));
        AffineTransform place = new AffineTransform(plane.view());
        place.translate(column, row);
        place.scale(wide, size);
        fill(graphics, place.createTransformedShape(StrokeText.outline(text, color == BACKGROUND)), color);
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

    private static void fill(Graphics2D graphics, Shape shape, Color color) {
        graphics.setColor(color);
        graphics.fill(shape);
    }

    private static void draw(Graphics2D graphics, Shape shape, Color color) {
        graphics.setColor(color);
        graphics.setStroke(new BasicStroke(1, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        graphics.draw(shape);
    }
}
