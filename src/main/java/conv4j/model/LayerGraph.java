package conv4j.model;

import conv4j.layers.Layer;
import conv4j.layers.Tensor;
import conv4j.shape.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Layers, how they are connected from one input to one output, and their weights: what a {@link Model} is, apart from
 * training and using it.
 */
public abstract sealed class LayerGraph permits Model {

    private final String name;
    private final Network network;
    private final Variables variables = new Variables();
    private final Weights weights;

    LayerGraph(String name, Tensor input, Tensor output) {
        this.name = name;
        this.network = new Network(input, output);
        // Building the graph once makes every layer ask for its variables.
        ModelGraph.prediction(network, variables, new NoFeed());
        this.weights = new Weights(name, variables);
    }

    /** {@return the model's name} */
    public String name() {
        return name;
    }

    /** {@return every layer once, in an order in which they are computed, the input included} */
    public List<Layer> layers() {
        return List.copyOf(network.layers());
    }

    /**
     * A layer by its name, Keras' {@code get_layer}.
     *
     * @param layerName its name
     * @return the layer
     * @throws IllegalArgumentException when the model has none of that name
     */
    public Layer layer(String layerName) {
        return layers().stream()
                .filter(layer -> layer.name().equals(layerName))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("model " + name + " has no layer '" + layerName
                        + "'; it has " + layers().stream().map(Layer::name).toList()));
    }

    /**
     * The shape of what a layer returns.
     *
     * @param layer its name
     * @return without the batch axis, (height, width, channels) for images
     * @throws IllegalArgumentException when there is no such layer; the message names those that there are
     */
    public Shape layerShape(String layer) {
        return network.named(layer, name).shape();
    }

    /** {@return every use of a layer and what it is applied to, in an order in which they are computed, the input included} */
    public List<Tensor> tensors() {
        return List.copyOf(network.order());
    }

    /** {@return the shape of an input item, without the batch axis} */
    public Shape inputShape() {
        return network.input().shape();
    }

    /** {@return the shape of an output item, without the batch axis} */
    public Shape outputShape() {
        return network.output().shape();
    }

    /** {@return the numbers of parameters and states by name, to read and to replace} */
    public Weights weights() {
        return weights;
    }

    /**
     * Writes parameters and states alone, without architecture and optimizer, to one safetensors file: each as a tensor
     * of floats under its path, such as {@code conv2d/kernel}, in Keras' layout, for other programs too.
     *
     * @param file the file, replaced if it is there
     * @throws java.io.UncheckedIOException when it cannot be written; an earlier file is untouched then
     */
    public void saveWeights(Path file) {
        WeightsFile.write(this, file);
    }

    /**
     * Reads parameters and states that {@link #saveWeights} or {@link Model#save} wrote, or another program under the same paths.
     *
     * @param file the file
     * @throws conv4j.files.FileFormatException when it is not such a file, or its arrays are not those of this model:
     *     the message lists all that are missing, unexpected or of another shape, and no weight is changed
     */
    public void loadWeights(Path file) {
        WeightsFile.read(this, file);
    }

    /** {@return the number of elements of all parameters and states, learnt or not} */
    public long parameterCount() {
        return variables.savedElements();
    }

    /** The layers of some names, all for no names. */
    List<Layer> layers(String... names) {
        return names.length == 0
                ? layers()
                : Arrays.stream(names).map(this::layer).toList();
    }

    Network network() {
        return network;
    }

    Variables variables() {
        return variables;
    }
}
