package conv4j.shape;

/**
 * All sizes of a two-dimensional convolution, resolved: nothing is left for a backend to derive.
 *
 * <p>Input {@code (rows.input, columns.input, inputChannels)}, kernel {@code (rows.kernel, columns.kernel,
 * inputChannels / groups, outputChannels)}, output {@code (rows.output, columns.output, outputChannels)}. Output channel
 * {@code o} reads the input channels of group {@code o / (outputChannels / groups)}.
 *
 * <p>The constructor throws {@link IllegalArgumentException} when channels are below 1 or not divisible by the
 * groups.
 *
 * @param rows the window along the height
 * @param columns the window along the width
 * @param inputChannels channels of the input
 * @param outputChannels filters
 * @param groups groups of channels that are convolved separately; {@code inputChannels} for a depthwise convolution
 */
public record ConvGeometry(Window rows, Window columns, int inputChannels, int outputChannels, int groups) {

    public ConvGeometry {
        if (inputChannels < 1 || outputChannels < 1 || groups < 1) {
            throw new IllegalArgumentException("channels, filters and groups must be 1 or more, but are "
                    + inputChannels + ", " + outputChannels + " and " + groups);
        }
        if (inputChannels % groups != 0 || outputChannels % groups != 0) {
            throw new IllegalArgumentException("the " + inputChannels + " input channels and " + outputChannels
                    + " filters must both be divisible by the number of groups, " + groups);
        }
    }

    /**
     * Input channels that one filter reads.
     *
     * @return {@code inputChannels / groups}
     */
    public int groupInputChannels() {
        return inputChannels / groups;
    }

    /**
     * Filters of one group.
     *
     * @return {@code outputChannels / groups}
     */
    public int groupOutputChannels() {
        return outputChannels / groups;
    }

    /**
     * The shape of one input image.
     *
     * @return (height, width, channels)
     */
    public Shape inputShape() {
        return Shape.of(rows.input(), columns.input(), inputChannels);
    }

    /**
     * The shape of the kernel, HWIO.
     *
     * @return (kernel height, kernel width, input channels of a group, filters)
     */
    public Shape kernelShape() {
        return Shape.of(rows.kernel(), columns.kernel(), groupInputChannels(), outputChannels);
    }

    /**
     * The shape of one output image.
     *
     * @return (height, width, filters)
     */
    public Shape outputShape() {
        return Shape.of(rows.output(), columns.output(), outputChannels);
    }

    /**
     * Multiply-adds of the forward convolution per image, padding counted.
     *
     * @return kernel elements read per output element, times the output elements
     */
    public long multiplyAdds() {
        return (long) rows.kernel()
                * columns.kernel()
                * groupInputChannels()
                * outputShape().size();
    }
}
