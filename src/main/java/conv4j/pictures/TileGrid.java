package conv4j.pictures;

import java.awt.Color;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;

/** Small images in rows, each with lines of text and bars below it. */
public final class TileGrid implements Picture {

    private static final int MARGIN = 14;
    private static final int GAP = 14;
    private static final int LINE = 16;
    private static final int BAR = 15;
    private static final int MOST_WIDTH = 940;

    private final String title;
    private final String note;
    private final List<Tile> tiles;
    private final int tileWidth;
    private final int imageWidth;
    private final int imageHeight;
    private final int captions;
    private final int bars;
    private final int columns;

    /** What a line of text says beside its words. */
    public enum Tone {
        /** Nothing. */
        PLAIN,
        /** It matters less. */
        PALE,
        /** That something is right. */
        GOOD,
        /** That something is wrong. */
        BAD
    }

    /**
     * A line of text.
     *
     * @param text cut off where it does not fit
     * @param tone how it is meant
     */
    public record Caption(String text, Tone tone) {}

    /**
     * A part of a whole.
     *
     * @param name what it is
     * @param value from 0 to 1
     * @param tone how it is meant
     */
    public record Bar(String name, double value, Tone tone) {}

    /**
     * An image and what is said of it.
     *
     * @param image any size; all are drawn in one size
     * @param captions lines below it
     * @param bars below those
     */
    public record Tile(BufferedImage image, List<Caption> captions, List<Bar> bars) {

        /**
         * An image with one line.
         *
         * @param image any size
         * @param text the line
         */
        public Tile(BufferedImage image, String text) {
            this(image, List.of(new Caption(text, Tone.PLAIN)), List.of());
        }
    }

    /**
     * Tiles.
     *
     * @param title what they show
     * @param note a second line, empty for none
     * @param tiles row by row, one or more
     * @param imageWidth how wide images are drawn, about
     * @param tileWidth how wide a tile is at least
     */
    public TileGrid(String title, String note, List<Tile> tiles, int imageWidth, int tileWidth) {
        this.title = title;
        this.note = note;
        this.tiles = List.copyOf(tiles);
        BufferedImage first = tiles.get(0).image();
        this.imageWidth = enlarged(first.getWidth(), imageWidth);
        this.imageHeight = Math.max(1, Math.round((float) this.imageWidth * first.getHeight() / first.getWidth()));
        this.tileWidth = Math.max(tileWidth, this.imageWidth);
        this.captions = tiles.stream().mapToInt(t -> t.captions().size()).max().orElse(0);
        this.bars = tiles.stream().mapToInt(t -> t.bars().size()).max().orElse(0);
        int fitting = Math.max(1, (MOST_WIDTH - 2 * MARGIN + GAP) / (this.tileWidth + GAP));
        int rows = (tiles.size() + fitting - 1) / fitting;
        this.columns = (tiles.size() + rows - 1) / rows;
    }

    /** A whole number of times as large where that is near what was wished, so that all pixels are equal. */
    private static int enlarged(int size, int wished) {
        int times = Math.round((float) wished / size);
        return times >= 1 ? times * size : wished;
    }

    @Override
    public int width() {
        double words = Math.max(
                TextStyle.of(TextStyle.TITLE).heavy().width(title),
                TextStyle.of(TextStyle.LABEL).width(note));
        return Math.max(2 * MARGIN + columns * (tileWidth + GAP) - GAP, 2 * MARGIN + (int) Math.ceil(words));
    }

    private int top() {
        return note.isEmpty() ? 42 : 62;
    }

    private int tileHeight() {
        return imageHeight + (captions > 0 ? 6 + LINE * captions : 0) + (bars > 0 ? 4 + BAR * bars : 0) + GAP;
    }

    @Override
    public int height() {
        return top() + (tiles.size() + columns - 1) / columns * tileHeight();
    }

    @Override
    public void paint(Canvas canvas) {
        canvas.text(title, MARGIN, 26, TextStyle.of(TextStyle.TITLE).heavy());
        canvas.text(note, MARGIN, 46, TextStyle.of(TextStyle.LABEL).pale());
        for (int i = 0; i < tiles.size(); i++) {
            double x = MARGIN + (double) (i % columns) * (tileWidth + GAP);
            double y = top() + (double) (i / columns) * tileHeight();
            paint(canvas, tiles.get(i), x, y);
        }
    }

    private void paint(Canvas canvas, Tile tile, double x, double y) {
        double left = x + (tileWidth - imageWidth) / 2.0;
        canvas.image(tile.image(), new Rectangle2D.Double(left, y, imageWidth, imageHeight));
        double line = y + imageHeight + 6;
        for (Caption caption : tile.captions()) {
            TextStyle style =
                    TextStyle.of(TextStyle.LABEL).color(color(caption.tone())).middle();
            canvas.text(style.fit(caption.text(), tileWidth), x + tileWidth / 2.0, line + 12, style);
            line += LINE;
        }
        line = y + imageHeight + (captions > 0 ? 6 + LINE * captions : 0) + 4;
        for (Bar bar : tile.bars()) {
            paint(canvas, bar, x, line);
            line += BAR;
        }
    }

    private void paint(Canvas canvas, Bar bar, double x, double y) {
        TextStyle style = TextStyle.of(TextStyle.SMALL);
        double nameWidth = tileWidth * 0.46;
        double room = tileWidth - nameWidth - 34;
        canvas.text(style.fit(bar.name(), nameWidth - 6), x + nameWidth - 6, y + 10, style.end());
        canvas.box(x + nameWidth, y + 1, room, BAR - 4, Palette.GRID);
        canvas.box(x + nameWidth, y + 1, Math.max(0.5, room * bar.value()), BAR - 4, color(bar.tone()));
        String percent = String.format(Locale.ROOT, "%.0f %%", 100 * bar.value());
        canvas.text(percent, x + tileWidth, y + 10, style.pale().end());
    }

    private static Color color(Tone tone) {
        return switch (tone) {
            case PLAIN -> Palette.INK;
            case PALE -> Palette.PALE_INK;
            case GOOD -> Palette.GREEN;
            case BAD -> Palette.ORANGE;
        };
    }
}
