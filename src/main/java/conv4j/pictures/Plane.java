package conv4j.pictures;

import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;

/**
 * A grid of cells seen from the front and above: rows go down and to the left, columns to the right.
 *
 * <p>Everything is a whole number of pixels, corners lie in the middle of one, and slanted lines repeat after three pixels:
 * lines are crisp, and an animation of them is a quarter of the size that arbitrary lengths give.
 *
 * @param rows rows of cells
 * @param columns columns of cells
 * @param view from (column, row) to pixels
 */
record Plane(int rows, int columns, AffineTransform view) {

    private static final int COLUMN = 5;
    private static final int SLANT = 2;
    private static final int ROW = 3;

    /** A plane of cells of five units by three whose surroundings begin at a place; a unit is so many pixels. */
    static Plane at(int left, int top, int rows, int columns, int unit) {
        double x = left + SLANT * unit * rows + 0.5;
        return new Plane(rows, columns, new AffineTransform(COLUMN * unit, 0, -SLANT * unit, ROW * unit, x, top + 0.5));
    }

    /** Pixels from the leftmost to the rightmost corner. */
    static int width(int rows, int columns, int unit) {
        return unit * (COLUMN * columns + SLANT * rows);
    }

    /** Pixels from the back to the front. */
    static int height(int rows, int unit) {
        return unit * ROW * rows;
    }

    /** A rectangle of cells, in pixels. */
    Shape cells(double row, double column, double height, double width) {
        return view.createTransformedShape(new Rectangle2D.Double(column, row, width, height));
    }

    /** One cell. */
    Shape cell(int row, int column) {
        return cells(row, column, 1, 1);
    }

    /** Where a corner of a cell lies in pixels. */
    Point2D corner(double row, double column) {
        return view.transform(new Point2D.Double(column, row), null);
    }
}
