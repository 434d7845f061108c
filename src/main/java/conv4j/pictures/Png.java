package conv4j.pictures;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Encodes images as PNG (ISO/IEC 15948). ImageIO filters every row, which makes drawings two or three times as large as
 * they need be; here rows stay as they are, or are filtered, whichever is smaller, and up to 256 colours become a
 * palette.
 */
final class Png {

    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    private static final int BYTE = 0xFF;
    private static final int MOST_COLORS = 256;
    private static final byte TRUE_COLOR = 2;
    private static final byte PALETTE = 3;
    private static final byte PAETH = 4;

    private Png() {}

    /** The file of an image; what it has of transparency is left out. */
    static byte[] encode(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        int[] pixels = image.getRGB(0, 0, width, height, null, 0, width);
        Map<Integer, Integer> colors = colors(pixels);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(SIGNATURE);
        ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) 8);
        chunk(file, "IHDR", header.put(colors == null ? TRUE_COLOR : PALETTE).array());
        if (colors != null) {
            byte[] palette = new byte[3 * colors.size()];
            colors.forEach((rgb, index) -> put(palette, 3 * index, rgb));
            chunk(file, "PLTE", palette);
        }
        byte[] plain = rows(pixels, width, colors);
        byte[] smallest = deflated(plain);
        if (colors == null) {
            byte[] other = deflated(filtered(plain, 1 + 3 * width));
            smallest = other.length < smallest.length ? other : smallest;
        }
        chunk(file, "IDAT", smallest);
        chunk(file, "IEND", new byte[0]);
        return file.toByteArray();
    }

    /** Every colour and its place in the palette; null when there are too many. */
    private static Map<Integer, Integer> colors(int[] pixels) {
        Map<Integer, Integer> colors = new LinkedHashMap<>();
        for (int pixel : pixels) {
            colors.putIfAbsent(pixel & 0xFFFFFF, colors.size());
            if (colors.size() > MOST_COLORS) {
                return null;
            }
        }
        return colors;
    }

    private static void put(byte[] bytes, int at, int rgb) {
        bytes[at] = (byte) (rgb >> 16);
        bytes[at + 1] = (byte) (rgb >> 8);
        bytes[at + 2] = (byte) rgb;
    }

    /** The rows, each after the number of its filter: 0 for none. */
    private static byte[] rows(int[] pixels, int width, Map<Integer, Integer> colors) {
        int size = colors == null ? 3 : 1;
        byte[] rows = new byte[pixels.length / width * (1 + size * width)];
        for (int i = 0; i < pixels.length; i++) {
            int at = i / width * (1 + size * width) + 1 + i % width * size;
            if (colors == null) {
                put(rows, at, pixels[i]);
            } else {
                rows[at] = colors.get(pixels[i] & 0xFFFFFF).byteValue();
            }
        }
        return rows;
    }

    /** Every byte less what Paeth's filter expects of those to the left, above, and above to the left. */
    private static byte[] filtered(byte[] plain, int rowSize) {
        byte[] filtered = new byte[plain.length];
        for (int i = 0; i < plain.length; i++) {
            int column = i % rowSize;
            int left = column > 3 ? plain[i - 3] & BYTE : 0;
            int above = i >= rowSize ? plain[i - rowSize] & BYTE : 0;
            int corner = column > 3 && i >= rowSize ? plain[i - rowSize - 3] & BYTE : 0;
            filtered[i] = column == 0 ? PAETH : (byte) (plain[i] - paeth(left, above, corner));
        }
        return filtered;
    }

    private static int paeth(int left, int above, int corner) {
        int expected = left + above - corner;
        int byLeft = Math.abs(expected - left);
        int byAbove = Math.abs(expected - above);
        int byCorner = Math.abs(expected - corner);
        if (byLeft <= byAbove && byLeft <= byCorner) {
            return left;
        }
        return byAbove <= byCorner ? above : corner;
    }

    private static byte[] deflated(byte[] bytes) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
        try {
            deflater.setInput(bytes);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] block = new byte[1 << 16];
            while (!deflater.finished()) {
                out.write(block, 0, deflater.deflate(block));
            }
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    private static void chunk(ByteArrayOutputStream file, String name, byte[] content) {
        byte[] type = name.getBytes(StandardCharsets.US_ASCII);
        CRC32 sum = new CRC32();
        sum.update(type);
        sum.update(content);
        file.writeBytes(ByteBuffer.allocate(4).putInt(content.length).array());
        file.writeBytes(type);
        file.writeBytes(content);
        file.writeBytes(ByteBuffer.allocate(4).putInt((int) sum.getValue()).array());
    }
}
