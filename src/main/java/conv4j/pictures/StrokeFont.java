package conv4j.pictures;

import java.awt.BasicStroke;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A plain sans serif for labels, drawn for this project as pen strokes: a Java machine without any font writes with it.
 * It has what a keyboard has, the usual accents, and some signs; what it lacks is a box.
 *
 * <p>A letter is 12 units from top to baseline; an em is {@value #UNITS_PER_EM}.
 */
final class StrokeFont {

    private static final double UNITS_PER_EM = 16.6;
    private static final double SPACING = 2.4;
    private static final double BOLD_SPACING = 3;
    private static final float PEN = 1.35f;
    private static final float BOLD_PEN = 2.1f;
    private static final double CAPITAL_ACCENT = 3.4;
    private static final char DOTLESS = '\u0131';

    /** Its lines are in letters.txt: letter, width, strokes. */
    private static final Map<Integer, Letter> LETTERS = StrokeLetters.read();

    /** The strokes of a letter around its left edge, in units. */
    record Letter(double width, Path2D lines) {}

    private StrokeFont() {}

    /**
     * How wide a text is.
     *
     * @param text one line
     * @param size the size of the font, in the unit of the result
     * @param bold whether the pen is broad
     * @return from the left edge of the first letter to the right edge of the last one
     */
    static double width(String text, double size, boolean bold) {
        double spacing = spacing(bold);
        double units = -spacing;
        for (int letter : letters(text)) {
            if (!isAccent(letter)) {
                units += letter(letter).width() + spacing;
            }
        }
        return Math.max(0, units) * size / UNITS_PER_EM;
    }

    private static double spacing(boolean bold) {
        return bold ? BOLD_SPACING : SPACING;
    }

    /** The height of capitals and digits. */
    static double capHeight(double size) {
        return 12 * size / UNITS_PER_EM;
    }

    /**
     * The outline of a text that begins at a place.
     *
     * @param text one line
     * @param x the left edge
     * @param y the baseline
     * @param size the size of the font
     * @param bold whether the pen is broad
     * @return a shape to be filled
     */
    static Shape outline(String text, double x, double y, double size, boolean bold) {
        Path2D lines = new Path2D.Double();
        double at = 0;
        double before = 0;
        int previous = ' ';
        for (int code : letters(text)) {
            Letter letter = letter(code);
            if (isAccent(code)) {
                double middle = before + letter(previous).width() / 2 - letter.width() / 2;
                double up = Character.isUpperCase(previous) ? -CAPITAL_ACCENT : 0;
                lines.append(
                        AffineTransform.getTranslateInstance(middle, up).createTransformedShape(letter.lines()), false);
            } else {
                lines.append(AffineTransform.getTranslateInstance(at, 0).createTransformedShape(letter.lines()), false);
                before = at;
                at += letter.width() + spacing(bold);
                previous = code;
            }
        }
        double scale = size / UNITS_PER_EM;
        AffineTransform place = AffineTransform.getTranslateInstance(x, y);
        place.scale(scale, scale);
        place.translate(0, -12);
        BasicStroke pen = new BasicStroke(bold ? BOLD_PEN : PEN, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
        return place.createTransformedShape(pen.createStrokedShape(lines));
    }

    /** Letters and their accents apart; an i under an accent has no dot. */
    private static List<Integer> letters(String text) {
        List<Integer> letters = new ArrayList<>();
        for (int code :
                Normalizer.normalize(text, Normalizer.Form.NFD).codePoints().toArray()) {
            int last = letters.size() - 1;
            if (isAccent(code) && last >= 0 && letters.get(last) == 'i') {
                letters.set(last, (int) DOTLESS);
            }
            letters.add(code);
        }
        return letters;
    }

    private static boolean isAccent(int code) {
        return Character.getType(code) == Character.NON_SPACING_MARK;
    }

    private static Letter letter(int code) {
        Letter known = LETTERS.get(Character.isWhitespace(code) ? ' ' : code);
        return known != null ? known : LETTERS.get(isAccent(code) ? 0x301 : 0xFFFD);
    }

    /** Whether a letter is more than a box. */
    static boolean has(int code) {
        return LETTERS.containsKey(code);
    }
}
