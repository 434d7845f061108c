package conv4j.pictures;

import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;

/** Pictures side by side and one below the other, all cells of the size of the largest. */
public final class PictureGrid implements Picture {

    private final List<Picture> pictures;
    private final int columns;
    private final int cellWidth;
    private final int cellHeight;

    /**
     * A grid.
     *
     * @param pictures row by row, one or more
     * @param columns the most in a row
     */
    public PictureGrid(List<? extends Picture> pictures, int columns) {
        this.pictures = List.copyOf(pictures);
        this.columns = Math.min(columns, pictures.size());
        this.cellWidth = pictures.stream().mapToInt(Picture::width).max().orElseThrow();
        this.cellHeight = pictures.stream().mapToInt(Picture::height).max().orElseThrow();
    }

    @Override
    public int width() {
        return columns * cellWidth;
    }

    @Override
    public int height() {
        return (pictures.size() + columns - 1) / columns * cellHeight;
    }

    @Override
    public void paint(Canvas canvas) {
        for (int i = 0; i < pictures.size(); i++) {
            pictures.get(i).paint(new Moved(canvas, i % columns * cellWidth, i / columns * cellHeight));
        }
    }

    /** The same canvas with another origin. */
    private record Moved(Canvas canvas, double right, double down) implements Canvas {

        private Shape moved(Shape shape) {
            return shape instanceof Rectangle2D box
                    ? moved(box)
                    : AffineTransform.getTranslateInstance(right, down).createTransformedShape(shape);
        }

        private Rectangle2D moved(Rectangle2D box) {
            return new Rectangle2D.Double(box.getX() + right, box.getY() + down, box.getWidth(), box.getHeight());
        }

        @Override
        public void fill(Shape shape, Color color) {
            canvas.fill(moved(shape), color);
        }

        @Override
        public void draw(Shape shape, Color color, double width, double dash) {
            canvas.draw(moved(shape), color, width, dash);
        }

        @Override
        public void text(String text, double x, double y, TextStyle style) {
            canvas.text(text, x + right, y + down, style);
        }

        @Override
        public void image(BufferedImage image, Rectangle2D area) {
            canvas.image(image, moved(area));
        }
    }
}
