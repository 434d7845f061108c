package conv4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import conv4j.random.RandomStream;
import org.junit.jupiter.api.Test;

class ResizeTest {

    private static int[] row(int newWidth, int... values) {
        byte[] source = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            source[i] = (byte) values[i];
        }
        byte[] out = new byte[newWidth];
        Resize.bilinear(source, 1, values.length, 1, out, 0, 1, newWidth);
        int[] result = new int[newWidth];
        for (int i = 0; i < newWidth; i++) {
            result[i] = out[i] & 0xFF;
        }
        return result;
    }

    /** New centre i lies at (i + 1/2) / 2 - 1/2 of the old ones: weights 3/4 and 1/4, the edge repeated. */
    @Test
    void twiceAsLargeMixesTheNeighboursThreeToOne() {
        assertArrayEquals(new int[] {0, 50, 150, 200}, row(4, 0, 200));
        assertArrayEquals(new int[] {40, 60, 100, 120, 120, 120}, row(6, 40, 120, 120));
    }

    /** A triangle of half width 2 around the middle of each pair: weights 1, 3, 3, 1 over 8; at the edge 3, 3, 1 over 7. */
    @Test
    void halfAsLargeWeighsFourPixels() {
        assertArrayEquals(new int[] {60, 156, 40}, row(3, 71, 0, 208, 208, 0, 24));
    }

    /** Every image of one colour stays that colour, and 8-bit extremes do not wrap. */
    @Test
    void aPlainImageStaysPlainInEverySize() {
        RandomStream random = new RandomStream(1, 1);
        for (int trial = 0; trial < 200; trial++) {
            int height = 1 + random.nextInt(40);
            int width = 1 + random.nextInt(40);
            int newHeight = 1 + random.nextInt(40);
            int newWidth = 1 + random.nextInt(40);
            byte[] colors = {-1, 0, (byte) random.nextInt()};
            byte[] source = new byte[height * width * 3];
            for (int i = 0; i < source.length; i++) {
                source[i] = colors[i % 3];
            }
            byte[] out = new byte[newHeight * newWidth * 3 + 2];
            Resize.bilinear(source, height, width, 3, out, 1, newHeight, newWidth);
            for (int i = 0; i < newHeight * newWidth * 3; i++) {
                assertEquals(colors[i % 3], out[1 + i], height + "x" + width + " to " + newHeight + "x" + newWidth);
            }
            assertEquals(0, out[0] | out[out.length - 1]);
        }
    }

    /** A ramp in both directions stays a ramp away from the edges: value 4 x + 2 y at pixel centres. */
    @Test
    void aRampStaysARampInBothDirections() {
        byte[] source = new byte[20 * 30];
        for (int y = 0; y < 20; y++) {
            for (int x = 0; x < 30; x++) {
                source[y * 30 + x] = (byte) (4 * x + 2 * y);
            }
        }
        byte[] out = new byte[40 * 15];
        Resize.bilinear(source, 20, 30, 1, out, 0, 40, 15);
        for (int y = 2; y < 38; y++) {
            for (int x = 1; x < 14; x++) {
                double expected = 4 * ((x + 0.5) * 2 - 0.5) + 2 * ((y + 0.5) / 2 - 0.5);
                assertEquals(expected, out[y * 15 + x] & 0xFF, 0.501, "row " + y + ", column " + x);
            }
        }
    }
}
