package conv4j.pictures;

import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;

/** What a {@link Picture} is painted on: pixels, a vector file, or the notes of a test. Units are CSS pixels, y down. */
public interface Canvas {

    /** Where a text lies relative to its place. */
    enum Anchor {
        /** It begins there. */
        START,
        /** It is in the middle. */
        MIDDLE,
        /** It ends there. */
        END
    }

    /**
     * Fills a shape.
     *
     * @param shape what to fill
     * @param color with what
     */
    void fill(Shape shape, Color color);

    /**
     * Draws the outline of a shape.
     *
     * @param shape the outline
     * @param color its colour
     * @param width its width
     * @param dash the length of dashes, 0 for none
     */
    void draw(Shape shape, Color color, double width, double dash);

    /**
     * Writes a line of text.
     *
     * @param text one line
     * @param x where, see the style's anchor
     * @param y the baseline
     * @param style how
     */
    void text(String text, double x, double y, TextStyle style);

    /**
     * Draws an image, its pixels enlarged without smoothing.
     *
     * @param image the image
     * @param area where
     */
    void image(BufferedImage image, Rectangle2D area);

    /**
     * Fills a rectangle.
     *
     * @param x the left edge
     * @param y the upper edge
     * @param width its width
     * @param height its height
     * @param color with what
     */
    default void box(double x, double y, double width, double height, Color color) {
        fill(new Rectangle2D.Double(x, y, width, height), color);
    }

    /**
     * Fills a rectangle with round corners.
     *
     * @param area where
     * @param color with what
     */
    default void round(Rectangle2D area, Color color) {
        fill(new RoundRectangle2D.Double(area.getX(), area.getY(), area.getWidth(), area.getHeight(), 8, 8), color);
    }

    /**
     * Draws a line.
     *
     * @param x1 where it begins
     * @param y1 where it begins
     * @param x2 where it ends
     * @param y2 where it ends
     * @param color its colour
     */
    default void line(double x1, double y1, double x2, double y2, Color color) {
        draw(new Line2D.Double(x1, y1, x2, y2), color, 1, 0);
    }
}
