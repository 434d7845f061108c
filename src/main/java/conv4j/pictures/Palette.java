package conv4j.pictures;

import java.awt.Color;
import java.util.List;

/**
 * The colours of pictures: those of Okabe and Ito (2008) to tell series apart, which people who see fewer hues can tell
 * apart too, and one scale that grows steadily from dark blue to yellow for numbers.
 */
final class Palette {

    /** What text and axes are written in. */
    static final Color INK = new Color(0x14181D);

    /** Text that matters less. */
    static final Color PALE_INK = new Color(0x59626C);

    /** Lines behind the data. */
    static final Color GRID = new Color(0xDFE4E9);

    /** What everything is drawn on. */
    static final Color PAPER = new Color(0xFFFFFF);

    /** Boxes on the paper. */
    static final Color PANEL = new Color(0xF2F5F8);

    /** Bars and boxes without a meaning of their own. */
    static final Color BLUE = new Color(0x0072B2);

    /** The other one of two. */
    static final Color ORANGE = new Color(0xD55E00);

    /** What is right. */
    static final Color GREEN = new Color(0x009E73);

    private static final List<Color> SERIES =
            List.of(BLUE, ORANGE, GREEN, new Color(0xCC79A7), new Color(0xE69F00), new Color(0x56B4E9));

    /** Dark blue to yellow; lightness grows evenly, hue goes where blue-blind and red-green-blind eyes still follow. */
    private static final int[] SCALE = {
        0x0B1F4B, 0x18366B, 0x35507A, 0x55677F, 0x737E82, 0x92967F, 0xB3AF75, 0xD6CA60, 0xF7E645
    };

    private Palette() {}

    /** The colour of the n-th series. */
    static Color series(int n) {
        return SERIES.get(Math.floorMod(n, SERIES.size()));
    }

    /** The colour of a number from 0 to 1; numbers beside that count as the nearer end. */
    static Color scale(double value) {
        double place = Math.max(0, Math.min(1, value)) * (SCALE.length - 1);
        int below = (int) Math.min(SCALE.length - 2, Math.floor(place));
        return mix(new Color(SCALE[below]), new Color(SCALE[below + 1]), place - below);
    }

    /** The colour of a number from -1, blue, over 0, almost white, to 1, orange. */
    static Color diverging(double value) {
        double part = Math.max(-1, Math.min(1, value));
        return mix(new Color(0xF7F7F4), part < 0 ? BLUE : ORANGE, Math.pow(Math.abs(part), 0.8));
    }

    /** Not equal to {@link #PAPER} and {@link #INK}, which pages may replace by other colours. */
    private static final Color WHITE = new Color(0xFEFEFE);

    private static final Color BLACK = new Color(0x101010);
    private static final double FLARE = 0.05;

    /** Black or white, whichever has more contrast with a colour. */
    static Color textOn(Color ground) {
        double light = luminance(ground) + FLARE;
        boolean dark = light * light > (luminance(WHITE) + FLARE) * (luminance(BLACK) + FLARE);
        return dark ? BLACK : WHITE;
    }

    /** The relative luminance of the Web Content Accessibility Guidelines 2. */
    private static double luminance(Color color) {
        float[] rgb = color.getRGBColorComponents(null);
        return 0.2126 * linear(rgb[0]) + 0.7152 * linear(rgb[1]) + 0.0722 * linear(rgb[2]);
    }

    private static double linear(double part) {
        return part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
    }

    private static Color mix(Color a, Color b, double part) {
        return new Color(
                (int) Math.round(a.getRed() + part * (b.getRed() - a.getRed())),
                (int) Math.round(a.getGreen() + part * (b.getGreen() - a.getGreen())),
                (int) Math.round(a.getBlue() + part * (b.getBlue() - a.getBlue())));
    }
}
