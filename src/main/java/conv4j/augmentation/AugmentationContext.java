package conv4j.augmentation;

import conv4j.graph.Graph;
import conv4j.graph.Value;
import conv4j.shape.Shape;

/** What an augmentation adds its operations to. */
public interface AugmentationContext {

    /**
     * The graph of a training step.
     *
     * @return the graph
     */
    Graph graph();

    /**
     * A number that tells the model's augmentations apart.
     *
     * @return another one with every call
     */
    int stream();

    /**
     * What the model's normalization makes of a raw value.
     *
     * @param raw in the units of the data set, 0 to 255 for bytes
     * @return one number per channel
     */
    float[] normalized(double raw);

    /**
     * An array of fixed numbers.
     *
     * @param name its name in messages
     * @param shape its shape
     * @param elements as many numbers
     * @return the value
     */
    Value constant(String name, Shape shape, float... elements);
}
