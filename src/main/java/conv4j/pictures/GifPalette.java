package conv4j.pictures;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The 63 colours that some images need most, and a transparent one. Every other colour becomes the nearest of these. */
final class GifPalette {

    static final int TRANSPARENT = 63;

    private static final int INDEX_BITS = 6;
    private static final int CHANNEL_BITS = 8;
    private static final int FARTHEST = 3 * 255 * 255;

    private final int[] colors;
    private final Map<Integer, Integer> indices = new HashMap<>();

    private GifPalette(int[] colors) {
        this.colors = colors;
    }

    static GifPalette of(List<BufferedImage> images) {
        Map<Integer, Integer> counts = new HashMap<>();
        for (BufferedImage image : images) {
            for (int rgb : image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth())) {
                counts.merge(rgb & 0xFFFFFF, 1, Integer::sum);
            }
        }
        return new GifPalette(chosen(counts));
    }

    /** One colour after the other: that of the most pixels, each counted by how far it is from the colours before. */
    private static int[] chosen(Map<Integer, Integer> counts) {
        int[] all =
                counts.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
        long[] missed = new long[all.length];
        Arrays.fill(missed, FARTHEST);
        int[] chosen = new int[Math.min(all.length, TRANSPARENT)];
        for (int i = 0; i < chosen.length; i++) {
            int best = 0;
            for (int color = 1; color < all.length; color++) {
                if (missed[color] * counts.get(all[color]) > missed[best] * counts.get(all[best])) {
                    best = color;
                }
            }
            chosen[i] = all[best];
            for (int color = 0; color < all.length; color++) {
                missed[color] = Math.min(missed[color], distance(all[color], all[best]));
            }
        }
        return chosen;
    }

    IndexColorModel model() {
        int[] all = new int[TRANSPARENT + 1];
        for (int i = 0; i < colors.length; i++) {
            all[i] = colors[i] | 0xFF000000;
        }
        return new IndexColorModel(
                INDEX_BITS, all.length, all, 0, true, TRANSPARENT, java.awt.image.DataBuffer.TYPE_BYTE);
    }

    /** The index of a colour or of the nearest one. */
    int index(int rgb) {
        return indices.computeIfAbsent(rgb & 0xFFFFFF, this::nearest);
    }

    private int nearest(int rgb) {
        int best = 0;
        for (int i = 1; i < colors.length; i++) {
            if (distance(rgb, colors[i]) < distance(rgb, colors[best])) {
                best = i;
            }
        }
        return best;
    }

    private static int distance(int first, int second) {
        int sum = 0;
        for (int shift = 0; shift <= 16; shift += CHANNEL_BITS) {
            int difference = (first >> shift & 0xFF) - (second >> shift & 0xFF);
            sum += difference * difference;
        }
        return sum;
    }
}
