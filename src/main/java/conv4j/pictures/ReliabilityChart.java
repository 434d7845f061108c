package conv4j.pictures;

import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import java.util.Locale;

/** Accuracy over confidence (Guo et al. 2017, figure 1), and below it how many items each bar stands for. */
public final class ReliabilityChart implements Picture {

    private static final int WIDTH = 440;
    private static final int HEIGHT = 470;
    private static final int BARS_HEIGHT = 250;

    private final String title;
    private final List<Bar> bars;

    /**
     * The items of an interval of confidence.
     *
     * @param low where it begins, from 0
     * @param high where it ends, at most 1
     * @param count items
     * @param confidence their mean confidence
     * @param accuracy the part of them that is right
     */
    public record Bar(double low, double high, long count, double confidence, double accuracy) {}

    /**
     * A chart.
     *
     * @param title what it shows
     * @param bars from low to high
     */
    public ReliabilityChart(String title, List<Bar> bars) {
        this.title = title;
        this.bars = List.copyOf(bars);
    }

    @Override
    public int width() {
        return WIDTH;
    }

    @Override
    public int height() {
        return HEIGHT;
    }

    @Override
    public void paint(Canvas canvas) {
        canvas.text(title, 12, 24, TextStyle.of(TextStyle.TITLE).heavy());
        accuracy(canvas);
        counts(canvas);
    }

    private void accuracy(Canvas canvas) {
        Rectangle2D area = new Rectangle2D.Double(68, 66, WIDTH - 92, BARS_HEIGHT);
        Axes axes = new Axes(area, 0, 1, 0, 1);
        axes.paint(canvas, "", "accuracy", List.of(), Axes.ticks(0, 1, 5, false));
        for (Bar bar : bars) {
            if (bar.count() > 0) {
                double x = axes.x(bar.low()) + 1;
                double width = axes.x(bar.high()) - axes.x(bar.low()) - 2;
                canvas.box(x, axes.y(bar.accuracy()), width, axes.y(0) - axes.y(bar.accuracy()), Palette.BLUE);
                double y = axes.y(bar.confidence());
                canvas.draw(new Line2D.Double(x, y, x + width, y), Palette.ORANGE, 2.5, 0);
            }
        }
        canvas.draw(new Line2D.Double(axes.x(0), axes.y(0), axes.x(1), axes.y(1)), Palette.PALE_INK, 1.2, 4);
        TextStyle label = TextStyle.of(TextStyle.LABEL);
        canvas.box(68, 40, 12, 12, Palette.BLUE);
        canvas.text("accuracy", 86, 50, label);
        canvas.draw(new Line2D.Double(168, 46, 188, 46), Palette.ORANGE, 2.5, 0);
        canvas.text("confidence", 195, 50, label);
        canvas.draw(new Line2D.Double(286, 46, 306, 46), Palette.PALE_INK, 1.2, 4);
        canvas.text("perfect", 313, 50, label);
    }

    private void counts(Canvas canvas) {
        long most = bars.stream().mapToLong(Bar::count).max().orElse(1);
        Rectangle2D area = new Rectangle2D.Double(68, 66 + BARS_HEIGHT + 22, WIDTH - 92, 74);
        Axes axes = new Axes(area, 0, 1, 0, Math.max(1, most));
        axes.paint(canvas, "confidence", "", Axes.ticks(0, 1, 5, false), List.of());
        canvas.text(
                "items",
                area.getX() - 46,
                area.getCenterY(),
                TextStyle.of(TextStyle.LABEL).middle().turned(90));
        TextStyle style = TextStyle.of(9.5).pale().middle();
        for (Bar bar : bars) {
            double x = axes.x(bar.low()) + 1;
            double width = axes.x(bar.high()) - axes.x(bar.low()) - 2;
            canvas.box(x, axes.y(bar.count()), width, axes.y(0) - axes.y(bar.count()), Palette.PALE_INK);
            String text = String.format(Locale.ROOT, "%d", bar.count());
            if (bar.count() > 0 && style.width(text) < width + 2) {
                canvas.text(text, x + width / 2, axes.y(bar.count()) - 4, style);
            }
        }
    }
}
