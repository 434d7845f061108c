package conv4j.pictures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Files chunk by chunk, and images of smooth colours, whose rows are filtered. */
class PngTest {

    private static final int SIZE = 64;

    /** Colours that change slowly, with an edge in the middle. */
    private static BufferedImage smooth() {
        BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < SIZE; y++) {
            for (int x = 0; x < SIZE; x++) {
                int edge = x > y ? 40 : 0;
                image.setRGB(x, y, (3 * x + edge) << 16 | (3 * y + edge) << 8 | x + y);
            }
        }
        return image;
    }

    private static List<String> chunks(byte[] png) {
        List<String> names = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(png);
        in.position(8);
        while (in.hasRemaining()) {
            int length = in.getInt();
            CRC32 sum = new CRC32();
            sum.update(png, in.position(), 4 + length);
            names.add(new String(png, in.position(), 4, StandardCharsets.US_ASCII));
            in.position(in.position() + 4 + length);
            assertEquals((int) sum.getValue(), in.getInt(), "checksum of " + names);
        }
        return names;
    }

    @Test
    void everyChunkHasItsChecksum() {
        assertEquals(List.of("IHDR", "IDAT", "IEND"), chunks(Png.encode(smooth())));
        BufferedImage black = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
        assertEquals(List.of("IHDR", "PLTE", "IDAT", "IEND"), chunks(Png.encode(black)));
    }

    @Test
    void smoothColoursAreFilteredAndComeBack() throws IOException {
        BufferedImage image = smooth();
        byte[] png = Png.encode(image);
        assertTrue(png.length < 3 * SIZE * SIZE / 4, "not filtered: " + png.length + " bytes");
        BufferedImage read = ImageIO.read(new ByteArrayInputStream(png));
        for (int i = 0; i < SIZE * SIZE; i++) {
            assertEquals(image.getRGB(i % SIZE, i / SIZE), read.getRGB(i % SIZE, i / SIZE), "pixel " + i);
        }
    }
}
