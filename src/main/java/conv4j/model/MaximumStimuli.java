package conv4j.model;

import conv4j.random.RandomStream;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Images that make a filter, unit or class of a model as active as possible: what it looks for. Gradient ascent on the
 * image (Erhan, Bengio, Courville, Vincent 2009), from noise around the middle of the range, in steps of equal length;
 * decay towards the middle (Simonyan, Vedaldi, Zisserman 2014), blur (Yosinski et al. 2015) and random shifts (Mordvintsev,
 * Olah, Tyka 2015) keep out what no photograph has. Works on raw numbers, which never leave their range; they go through
 * the model's normalization, and gradients come back through it.
 *
 * <p>The same seed on the same device gives the same bits.
 */
public final class MaximumStimuli {

    private static final double START_DEVIATION = 0.05;
    private static final long SHIFTS = 1L << 32;
    private static final double TINY = 1e-20;

    private final Model model;
    private int steps = 96;
    private double stepSize = 0.02;
    private double decay = 0.01;
    private double blur = 0.15;
    private int jitter = 2;
    private long seed = 1;
    private float low;
    private float high = 255;

    /**
     * An image and how active it makes what it was made for.
     *
     * @param objective what was made large
     * @param before the objective of the noise in the beginning
     * @param after the objective of the image
     * @param pixels the image, raw, of the model's input shape
     */
    public record Stimulus(Objective objective, double before, double after, float[] pixels) {

        public Stimulus {
            pixels = pixels.clone();
        }

        /** {@return a copy of the image} */
        @Override
        public float[] pixels() {
            return pixels.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Stimulus that
                    && objective.equals(that.objective)
                    && before == that.before
                    && after == that.after
                    && Arrays.equals(pixels, that.pixels);
        }

        @Override
        public int hashCode() {
            return 31 * objective.hashCode() + Arrays.hashCode(pixels);
        }

        @Override
        public String toString() {
            return objective + ": " + before + " -> " + after;
        }
    }

    /**
     * Stimuli for a model: 96 steps of 2 % of the range.
     *
     * @param model takes images
     * @throws IllegalArgumentException when the model's input is no image
     */
    public MaximumStimuli(Model model) {
        if (model.inputShape().rank() != 3) {
            throw new IllegalArgumentException("model " + model.name() + " has inputs of shape " + model.inputShape()
                    + ", but stimuli are images (height, width, channels)");
        }
        this.model = model;
    }

    /**
     * The number of steps.
     *
     * @param count 1 or more
     * @return this
     */
    public MaximumStimuli steps(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("steps must be 1 or more, but is " + count);
        }
        this.steps = count;
        return this;
    }

    /**
     * How far a step goes: the root of the mean squared change, as a part of the range.
     *
     * @param part above 0, for example 0.02
     * @return this
     */
    public MaximumStimuli stepSize(double part) {
        if (!(part > 0 && part <= 1)) {
            throw new IllegalArgumentException("the step size must be above 0 and at most 1, but is " + part);
        }
        this.stepSize = part;
        return this;
    }

    /**
     * How much closer to the middle of the range every step brings all numbers.
     *
     * @param part from 0, for none, to 1
     * @return this
     */
    public MaximumStimuli decay(double part) {
        this.decay = fraction(part, "the decay");
        return this;
    }

    /**
     * How much of every pixel is replaced after a step by the mean of its 3 x 3 neighbours.
     *
     * @param part from 0, for none, to 1
     * @return this
     */
    public MaximumStimuli blur(double part) {
        this.blur = fraction(part, "the blur");
        return this;
    }

    /**
     * How far the image is shifted at random for each step, cyclically, either way along both axes.
     *
     * @param pixels 0 or more
     * @return this
     */
    public MaximumStimuli jitter(int pixels) {
        if (pixels < 0) {
            throw new IllegalArgumentException("the jitter must be 0 pixels or more, but is " + pixels);
        }
        this.jitter = pixels;
        return this;
    }

    /**
     * The seed of the first image and of the shifts.
     *
     * @param newSeed any number; 1 if never set
     * @return this
     */
    public MaximumStimuli seed(long newSeed) {
        this.seed = newSeed;
        return this;
    }

    /**
     * The range of raw numbers; 0 to 255 if never set.
     *
     * @param lowest black
     * @param highest white, above lowest
     * @return this
     */
    public MaximumStimuli range(float lowest, float highest) {
        if (!(lowest < highest)) {
            throw new IllegalArgumentException("a range from " + lowest + " to " + highest + " is empty");
        }
        this.low = lowest;
        this.high = highest;
        return this;
    }

    private static double fraction(double part, String what) {
        if (!(part >= 0 && part <= 1)) {
            throw new IllegalArgumentException(what + " must be from 0 to 1, but is " + part);
        }
        return part;
    }

    /**
     * Makes one image per objective, all at once.
     *
     * @param objectives channels of one layer, or classes
     * @return the images, in the order of the objectives
     * @throws IllegalArgumentException when a layer or channel is not there
     */
    public List<Stimulus> of(List<Objective> objectives) {
        int size = model.inputShape().size();
        float[] images = noise(objectives.size() * size);
        try (InputGradient gradient = model.gradientOf(objectives)) {
            double[] before = gradient.at(images).values();
            RandomStream shifts = new RandomStream(seed, SHIFTS);
            for (int step = 0; step < steps; step++) {
                ascend(gradient, images, shift(shifts), shift(shifts));
            }
            double[] after = gradient.at(images).values();
            List<Stimulus> stimuli = new ArrayList<>();
            for (int i = 0; i < objectives.size(); i++) {
                float[] pixels = Arrays.copyOfRange(images, i * size, (i + 1) * size);
                stimuli.add(new Stimulus(objectives.get(i), before[i], after[i], pixels));
            }
            return stimuli;
        }
    }

    /** Every image begins with the same noise, so that they differ only in what they were made for. */
    private float[] noise(int elements) {
        int size = model.inputShape().size();
        RandomStream random = new RandomStream(seed, 0);
        float[] images = new float[elements];
        for (int i = 0; i < size && i < elements; i++) {
            double value = 0.5 + START_DEVIATION * random.nextGaussian();
            images[i] = clamp(low + value * (high - low));
        }
        for (int i = size; i < elements; i++) {
            images[i] = images[i - size];
        }
        return images;
    }

    private int shift(RandomStream random) {
        return jitter == 0 ? 0 : random.nextInt(2 * jitter + 1) - jitter;
    }

    private void ascend(InputGradient gradient, float[] images, int down, int right) {
        int size = model.inputShape().size();
        float[] gradients = rolled(gradient.at(rolled(images, down, right)).gradients(), -down, -right);
        double middle = (low + high) / 2.0;
        for (int begin = 0; begin < images.length; begin += size) {
            double sum = 0;
            for (int i = begin; i < begin + size; i++) {
                sum += (double) gradients[i] * gradients[i];
            }
            double factor = sum < TINY * TINY ? 0 : stepSize * (high - low) / Math.sqrt(sum / size);
            for (int i = begin; i < begin + size; i++) {
                double moved = images[i] + factor * gradients[i];
                images[i] = clamp(middle + (1 - decay) * (moved - middle));
            }
        }
        blur(images);
    }

    private float clamp(double value) {
        return (float) Math.max(low, Math.min(high, value));
    }

    /** All images shifted; what leaves one side comes in at the other. */
    private float[] rolled(float[] images, int down, int right) {
        Shape shape = model.inputShape();
        int height = shape.dim(0);
        int width = shape.dim(1);
        int channels = shape.dim(2);
        float[] result = new float[images.length];
        for (int row = 0; row < images.length / (width * channels); row++) {
            int first = row / height * height;
            int newRow = first + Math.floorMod(row - first + down, height);
            for (int x = 0; x < width; x++) {
                int from = (row * width + x) * channels;
                int to = (newRow * width + Math.floorMod(x + right, width)) * channels;
                System.arraycopy(images, from, result, to, channels);
            }
        }
        return result;
    }

    private void blur(float[] images) {
        if (blur == 0) {
            return;
        }
        float[] sharp = images.clone();
        Shape shape = model.inputShape();
        int height = shape.dim(0);
        int rowSize = shape.dim(1) * shape.dim(2);
        for (int i = 0; i < images.length; i++) {
            int row = i / rowSize;
            int first = row / height * height;
            int offset = i - row * rowSize;
            double sum = 0;
            for (int dy = -1; dy <= 1; dy++) {
                int y = Math.max(first, Math.min(first + height - 1, row + dy));
                sum += ofRow(sharp, y * rowSize, offset, rowSize);
            }
            images[i] = (float) ((1 - blur) * sharp[i] + blur * sum / 9);
        }
    }

    /** The sum of a pixel and its two neighbours in a row; at the border the border again. */
    private double ofRow(float[] images, int row, int offset, int rowSize) {
        int channels = model.inputShape().dim(2);
        int left = offset - channels < 0 ? offset : offset - channels;
        int right = offset + channels >= rowSize ? offset : offset + channels;
        return (double) images[row + left] + images[row + offset] + images[row + right];
    }
}
