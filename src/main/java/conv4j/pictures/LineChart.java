package conv4j.pictures;

import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import java.util.stream.DoubleStream;

/** Series of numbers over 1, 2, 3 ..., such as a loss over epochs. */
public final class LineChart implements Picture {

    private static final int WIDTH = 440;
    private static final int HEIGHT = 320;
    private static final int MOST_TICKS = 6;
    private static final int MOST_DOTS = 40;
    private static final double DOT = 3;

    private final String title;
    private final String xTitle;
    private final List<Series> series;

    /**
     * A line.
     *
     * @param name what it shows
     * @param values one per place; NaN and infinities leave a gap
     * @param dashed whether it is dashed
     */
    public record Series(String name, List<Double> values, boolean dashed) {}

    /**
     * A chart.
     *
     * @param title what it shows
     * @param xTitle what 1, 2, 3 ... count
     * @param series the lines, one or more
     */
    public LineChart(String title, String xTitle, List<Series> series) {
        this.title = title;
        this.xTitle = xTitle;
        this.series = List.copyOf(series);
    }

    @Override
    public int width() {
        return WIDTH;
    }

    @Override
    public int height() {
        return HEIGHT;
    }

    private DoubleStream finite() {
        return series.stream()
                .flatMap(line -> line.values().stream())
                .mapToDouble(Double::doubleValue)
                .filter(Double::isFinite);
    }

    private Axes axes() {
        int count = series.stream().mapToInt(line -> line.values().size()).max().orElse(1);
        double low = finite().min().orElse(0);
        double high = finite().max().orElse(1);
        double room = high > low ? 0.08 * (high - low) : Math.max(0.1, Math.abs(high) * 0.1);
        Rectangle2D area = new Rectangle2D.Double(68, 58, WIDTH - 88, HEIGHT - 116);
        double side = count > 1 ? 0 : 0.5;
        boolean positive = low >= 0;
        return new Axes(area, 1 - side, count + side, positive ? Math.max(0, low - room) : low - room, high + room);
    }

    @Override
    public void paint(Canvas canvas) {
        Axes axes = axes();
        canvas.text(title, 12, 24, TextStyle.of(TextStyle.TITLE).heavy());
        axes.paint(
                canvas,
                xTitle,
                title,
                Axes.ticks(axes.xLow(), axes.xHigh(), 10, true),
                Axes.ticks(axes.yLow(), axes.yHigh(), MOST_TICKS, false));
        double legend = 68;
        for (int i = 0; i < series.size(); i++) {
            line(canvas, axes, i);
            legend = legend(canvas, i, legend);
        }
    }

    private void line(Canvas canvas, Axes axes, int index) {
        Series line = series.get(index);
        Path2D path = new Path2D.Double();
        boolean drawing = false;
        for (int i = 0; i < line.values().size(); i++) {
            double value = line.values().get(i);
            if (!Double.isFinite(value)) {
                drawing = false;
            } else if (drawing) {
                path.lineTo(axes.x(i + 1), axes.y(value));
            } else {
                path.moveTo(axes.x(i + 1), axes.y(value));
                drawing = true;
            }
        }
        canvas.draw(path, Palette.series(index), 2, line.dashed() ? 5 : 0);
        for (int i = 0; i < line.values().size() && line.values().size() <= MOST_DOTS; i++) {
            if (Double.isFinite(line.values().get(i))) {
                double x = axes.x(i + 1);
                double y = axes.y(line.values().get(i));
                canvas.fill(new Ellipse2D.Double(x - DOT, y - DOT, 2 * DOT, 2 * DOT), Palette.series(index));
            }
        }
    }

    private double legend(Canvas canvas, int index, double x) {
        Series line = series.get(index);
        Path2D sample = new Path2D.Double();
        sample.moveTo(x, 42);
        sample.lineTo(x + 26, 42);
        canvas.draw(sample, Palette.series(index), 2, line.dashed() ? 5 : 0);
        TextStyle style = TextStyle.of(TextStyle.LABEL);
        canvas.text(line.name(), x + 32, 46, style);
        return x + 32 + style.width(line.name()) + 22;
    }
}
