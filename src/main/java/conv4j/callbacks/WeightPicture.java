package conv4j.callbacks;

import conv4j.shape.Shape;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Optional;

/** Weights as pixels: the smallest number black, the largest white. */
final class WeightPicture {

    private static final int WIDEST = 16;
    private static final int MOST = 255;

    private final float[] values;
    private final float min;
    private final float range;

    private WeightPicture(float[] values) {
        this.values = values;
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        for (float value : values) {
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        min = least;
        range = most - least;
    }

    /** The picture of weights of such a shape; empty when the shape is none that can be drawn. */
    static Optional<BufferedImage> of(Shape shape, float[] values) {
        int[] dims = Arrays.stream(shape.toArray()).filter(dim -> dim > 1).toArray();
        WeightPicture picture = new WeightPicture(values);
        if (shape.rank() == 4 && (shape.dim(2) == 1 || shape.dim(2) == 3 || shape.dim(2) == 4)) {
            return Optional.of(picture.kernels(shape));
        }
        return dims.length <= 2 && dims.length > 0
                ? Optional.of(picture.matrix(dims.length == 1 ? 1 : dims[0], dims[dims.length - 1]))
                : Optional.empty();
    }

    /** Rows and columns as they are, or lying down where there are more rows than columns. */
    private BufferedImage matrix(int rows, int columns) {
        boolean turned = rows > columns;
        BufferedImage image =
                new BufferedImage(turned ? rows : columns, turned ? columns : rows, BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 0; y < rows; y++) {
            for (int x = 0; x < columns; x++) {
                image.getRaster().setSample(turned ? y : x, turned ? x : y, 0, level(y * columns + x));
            }
        }
        return image;
    }

    /** Every filter of (height, width, channels, filters) with a line between it and the next, 16 in a row. */
    private BufferedImage kernels(Shape shape) {
        int height = shape.dim(0);
        int width = shape.dim(1);
        int channels = shape.dim(2);
        int filters = shape.dim(3);
        int columns = Math.min(filters, WIDEST);
        int rows = (filters - 1) / columns + 1;
        int bands = channels == 1 ? 1 : 3;
        BufferedImage image = new BufferedImage(
                columns * (width + 1) - 1,
                rows * (height + 1) - 1,
                bands == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR);
        for (int i = 0; i < height * width * bands * filters; i++) {
            int filter = i % filters;
            int band = i / filters % bands;
            int x = i / filters / bands % width;
            int y = i / filters / bands / width;
            int at = ((y * width + x) * channels + band) * filters + filter;
            image.getRaster()
                    .setSample(
                            filter % columns * (width + 1) + x, filter / columns * (height + 1) + y, band, level(at));
        }
        return image;
    }

    private int level(int index) {
        return range > 0 ? Math.round((values[index] - min) / range * MOST) : MOST / 2;
    }
}
