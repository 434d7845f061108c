package conv4j.layers;

import conv4j.graph.Graph;
import conv4j.graph.Value;
import conv4j.initializers.Initializer;
import conv4j.regularizers.Regularizer;
import conv4j.shape.Shape;

/** What a layer is given when it adds its operations to a graph. Made by the model, one for each call of a layer. */
public interface LayerContext {

    /**
     * The graph to which the layer adds its operations.
     *
     * @return the graph
     */
    Graph graph();

    /**
     * Whether the graph is for training.
     *
     * @return false for evaluation and prediction, where dropout does nothing and moving averages are used
     */
    boolean training();

    /**
     * A learnt array of the layer, the same one whenever the layer asks by the same name.
     *
     * @param name its name within the layer: {@code kernel}, {@code bias}
     * @param shape its shape
     * @param initializer its values before training
     * @return the parameter
     */
    Value parameter(String name, Shape shape, Initializer initializer);

    /**
     * A learnt array of the layer with a penalty on large numbers, the same one whenever the layer asks by the same name.
     * A context of which nothing is trained has no use for the penalty.
     *
     * @param name its name within the layer: {@code kernel}, {@code bias}
     * @param shape its shape
     * @param initializer its values before training
     * @param regularizer what is added to the loss for its values, null for nothing
     * @return the parameter
     */
    default Value parameter(String name, Shape shape, Initializer initializer, Regularizer regularizer) {
        return parameter(name, shape, initializer);
    }

    /**
     * An array of the layer that is saved with the model but not learnt, such as a moving average.
     *
     * @param name its name within the layer
     * @param shape its shape
     * @param initializer its first values
     * @return the state
     */
    Value state(String name, Shape shape, Initializer initializer);

    /**
     * An array that never changes. It is neither counted among the model's weights nor saved.
     *
     * @param name its name within the layer
     * @param shape its shape
     * @param initializer its values
     * @return the constant
     */
    Value constant(String name, Shape shape, Initializer initializer);

    /**
     * A number that no other call was given, for a dropout operation's {@code stream}.
     *
     * @return 0 or more
     */
    int stream();
}
