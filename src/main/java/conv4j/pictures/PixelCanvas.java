package conv4j.pictures;

import conv4j.files.WholeFile;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.nio.channels.Channels;
import java.nio.file.Path;

/** Paints pictures as pixels, with Java2D, without a screen and without fonts; writes them as PNG files. */
public final class PixelCanvas implements Canvas {

    /** Pixels of a CSS pixel, as many as good screens have. */
    private static final int DENSITY = 2;

    private final Graphics2D graphics;

    private PixelCanvas(Graphics2D graphics) {
        this.graphics = graphics;
    }

    /**
     * Paints a picture.
     *
     * @param picture what to paint
     * @return an image of twice its size on white
     */
    public static BufferedImage render(Picture picture) {
        BufferedImage image =
                new BufferedImage(DENSITY * picture.width(), DENSITY * picture.height(), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        try {
            graphics.setColor(Palette.PAPER);
            graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
            graphics.scale(DENSITY, DENSITY);
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            graphics.setRenderingHint(
                    RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
            picture.paint(new PixelCanvas(graphics));
        } finally {
            graphics.dispose();
        }
        return image;
    }

    /**
     * Writes a picture as a PNG file, whole or not at all.
     *
     * @param picture what to paint
     * @param file its name; missing folders are made
     * @throws java.io.UncheckedIOException when it cannot be written
     */
    public static void write(Picture picture, Path file) {
        byte[] png = Png.encode(render(picture));
        WholeFile.write(file, out -> Channels.newOutputStream(out).write(png));
    }

    @Override
    public void fill(Shape shape, Color color) {
        graphics.setColor(color);
        graphics.fill(shape);
    }

    @Override
    public void draw(Shape shape, Color color, double width, double dash) {
        float[] dashes = dash > 0 ? new float[] {(float) dash, (float) dash} : null;
        graphics.setColor(color);
        graphics.setStroke(new BasicStroke(
                (float) width,
                dash > 0 ? BasicStroke.CAP_BUTT : BasicStroke.CAP_ROUND,
                BasicStroke.JOIN_ROUND,
                1,
                dashes,
                0));
        graphics.draw(shape);
    }

    @Override
    public void text(String text, double x, double y, TextStyle style) {
        double width = style.width(text);
        double left = x
                - switch (style.anchor()) {
                    case START -> 0;
                    case MIDDLE -> width / 2;
                    case END -> width;
                };
        Shape outline = StrokeFont.outline(text, left, y, style.size(), style.bold());
        AffineTransform turn = AffineTransform.getRotateInstance(-Math.toRadians(style.angle()), x, y);
        fill(turn.createTransformedShape(outline), style.color());
    }

    @Override
    public void image(BufferedImage image, Rectangle2D area) {
        AffineTransform place = AffineTransform.getTranslateInstance(area.getX(), area.getY());
        place.scale(area.getWidth() / image.getWidth(), area.getHeight() / image.getHeight());
        graphics.drawImage(image, place, null);
    }
}
