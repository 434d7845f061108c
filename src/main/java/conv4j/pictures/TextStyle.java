package conv4j.pictures;

import java.awt.Color;

/**
 * How a text is written.
 *
 * @param size the size of the font
 * @param color its colour
 * @param bold whether the pen is broad
 * @param anchor which point of the text lies at its place
 * @param angle by how many degrees it is turned about that point, counter-clockwise
 */
public record TextStyle(double size, Color color, boolean bold, Canvas.Anchor anchor, double angle) {

    static final double TITLE = 17;
    static final double LABEL = 12.5;
    static final double SMALL = 11;

    /** Ink that begins at its place. */
    static TextStyle of(double size) {
        return new TextStyle(size, Palette.INK, false, Canvas.Anchor.START, 0);
    }

    TextStyle color(Color newColor) {
        return new TextStyle(size, newColor, bold, anchor, angle);
    }

    TextStyle pale() {
        return color(Palette.PALE_INK);
    }

    TextStyle heavy() {
        return new TextStyle(size, color, true, anchor, angle);
    }

    TextStyle middle() {
        return new TextStyle(size, color, bold, Canvas.Anchor.MIDDLE, angle);
    }

    TextStyle end() {
        return new TextStyle(size, color, bold, Canvas.Anchor.END, angle);
    }

    TextStyle turned(double degrees) {
        return new TextStyle(size, color, bold, anchor, degrees);
    }

    /** How wide a text is; the widths of browsers' fonts are about the same. */
    double width(String text) {
        return StrokeFont.width(text, size, bold);
    }

    /** A text that fits a width, its end replaced by three dots where needed. */
    String fit(String text, double width) {
        if (width(text) <= width) {
            return text;
        }
        int length = text.length();
        while (length > 1 && width(text.substring(0, length).stripTrailing() + "…") > width) {
            length = text.offsetByCodePoints(length, -1);
        }
        return text.substring(0, length).stripTrailing() + "…";
    }
}
