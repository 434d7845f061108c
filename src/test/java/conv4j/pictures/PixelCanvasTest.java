package conv4j.pictures;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.Rectangle;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where pixels are inked; two of them are one unit. */
class PixelCanvasTest {

    private record Painted(Consumer<Canvas> painting) implements Picture {

        @Override
        public int width() {
            return 100;
        }

        @Override
        public int height() {
            return 60;
        }

        @Override
        public void paint(Canvas canvas) {
            painting.accept(canvas);
        }
    }

    private static BufferedImage render(Consumer<Canvas> painting) {
        return PixelCanvas.render(new Painted(painting));
    }

    private static boolean isInk(BufferedImage image, int x, int y) {
        return (image.getRGB(x, y) & 0xFF) < 128;
    }

    /** The smallest rectangle around dark pixels, in units. */
    private static Rectangle2D ink(BufferedImage image) {
        Rectangle ink = null;
        for (int i = 0; i < image.getWidth() * image.getHeight(); i++) {
            Rectangle pixel = new Rectangle(i % image.getWidth(), i / image.getWidth(), 1, 1);
            if (isInk(image, pixel.x, pixel.y)) {
                ink = ink == null ? pixel : ink.union(pixel);
            }
        }
        return new Rectangle2D.Double(ink.x / 2.0, ink.y / 2.0, ink.width / 2.0, ink.height / 2.0);
    }

    private static Rectangle2D written(TextStyle style) {
        return ink(render(canvas -> canvas.text("HHHH", 50, 30, style)));
    }

    @Test
    void textBeginsEndsOrHasItsMiddleAtItsPlace() {
        TextStyle style = TextStyle.of(16.6).heavy();
        double width = style.width("HHHH");
        assertEquals(50, written(style).getX(), 2);
        assertEquals(50 + width, written(style).getMaxX(), 2);
        assertEquals(50 - width / 2, written(style.middle()).getX(), 2);
        assertEquals(50 + width / 2, written(style.middle()).getMaxX(), 2);
        assertEquals(50, written(style.end()).getMaxX(), 2);
        assertEquals(30, written(style).getMaxY(), 1.5);
        assertEquals(18, written(style).getY(), 1.5);
    }

    /** Turned counter-clockwise, a text that begins at its place goes up from there. */
    @Test
    void textIsTurnedAboutItsPlace() {
        TextStyle style = TextStyle.of(10).heavy().turned(90);
        Rectangle2D up = written(style);
        assertEquals(30, up.getMaxY(), 1.5);
        assertEquals(30 - style.width("HHHH"), up.getY(), 1.5);
        assertEquals(50, up.getMaxX(), 1.5);
    }

    @Test
    void linesHaveAWidthAndMayBeDashed() {
        BufferedImage solid = render(canvas -> canvas.draw(new Line2D.Double(10, 20, 90, 20), Color.BLACK, 4, 0));
        BufferedImage dashed = render(canvas -> canvas.draw(new Line2D.Double(10, 20, 90, 20), Color.BLACK, 4, 10));
        assertEquals(4, ink(solid).getHeight(), 0.6);
        assertEquals(84, ink(solid).getWidth(), 0.6);
        for (int x = 24; x < 176; x++) {
            assertTrue(isInk(solid, x, 40), "a hole at " + x);
            int place = (x - 20) % 40;
            if (place > 1 && place < 18 || place > 21 && place < 38) {
                assertEquals(place < 20, isInk(dashed, x, 40), "dash at " + x);
            }
        }
        assertFalse(isInk(dashed, 17, 40), "dashes have no round ends");
    }

    @Test
    void imagesFillTheirPlaceWithoutSmoothing() {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, 0xFF0000);
        image.setRGB(1, 0, 0x00FF00);
        BufferedImage drawn = render(canvas -> canvas.image(image, new Rectangle2D.Double(10, 5, 40, 30)));
        int[] expected = IntStream.range(0, 200)
                .map(x -> x < 20 || x >= 100 ? 0xFFFFFF : x < 60 ? 0xFF0000 : 0x00FF00)
                .toArray();
        for (int y : new int[] {10, 40, 69}) {
            int row = y;
            assertArrayEquals(
                    expected,
                    IntStream.range(0, 200)
                            .map(x -> drawn.getRGB(x, row) & 0xFFFFFF)
                            .toArray());
        }
        assertEquals(0xFFFFFF, drawn.getRGB(50, 9) & 0xFFFFFF);
        assertEquals(0xFFFFFF, drawn.getRGB(50, 70) & 0xFFFFFF);
    }

    @Test
    void shapesAreFilledWithTheirColour() {
        BufferedImage drawn = render(canvas -> {
            canvas.box(10, 10, 20, 10, Palette.BLUE);
            canvas.round(new Rectangle2D.Double(50, 10, 30, 20), Palette.ORANGE);
            canvas.line(0, 50, 100, 50, Palette.INK);
        });
        assertEquals(Palette.BLUE.getRGB(), drawn.getRGB(20, 20));
        assertEquals(Palette.BLUE.getRGB(), drawn.getRGB(59, 39));
        assertEquals(Color.WHITE.getRGB(), drawn.getRGB(60, 39));
        assertEquals(Palette.ORANGE.getRGB(), drawn.getRGB(130, 40));
        assertEquals(Color.WHITE.getRGB(), drawn.getRGB(100, 20), "a round corner");
        assertTrue(isInk(drawn, 100, 100));
    }

    @Test
    void aFileHoldsWhatIsDrawn(@TempDir Path folder) throws IOException {
        Painted picture = new Painted(canvas -> canvas.box(10, 10, 20, 10, Palette.BLUE));
        Path file = folder.resolve("new/picture.png");
        PixelCanvas.write(picture, file);
        BufferedImage read = ImageIO.read(Files.newInputStream(file));
        BufferedImage drawn = PixelCanvas.render(picture);
        assertEquals(200, read.getWidth());
        assertEquals(120, read.getHeight());
        for (int i = 0; i < 200 * 120; i++) {
            assertEquals(drawn.getRGB(i % 200, i / 200), read.getRGB(i % 200, i / 200));
        }
    }
}
