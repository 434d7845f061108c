package conv4j.pictures;

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
 * Draws shapes, dashed edges and numbers on an image, edges smoothed. Input and output lie on planes of their own, and what
 * is done, in hand and still to come differs in lightness: nobody needs to see hues.
 */
final class Pen implements AutoCloseable {

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

    private static final double DASHES_PER_EDGE = 3;
    private static final double DASH_SHARE = 0.55;

    private final Graphics2D graphics;

    /** A pen for an image, which becomes white. */
    Pen(BufferedImage image) {
        graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.setColor(BACKGROUND);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
    }

    void fill(Shape shape, Color color) {
        graphics.setColor(color);
        graphics.fill(shape);
    }

    /** Draws an outline one pixel wide. */
    void draw(Shape shape, Color color) {
        graphics.setColor(color);
        graphics.setStroke(new BasicStroke(1, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        graphics.draw(shape);
    }

    /** Draws a dashed line that begins and ends with half a dash, so that the next one continues it. */
    void dash(Point2D from, Point2D to) {
        float period = (float) (from.distance(to) / DASHES_PER_EDGE);
        float dash = (float) (period * DASH_SHARE);
        graphics.setColor(DASHES);
        graphics.setStroke(new BasicStroke(
                1, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 1, new float[] {dash, period - dash}, dash / 2));
        graphics.draw(new Line2D.Double(from, to));
    }

    /**
     * Writes a number on a plane.
     *
     * @param plane where
     * @param row the middle of the number, in cells
     * @param column the middle of the number, in cells
     * @param text digits, points and minus signs
     * @param size height in cells; the number becomes narrower when it would leave its cell
     * @param color white numbers are bold
     */
    void write(Plane plane, double row, double column, String text, double size, Color color) {
        double wide = Math.min(size * 0.86, 0.86 / StrokeText.width(text));
        AffineTransform place = new AffineTransform(plane.view());
        place.translate(column, row);
        place.scale(wide, size);
        fill(place.createTransformedShape(StrokeText.outline(text, color == BACKGROUND)), color);
    }

    @Override
    public void close() {
        graphics.dispose();
    }
}
