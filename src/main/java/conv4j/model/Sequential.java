package conv4j.model;

import conv4j.layers.Input;
import conv4j.layers.Layer;
import conv4j.layers.Layers;
import conv4j.layers.Tensor;
import java.util.HashMap;
import java.util.Map;

/**
 * A model whose layers follow each other in a line, as Keras' {@code Sequential}.
 *
 * <pre>{@code
 * try (Sequential model = new Sequential("tiny", new Input(32, 32, 3), new Conv2D(8, 3), new Flatten(), new Dense(10))) {
 *     model.compile(new Adam(0.001), new SparseCategoricalCrossentropy(true, 0));
 *     model.fit(dataset, new FitOptions().epochs(3));
 * }
 * }</pre>
 */
public final class Sequential extends Model {

    /**
     * A model of the given layers.
     *
     * @param name the model's name
     * @param input the shape of an item
     * @param layers from the first to the last, one or more
     * @throws IllegalArgumentException when a layer does not fit the one before it
     */
    public Sequential(String name, Input input, Layer... layers) {
        this(name, input.tensor(), layers);
    }

    private Sequential(String name, Tensor input, Layer... layers) {
        super(name, input, chain(input, layers));
    }

    /** Names the layers before they are connected, so that errors can say which one does not fit. */
    private static Tensor chain(Tensor input, Layer... layers) {
        if (layers.length == 0) {
            throw new IllegalArgumentException("a model needs at least one layer after its input");
        }
        Map<String, Integer> counts = new HashMap<>();
        Tensor last = input;
        for (Layer layer : layers) {
            if (layer.name() == null) {
                String base = Layers.defaultName(layer);
                int count = counts.merge(base, 1, Integer::sum);
                layer.name(count == 1 ? base : base + "_" + (count - 1));
            }
            last = layer.apply(last);
        }
        return last;
    }
}
