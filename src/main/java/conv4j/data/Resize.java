package conv4j.data;

/**
 * Scales images of bytes bilinearly. Enlarged, a pixel is a mix of its 4 neighbours (pixel centres are at half
 * positions); made smaller, the triangle is widened by the same factor, so that every source pixel counts and nothing
 * flickers. This is what Pillow's BILINEAR does, but for rounding once at the end.
 */
final class Resize {

    private Resize() {}

    /**
     * Scales an image.
     *
     * @param source (height, width, channels) bytes
     * @param out gets (newHeight, newWidth, channels) bytes
     */
    static void bilinear(
            byte[] source, int height, int width, int channels, byte[] out, int offset, int newHeight, int newWidth) {
        if (height == newHeight && width == newWidth) {
            System.arraycopy(source, 0, out, offset, height * width * channels);
            return;
        }
        float[] narrow = new float[height * newWidth * channels];
        Taps columns = new Taps(width, newWidth);
        for (int row = 0; row < height; row++) {
            for (int i = 0; i < newWidth * channels; i++) {
                int x = i / channels;
                float sum = 0;
                for (int t = 0; t < columns.count[x]; t++) {
                    int from = (row * width + columns.first[x] + t) * channels + i % channels;
                    sum += columns.weights[x][t] * (source[from] & 0xFF);
                }
                narrow[row * newWidth * channels + i] = sum;
            }
        }
        rows(narrow, new Taps(height, newHeight), newWidth * channels, out, offset);
    }

    private static void rows(float[] narrow, Taps rows, int rowSize, byte[] out, int offset) {
        for (int y = 0; y < rows.count.length; y++) {
            for (int i = 0; i < rowSize; i++) {
                float sum = 0.5f;
                for (int t = 0; t < rows.count[y]; t++) {
                    sum += rows.weights[y][t] * narrow[(rows.first[y] + t) * rowSize + i];
                }
                out[offset + y * rowSize + i] = (byte) Math.min((int) sum, 255);
            }
        }
    }

    /** Which source positions, and how much of each, make each position along one axis. */
    private static final class Taps {
        private final int[] first;
        private final int[] count;
        private final float[][] weights;

        Taps(int from, int to) {
            first = new int[to];
            count = new int[to];
            weights = new float[to][];
            double scale = (double) from / to;
            double reach = Math.max(scale, 1);
            for (int i = 0; i < to; i++) {
                double center = (i + 0.5) * scale;
                first[i] = Math.max((int) Math.floor(center - reach), 0);
                int end = Math.min((int) Math.ceil(center + reach), from);
                count[i] = end - first[i];
                weights[i] = triangle(first[i], count[i], center, reach);
            }
        }

        private static float[] triangle(int first, int count, double center, double reach) {
            double[] raw = new double[count];
            double sum = 0;
            for (int t = 0; t < count; t++) {
                raw[t] = Math.max(0, 1 - Math.abs(first + t + 0.5 - center) / reach);
                sum += raw[t];
            }
            float[] weights = new float[count];
            for (int t = 0; t < count; t++) {
                weights[t] = (float) (raw[t] / sum);
            }
            return weights;
        }
    }
}
