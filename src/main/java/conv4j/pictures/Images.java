package conv4j.pictures;

import conv4j.shape.Shape;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.function.DoubleFunction;

/** Images from arrays of numbers. */
public final class Images {

    private static final int BYTE = 255;

    private Images() {}

    /**
     * A photograph.
     *
     * @param pixels (height, width, channels); one channel is grey, three are red, green and blue; of other numbers of
     *     channels the first one or three are shown
     * @param shape the three extents
     * @param low what is black
     * @param high what is white
     * @return the image
     */
    public static BufferedImage photo(float[] pixels, Shape shape, double low, double high) {
        int channels = shape.dim(2);
        BufferedImage image = new BufferedImage(shape.dim(1), shape.dim(0), BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < shape.dim(0) * shape.dim(1); i++) {
            int rgb = 0;
            for (int c = 0; c < 3; c++) {
                double value = pixels[i * channels + (channels >= 3 ? c : 0)];
                rgb = rgb << 8 | (int) Math.round(BYTE * Math.max(0, Math.min(1, (value - low) / (high - low))));
            }
            image.setRGB(i % shape.dim(1), i / shape.dim(1), rgb);
        }
        return image;
    }

    /**
     * One channel in colours, from its own smallest number to its own largest.
     *
     * @param values (height, width, channels)
     * @param shape the three extents
     * @param channel which channel
     * @return the image
     */
    public static BufferedImage heat(float[] values, Shape shape, int channel) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (int i = channel; i < values.length; i += shape.dim(2)) {
            low = Math.min(low, values[i]);
            high = Math.max(high, values[i]);
        }
        double least = low;
        double range = high > low ? high - low : 1;
        return channel(values, shape, channel, value -> Palette.scale((value - least) / range));
    }

    /**
     * One channel of numbers around 0: negative ones blue, positive ones orange.
     *
     * @param values (height, width, channels)
     * @param shape the three extents
     * @param channel which channel
     * @param most the magnitude of the strongest colours
     * @return the image
     */
    public static BufferedImage signed(float[] values, Shape shape, int channel, double most) {
        return channel(values, shape, channel, value -> Palette.diverging(most == 0 ? 0 : value / most));
    }

    private static BufferedImage channel(float[] values, Shape shape, int channel, DoubleFunction<Color> colors) {
        BufferedImage image = new BufferedImage(shape.dim(1), shape.dim(0), BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < shape.dim(0) * shape.dim(1); i++) {
            double value = values[i * shape.dim(2) + channel];
            Color color = Double.isFinite(value) ? colors.apply(value) : Color.BLACK;
            image.setRGB(i % shape.dim(1), i / shape.dim(1), color.getRGB());
        }
        return image;
    }
}
