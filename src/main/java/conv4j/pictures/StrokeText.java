package conv4j.pictures;

import conv4j.data.Strokes;
import java.awt.BasicStroke;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.Locale;

/** Numbers written with the pen strokes of the built-in digits, so that a machine without any font can draw them. */
final class StrokeText {

    private static final double NARROW = 0.68;
    private static final double ADVANCE = 0.64;
    private static final double POINT_ADVANCE = 0.26;
    private static final float PEN = 0.13f;
    private static final float BOLD_PEN = 0.17f;

    private StrokeText() {}

    /** A number as people write it: whole, or with one decimal. */
    static String text(float value) {
        boolean whole = value == Math.rint(value);
        return whole ? Integer.toString((int) value) : String.format(Locale.ROOT, "%.1f", value);
    }

    /**
     * The outline of a text of digits, points and minus signs.
     *
     * @return a shape of height 1 around the origin, y down
     */
    static Shape outline(String text, boolean bold) {
        Path2D path = new Path2D.Double();
        double x = 0;
        for (char letter : text.toCharArray()) {
            append(path, letter, x);
            x += advance(letter);
        }
        Shape lines = AffineTransform.getTranslateInstance(-x / 2, -0.5).createTransformedShape(path);
        float pen = bold ? BOLD_PEN : PEN;
        return new BasicStroke(pen, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND).createStrokedShape(lines);
    }

    /** The width of a text of height 1. */
    static double width(String text) {
        return text.chars().mapToDouble(letter -> advance((char) letter)).sum();
    }

    private static double advance(char letter) {
        return letter == '.' ? POINT_ADVANCE : ADVANCE;
    }

    private static void append(Path2D path, char letter, double x) {
        if (letter == '.') {
            path.append(new Rectangle2D.Double(x + POINT_ADVANCE / 2, 0.95, 0.01, 0.01), false);
        } else if (letter == '-') {
            path.moveTo(x + 0.12, 0.5);
            path.lineTo(x + ADVANCE - 0.12, 0.5);
        } else {
            for (Strokes.Stroke stroke : Strokes.of(letter - '0')[0]) {
                append(path, stroke, x);
            }
        }
    }

    private static void append(Path2D path, Strokes.Stroke stroke, double x) {
        int count = stroke.points().length / 2;
        path.moveTo(at(stroke, 0, x), stroke.points()[1]);
        int spans = stroke.closed() ? count : count - 1;
        for (int span = 0; span < spans; span++) {
            if (stroke.smooth()) {
                curve(path, stroke, span, x);
            } else {
                path.lineTo(at(stroke, span + 1, x), stroke.points()[2 * span + 3]);
            }
        }
    }

    /** A span of Catmull and Rom's curve as one of Bezier's: its inner points lie a sixth of the neighbours' way off. */
    private static void curve(Path2D path, Strokes.Stroke stroke, int span, double x) {
        int count = stroke.points().length / 2;
        int before = stroke.closed() ? (span + count - 1) % count : Math.max(span - 1, 0);
        int end = (span + 1) % count;
        int after = stroke.closed() ? (span + 2) % count : Math.min(span + 2, count - 1);
        float[] points = stroke.points();
        path.curveTo(
                at(stroke, span, x) + (at(stroke, end, x) - at(stroke, before, x)) / 6,
                points[2 * span + 1] + (points[2 * end + 1] - points[2 * before + 1]) / 6,
                at(stroke, end, x) - (at(stroke, after, x) - at(stroke, span, x)) / 6,
                points[2 * end + 1] - (points[2 * after + 1] - points[2 * span + 1]) / 6,
                at(stroke, end, x),
                points[2 * end + 1]);
    }

    private static double at(Strokes.Stroke stroke, int point, double x) {
        return x + ADVANCE / 2 + (stroke.points()[2 * point] - 0.5) * NARROW;
    }
}
