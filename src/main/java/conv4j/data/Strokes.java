package conv4j.data;

/**
 * The digits as pen strokes, drawn by hand for this project on a unit square, x to the right and y down. Each digit has
 * one or two ways of writing it; a way is a list of strokes, a stroke a list of points x, y, x, y ...
 */
public final class Strokes {

    /**
     * One stroke.
     *
     * @param smooth whether it is a curve through the points, that of Catmull and Rom 1974, instead of straight lines
     * @param closed whether it returns to its first point
     * @param points x, y, x, y ... in the unit square
     */
    public record Stroke(boolean smooth, boolean closed, float... points) {}

    private static final Stroke[][][] DIGITS = {
        {{loop(.50, .04, .27, .15, .18, .50, .27, .85, .50, .96, .73, .85, .82, .50, .73, .15)}},
        {{lines(.32, .24, .55, .04, .55, .96)}, {lines(.32, .24, .52, .04, .52, .96), lines(.32, .96, .74, .96)}},
        {
            {curve(.21, .27, .33, .09, .55, .04, .76, .17, .74, .41, .50, .67, .20, .96), lines(.20, .96, .82, .96)},
        },
        {
            {
                curve(.22, .15, .45, .03, .71, .13, .71, .35, .43, .47),
                curve(.43, .47, .75, .57, .80, .79, .53, .97, .20, .86)
            },
            {lines(.22, .05, .77, .05, .44, .42), curve(.44, .42, .74, .50, .81, .74, .57, .96, .20, .88)},
        },
        {
            {lines(.64, .96, .64, .04, .16, .68, .88, .68)},
            {lines(.28, .05, .20, .55, .84, .55), lines(.66, .30, .64, .96)},
        },
        {{lines(.77, .05, .30, .05, .26, .45), curve(.26, .45, .54, .38, .78, .54, .77, .81, .51, .97, .20, .87)}},
        {{curve(.70, .06, .42, .22, .24, .54, .27, .84, .51, .97, .75, .84, .76, .62, .54, .48, .26, .63)}},
        {{lines(.18, .06, .82, .06, .40, .96)}, {lines(.18, .06, .82, .06, .44, .96), lines(.34, .50, .76, .50)}},
        {
            {
                loop(.50, .47, .28, .36, .28, .13, .50, .03, .72, .13, .72, .36),
                loop(.50, .47, .22, .61, .22, .86, .50, .97, .78, .86, .78, .61),
            },
        },
        {
            {curve(.30, .94, .58, .78, .76, .46, .73, .16, .49, .03, .25, .16, .24, .38, .46, .52, .74, .37)},
            {loop(.49, .04, .25, .15, .25, .39, .49, .50, .73, .39, .73, .15), lines(.74, .18, .70, .96)},
        },
    };

    private Strokes() {}

    /** The number of digits. */
    static int digits() {
        return DIGITS.length;
    }

    /**
     * The ways of writing a digit, each a list of strokes; they are shared, and not to be changed.
     *
     * @param digit 0 to 9
     * @return one or two ways
     */
    public static Stroke[][] of(int digit) {
        return DIGITS[digit];
    }

    private static Stroke lines(double... points) {
        return stroke(false, false, points);
    }

    private static Stroke curve(double... points) {
        return stroke(true, false, points);
    }

    private static Stroke loop(double... points) {
        return stroke(true, true, points);
    }

    private static Stroke stroke(boolean smooth, boolean closed, double... points) {
        float[] values = new float[points.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) points[i];
        }
        return new Stroke(smooth, closed, values);
    }
}
