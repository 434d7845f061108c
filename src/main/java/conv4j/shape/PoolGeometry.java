package conv4j.shape;

/**
 * All sizes of a two-dimensional pooling, resolved.
 *
 * <p>Input {@code (rows.input, columns.input, channels)}, output {@code (rows.output, columns.output, channels)}.
 *
 * <p>The constructor throws {@link IllegalArgumentException} when channels are below 1 or a window would lie on
 * padding alone.
 *
 * @param rows the window along the height
 * @param columns the window along the width
 * @param channels channels of input and output
 */
public record PoolGeometry(Window rows, Window columns, int channels) {

    public PoolGeometry {
        if (channels < 1) {
            throw new IllegalArgumentException("channels must be 1 or more, but are " + channels);
        }
        checkCovered(rows);
        checkCovered(columns);
    }

    private static void checkCovered(Window window) {
        int lastStart = (window.output() - 1) * window.stride() - window.padLow();
        if (window.extent() <= window.padLow() || lastStart >= window.input()) {
            throw new IllegalArgumentException(
                    "a pooling window would lie on padding alone: padding " + window.padLow() + " and "
                            + window.padHigh() + " around " + window.input() + " positions, pool size "
                            + window.kernel() + ", stride " + window.stride() + "; use less padding");
        }
    }

    /**
     * The shape of one input image.
     *
     * @return (height, width, channels)
     */
    public Shape inputShape() {
        return Shape.of(rows.input(), columns.input(), channels);
    }

    /**
     * The shape of one output image.
     *
     * @return (height, width, channels)
     */
    public Shape outputShape() {
        return Shape.of(rows.output(), columns.output(), channels);
    }
}
