package conv4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.shape.Shape;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageFileTest {

    @TempDir
    Path folder;

    private Path write(BufferedImage image) throws IOException {
        Path file = folder.resolve("image.png");
        assertTrue(ImageIO.write(image, "png", file.toFile()));
        return file;
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @Test
    void aFileBecomesWhatAModelPredicts() throws IOException {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, 0xFF8000);
        image.setRGB(1, 0, 0x01C8FE);
        Path file = write(image);
        float[] expected = {255, 128, 0, 1, 200, 254};
        assertArrayEquals(expected, ImageBytes.readFloats(file, Shape.of(1, 2, 3)));
        assertEquals(12, ImageBytes.readFloats(file, Shape.of(3, 4, 1)).length);
        assertThrows(IllegalArgumentException.class, () -> ImageBytes.readFloats(file, Shape.of(1, 2, 4)));
    }

    @ParameterizedTest
    @CsvSource({"10, 1", "11, 257"})
    void greyPixelsStayInPlace(int type, int unit) throws IOException {
        BufferedImage image = new BufferedImage(3, 2, type);
        for (int i = 0; i < 6; i++) {
            image.getRaster().setSample(i % 3, i / 3, 0, (10 + 40 * i) * unit);
        }
        ImageFile.Pixels grey = ImageFile.read(write(image), 1);
        assertEquals(2, grey.height());
        assertEquals(3, grey.width());
        assertArrayEquals(bytes(10, 50, 90, 130, 170, 210), grey.bytes());
        assertArrayEquals(
                bytes(10, 10, 10, 50, 50, 50, 90, 90, 90, 130, 130, 130, 170, 170, 170, 210, 210, 210),
                ImageFile.read(write(image), 3).bytes());
        assertArrayEquals(new int[] {2, 3}, ImageFile.size(write(image)));
    }

    /** Grey 100 at opacity 51 of 255: 100 / 5 + 255 * 4 / 5. */
    @Test
    void transparentGreyLiesOverWhite() throws IOException {
        ComponentColorModel model = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_GRAY),
                true,
                false,
                Transparency.TRANSLUCENT,
                DataBuffer.TYPE_BYTE);
        WritableRaster raster = model.createCompatibleWritableRaster(2, 2);
        int[][] samples = {{100, 255}, {100, 51}, {0, 0}, {7, 255}};
        for (int i = 0; i < 4; i++) {
            raster.setPixel(i % 2, i / 2, samples[i]);
        }
        Path file = write(new BufferedImage(model, raster, false, null));
        assertArrayEquals(bytes(100, 224, 255, 7), ImageFile.read(file, 1).bytes());
    }

    /** 0.299 red + 0.587 green + 0.114 blue. */
    @ParameterizedTest
    @CsvSource({"FF0000, 76", "00FF00, 150", "0000FF, 29", "FFFFFF, 255", "0A141E, 18", "C86432, 124"})
    void colorsBecomeGrey(String color, int grey) throws IOException {
        BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, Integer.parseInt(color, 16));
        assertArrayEquals(bytes(grey), ImageFile.read(write(image), 1).bytes());
    }

    /** A header of 57 bytes that claims 20,001 by 20,000 pixels must not make a decoder allocate them. */
    @Test
    void anImageThatClaimsTooManyPixelsIsRefusedByItsHeader() throws IOException {
        Path file = Files.write(folder.resolve("image.png"), png(20_001, 20_000));
        String message =
                assertThrows(IOException.class, () -> ImageFile.read(file, 1)).getMessage();
        assertTrue(message.contains("400020000 pixels, more than 400000000"), message);
        assertArrayEquals(new int[] {20_000, 20_001}, ImageFile.size(file));
    }

    private static byte[] png(int width, int height) {
        ByteBuffer png = ByteBuffer.allocate(57);
        png.put(bytes(0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'));
        ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height).put(bytes(8, 2, 0, 0, 0));
        chunk(png, "IHDR", header.array());
        chunk(png, "IDAT", new byte[0]);
        chunk(png, "IEND", new byte[0]);
        return png.array();
    }

    private static void chunk(ByteBuffer png, String type, byte[] data) {
        CRC32 sum = new CRC32();
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        sum.update(name);
        sum.update(data);
        png.putInt(data.length).put(name).put(data).putInt((int) sum.getValue());
    }

    @ParameterizedTest
    @CsvSource({"a.png, true", "A.JPEG, true", "a.b.gif, true", ".a.png, false", "a.txt, false", "a, false"})
    void imagesAreKnownByTheirEndings(String name, boolean image) {
        assertEquals(image, ImageFile.isImage(folder.resolve(name)));
    }
}
