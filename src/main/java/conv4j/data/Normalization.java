package conv4j.data;

import java.util.Arrays;

/**
 * How raw values become inputs of the network: y = x * scale + shift, one pair for all channels or one per channel, in
 * float arithmetic.
 *
 * @param scale the factors, 1 or as many as channels
 * @param shift what is added then, as many as factors
 */
public record Normalization(float[] scale, float[] shift) {

    /** Leaves every value as it is. */
    public static final Normalization IDENTITY = new Normalization(new float[] {1}, new float[] {0});

    private static final double PIXEL = 255;

    /**
     * Checks and copies both arrays.
     *
     * @param scale the factors, 1 or as many as channels
     * @param shift what is added then, as many as factors
     * @throws IllegalArgumentException when they are empty or of different lengths, or a value is not finite
     */
    public Normalization {
        if (scale.length == 0 || scale.length != shift.length) {
            throw new IllegalArgumentException("a normalisation with " + scale.length + " factors and " + shift.length
                    + " shifts was given; give as many of both, 1 or one per channel");
        }
        scale = scale.clone();
        shift = shift.clone();
        for (int c = 0; c < scale.length; c++) {
            if (!Float.isFinite(scale[c]) || !Float.isFinite(shift[c])) {
                throw new IllegalArgumentException("the normalisation of channel " + c + ", x * " + scale[c] + " + "
                        + shift[c] + ", is not finite; give finite means and deviations that are not 0");
            }
        }
    }

    /** {@return bytes to -0.5 ... 0.5: x / 255 - 0.5} */
    public static Normalization centered() {
        return new Normalization(new float[] {(float) (1 / PIXEL)}, new float[] {-0.5f});
    }

    /** {@return bytes to 0 ... 1: x / 255} */
    public static Normalization unit() {
        return new Normalization(new float[] {(float) (1 / PIXEL)}, new float[] {0});
    }

    /**
     * For images of bytes, with means and deviations of their values divided by 255, as they are usually published:
     * y = (x / 255 - mean) / deviation.
     *
     * @param mean 1 or one per channel, for example 0.485, 0.456, 0.406
     * @param deviation as many, for example 0.229, 0.224, 0.225
     * @return the normalisation
     * @throws IllegalArgumentException when the lengths differ or a deviation is 0
     */
    public static Normalization of(double[] mean, double[] deviation) {
        return of(mean, deviation, PIXEL);
    }

    /**
     * For any inputs, with means and deviations in the units of the inputs themselves (0 to 255 for images of bytes):
     * y = (x - mean) / deviation.
     *
     * @param mean 1 or one per channel
     * @param deviation as many
     * @return the normalisation
     * @throws IllegalArgumentException when the lengths differ or a deviation is 0
     */
    public static Normalization ofRaw(double[] mean, double[] deviation) {
        return of(mean, deviation, 1);
    }

    private static Normalization of(double[] mean, double[] deviation, double unit) {
        if (mean.length != deviation.length) {
            throw new IllegalArgumentException(mean.length + " means and " + deviation.length
                    + " deviations were given; give as many of both, 1 or one per channel");
        }
        float[] scale = new float[mean.length];
        float[] shift = new float[mean.length];
        for (int c = 0; c < mean.length; c++) {
            scale[c] = (float) (1 / (unit * deviation[c]));
            shift[c] = (float) (-mean[c] / deviation[c]);
        }
        return new Normalization(scale, shift);
    }

    /** {@return a copy of the factors} */
    @Override
    public float[] scale() {
        return scale.clone();
    }

    /** {@return a copy of the shifts} */
    @Override
    public float[] shift() {
        return shift.clone();
    }

    /**
     * Checks that this fits a number of channels.
     *
     * @param channels the extent of the last axis of the input
     * @throws IllegalArgumentException when it has neither 1 nor that many factors
     */
    public void check(int channels) {
        if (scale.length != 1 && scale.length != channels) {
            throw new IllegalArgumentException(
                    "a normalisation of " + scale.length + " channels was given for inputs of " + channels
                            + " channels; give 1 factor and shift, or " + channels);
        }
    }

    /**
     * Normalises values in place; channels are the last axis.
     *
     * @param values (n, ..., channels)
     * @param offset the first value, of channel 0
     * @param count how many values, a multiple of channels
     * @param channels the extent of the last axis
     * @throws IllegalArgumentException when this does not fit the number of channels
     */
    public void apply(float[] values, int offset, int count, int channels) {
        check(channels);
        int period = scale.length;
        for (int i = 0; i < count; i++) {
            int c = i % period;
            values[offset + i] = values[offset + i] * scale[c] + shift[c];
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Normalization that
                && Arrays.equals(scale, that.scale)
                && Arrays.equals(shift, that.shift);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(scale) + Arrays.hashCode(shift);
    }

    @Override
    public String toString() {
        return "x * " + Arrays.toString(scale) + " + " + Arrays.toString(shift);
    }
}
