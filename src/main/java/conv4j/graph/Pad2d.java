package conv4j.graph;

/**
 * Surrounds images with zeros: {@code output[y,x,c] = input[y-top, x-left, c]}, zero where that is outside.
 *
 * @param input images (height, width, channels), batched
 * @param output larger images, batched
 * @param top zero rows above; those below follow from the shapes
 * @param left zero columns to the left; those to the right follow from the shapes
 */
public record Pad2d(Value input, Value output, int top, int left) implements OneInput {

    public Pad2d {
        checkInside(input, output, top, left);
    }

    private static void checkInside(Value small, Value large, int top, int left) {
        if (top < 0
                || left < 0
                || top > large.shape().dim(0) - small.shape().dim(0)
                || left > large.shape().dim(1) - small.shape().dim(1)
                || small.shape().dim(2) != large.shape().dim(2)) {
            throw new IllegalArgumentException(
                    small + " at row " + top + ", column " + left + " does not lie inside " + large);
        }
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.pad2d(this);
    }

    @Override
    public void gradient(Gradients gradients) {
        gradients.emit(new Crop(gradients.of(output), gradients.contribution(input), top, left));
    }

    /**
     * Cuts a rectangle out of images: {@code output[y,x,c] = input[y+top, x+left, c]}; the gradient of padding.
     *
     * @param input images (height, width, channels), batched
     * @param output smaller images, batched
     * @param top rows cut above
     * @param left columns cut to the left
     */
    public record Crop(Value input, Value output, int top, int left) implements OneInput {

        public Crop {
            checkInside(output, input, top, left);
        }

        @Override
        public <T> T accept(Operations<T> operations) {
            return operations.crop2d(this);
        }

        @Override
        public void gradient(Gradients gradients) {
            gradients.emit(new Pad2d(gradients.of(output), gradients.contribution(input), top, left));
        }
    }
}
