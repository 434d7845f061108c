package conv4j.pictures;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/** Notes what is painted and where. */
final class RecordingCanvas implements Canvas {

    /** A text and the rectangle around its strokes. */
    record Text(String text, Rectangle2D area) {}

    final List<Text> texts = new ArrayList<>();
    final List<Rectangle2D> images = new ArrayList<>();
    final List<Rectangle2D> shapes = new ArrayList<>();

    static RecordingCanvas of(Picture picture) {
        RecordingCanvas canvas = new RecordingCanvas();
        picture.paint(canvas);
        return canvas;
    }

    List<String> words() {
        return texts.stream().map(Text::text).toList();
    }

    @Override
    public void fill(Shape shape, Color color) {
        shapes.add(shape.getBounds2D());
    }

    @Override
    public void draw(Shape shape, Color color, double width, double dash) {
        shapes.add(shape.getBounds2D());
    }

    @Override
    public void text(String text, double x, double y, TextStyle style) {
        if (text.isBlank()) {
            return;
        }
        double width = style.width(text);
        double left = x
                - switch (style.anchor()) {
                    case START -> 0;
                    case MIDDLE -> width / 2;
                    case END -> width;
                };
        Shape outline = StrokeFont.outline(text, left, y, style.size(), style.bold());
        AffineTransform turn = AffineTransform.getRotateInstance(-Math.toRadians(style.angle()), x, y);
        texts.add(new Text(text, turn.createTransformedShape(outline).getBounds2D()));
    }

    @Override
    public void image(BufferedImage image, Rectangle2D area) {
        images.add(area);
    }

    /** Everything lies within the picture, and no text on another one or on an image. */
    void checkThatEverythingCanBeRead(Picture picture) {
        Rectangle2D paper = new Rectangle2D.Double(0, 0, picture.width(), picture.height());
        texts.forEach(text -> assertTrue(paper.contains(text.area()), () -> text + " is cut off by " + paper));
        images.forEach(image -> assertTrue(paper.contains(image), () -> "an image is cut off: " + image));
        shapes.forEach(shape -> assertTrue(
                paper.contains(shape.getMinX(), shape.getMinY())
                        && shape.getMaxX() <= picture.width()
                        && shape.getMaxY() <= picture.height(),
                () -> "a shape is cut off by " + paper + ": " + shape));
        for (int i = 0; i < texts.size(); i++) {
            Text text = texts.get(i);
            texts.subList(0, i)
                    .forEach(other ->
                            assertTrue(!text.area().intersects(other.area()), () -> text + " lies on " + other));
            images.forEach(image -> assertTrue(!text.area().intersects(image), () -> text + " lies on an image"));
        }
    }
}
