package conv4j.model;

import conv4j.backend.Backend;
import conv4j.backend.Memory;
import conv4j.backend.Placement;
import conv4j.backend.Run;
import conv4j.data.Normalization;
import conv4j.graph.ElementType;
import conv4j.shape.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * The gradients of {@link Objective}s with respect to images, ready to be computed on the model's device, as often as
 * wanted. The layers work as in prediction: no dropout, no augmentation, moving averages. Made by {@link
 * Model#gradientOf}, to be closed before the model.
 */
public final class InputGradient implements AutoCloseable {

    private final List<Objective> objectives;
    private final Shape input;
    private final Shape measured;
    private final Normalization normalization;
    private final HostFeed feed;
    private final ModelGraph graph;
    private final Memory seed;
    private final Prepared prepared;

    /**
     * Objectives and their gradients at some images.
     *
     * @param values the objective of every image
     * @param gradients the derivatives by every raw input number, images one after the other as they were given
     */
    public record Result(double[] values, float[] gradients) {

        public Result {
            values = values.clone();
            gradients = gradients.clone();
        }

        /** {@return a copy of the objective of every image} */
        @Override
        public double[] values() {
            return values.clone();
        }

        /** {@return a copy of the derivatives} */
        @Override
        public float[] gradients() {
            return gradients.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Result that
                    && Arrays.equals(values, that.values)
                    && Arrays.equals(gradients, that.gradients);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(values) + Arrays.hashCode(gradients);
        }

        @Override
        public String toString() {
            return "objectives " + Arrays.toString(values);
        }
    }

    InputGradient(Model model, List<Objective> objectives) {
        this.objectives = check(model, objectives);
        this.input = model.inputShape();
        this.normalization = model.normalization();
        this.feed = new HostFeed(normalization);
        this.graph = ModelGraph.inputGradient(model, feed, objectives.get(0));
        this.measured = graph.output().shape();
        Backend backend = model.backend();
        Placement placement = new Placement();
        model.deviceState().place(placement);
        float[] seeds = seeds();
        this.seed = backend.allocate("the objective's gradient", ElementType.FLOAT32, seeds.length);
        try {
            seed.write(0, seeds, 0, seeds.length);
            placement.put(graph.seed(), seed, 0);
            this.prepared = new Prepared(backend, graph, feed, placement, objectives.size());
        } catch (RuntimeException e) {
            seed.close();
            throw e;
        }
    }

    private static List<Objective> check(Model model, List<Objective> objectives) {
        if (objectives.isEmpty()) {
            throw new IllegalArgumentException("no objective was given; give one per image");
        }
        Objective first = objectives.get(0);
        Shape shape = first.layer() == null
                ? model.outputShape()
                : model.network().named(first.layer(), model.name()).shape();
        for (Objective objective : objectives) {
            if (!objective.whole().equals(first.whole())) {
                throw new IllegalArgumentException("the objectives " + first + " and " + objective
                        + " measure different layers; ask for the gradients of one layer at a time");
            }
            if (objective.channel() < 0 || objective.channel() >= shape.columns()) {
                String where = first.layer() == null ? "the model's output" : "layer '" + first.layer() + "'";
                throw new IllegalArgumentException("channel " + objective.channel() + " of " + where
                        + " was asked for, but its shape " + shape + " has the channels 0 to "
                        + (shape.columns() - 1));
            }
        }
        return List.copyOf(objectives);
    }

    /** The derivative of each objective by the output that it is the mean of. */
    private float[] seeds() {
        float[] seeds = new float[objectives.size() * measured.size()];
        int columns = measured.columns();
        for (int item = 0; item < objectives.size(); item++) {
            int begin = item * measured.size() + objectives.get(item).channel();
            for (int row = 0; row < measured.rows(); row++) {
                seeds[begin + row * columns] = 1f / measured.rows();
            }
        }
        return seeds;
    }

    /**
     * Computes the objectives and their gradients.
     *
     * @param images as many raw images as there are objectives, one after the other, each of the model's input shape; they
     *     are normalized as in training
     * @return the objectives, and their derivatives by the raw numbers
     * @throws IllegalArgumentException when there are more or fewer numbers
     */
    public Result at(float[] images) {
        if (images.length != objectives.size() * input.size()) {
            throw new IllegalArgumentException(objectives.size() + " images of shape " + input + " are needed, "
                    + objectives.size() * input.size() + " numbers, one image per objective, but " + images.length
                    + " numbers were given");
        }
        feed.give(images);
        prepared.run(Run.inference(objectives.size(), 0));
        float[] gradients = new float[images.length];
        prepared.read(graph.gradients().values().iterator().next(), gradients, gradients.length);
        float[] scale = normalization.scale();
        for (int i = 0; i < gradients.length; i++) {
            gradients[i] *= scale[i % scale.length];
        }
        return new Result(values(), gradients);
    }

    private double[] values() {
        float[] outputs = new float[objectives.size() * measured.size()];
        prepared.read(graph.output(), outputs, outputs.length);
        double[] values = new double[objectives.size()];
        for (int item = 0; item < values.length; item++) {
            int begin = item * measured.size() + objectives.get(item).channel();
            for (int row = 0; row < measured.rows(); row++) {
                values[item] += outputs[begin + row * measured.columns()];
            }
            values[item] /= measured.rows();
        }
        return values;
    }

    @Override
    public void close() {
        prepared.close();
        seed.close();
    }
}
