package conv4j.pictures;

import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The two axes of a chart: where numbers lie, and the grid, ticks and titles around them.
 *
 * @param area where the data are drawn
 * @param xLow the number at the left edge
 * @param xHigh the number at the right edge
 * @param yLow the number at the lower edge
 * @param yHigh the number at the upper edge
 */
record Axes(Rectangle2D area, double xLow, double xHigh, double yLow, double yHigh) {

    private static final double[] STEPS = {1, 2, 5};
    private static final double EPSILON = 1e-9;

    double x(double value) {
        return area.getX() + (value - xLow) / (xHigh - xLow) * area.getWidth();
    }

    double y(double value) {
        return area.getMaxY() - (value - yLow) / (yHigh - yLow) * area.getHeight();
    }

    /** Round numbers in a range, at most so many, and never between whole numbers where whole is true. */
    static List<Double> ticks(double low, double high, int most, boolean whole) {
        double step = whole ? 1 : Math.pow(10, Math.floor(Math.log10((high - low) / most)));
        for (int i = 1; (high - low) / step > most; i++) {
            double power = whole ? 1 : Math.pow(10, Math.floor(Math.log10((high - low) / most)));
            step = power * STEPS[i % STEPS.length] * Math.pow(10, i / STEPS.length);
        }
        List<Double> ticks = new ArrayList<>();
        for (double k = Math.ceil(low / step - EPSILON); k * step <= high + EPSILON * step; k++) {
            ticks.add(k * step + 0.0); // no -0
        }
        return ticks;
    }

    /** The grid and the numbers of the y axis, and the numbers of the x axis. */
    void paint(Canvas canvas, String xTitle, String yTitle, List<Double> xTicks, List<Double> yTicks) {
        TextStyle label = TextStyle.of(TextStyle.SMALL).pale();
        String format = "%." + decimals(yTicks) + "f";
        for (double tick : yTicks) {
            canvas.line(area.getX(), y(tick), area.getMaxX(), y(tick), Palette.GRID);
            canvas.text(String.format(Locale.ROOT, format, tick), area.getX() - 8, y(tick) + 4, label.end());
        }
        String xFormat = "%." + decimals(xTicks) + "f";
        for (double tick : xTicks) {
            canvas.line(x(tick), area.getMaxY(), x(tick), area.getMaxY() + 4, Palette.PALE_INK);
            canvas.text(String.format(Locale.ROOT, xFormat, tick), x(tick), area.getMaxY() + 18, label.middle());
        }
        canvas.line(area.getX(), area.getMaxY(), area.getMaxX(), area.getMaxY(), Palette.PALE_INK);
        TextStyle title = TextStyle.of(TextStyle.LABEL).middle();
        canvas.text(xTitle, area.getCenterX(), area.getMaxY() + 40, title);
        canvas.text(yTitle, area.getX() - 46, area.getCenterY(), title.turned(90));
    }

    private static int decimals(List<Double> ticks) {
        double step = ticks.size() < 2 ? 1 : ticks.get(1) - ticks.get(0);
        return Math.max(0, (int) Math.ceil(-Math.log10(step) - EPSILON));
    }
}
