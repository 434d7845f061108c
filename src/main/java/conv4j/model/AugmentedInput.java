package conv4j.model;

import conv4j.augmentation.Augmentation;
import conv4j.augmentation.AugmentationContext;
import conv4j.data.Normalization;
import conv4j.graph.Graph;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Puts a model's augmentations between the batch that comes in and the first layer. */
final class AugmentedInput implements AugmentationContext {

    private final Graph graph;
    private final Normalization normalization;
    private final int channels;
    private final Map<Value, float[]> constants = new LinkedHashMap<>();
    private int streams;

    AugmentedInput(Graph graph, Normalization normalization, int channels) {
        this.graph = graph;
        this.normalization = normalization;
        this.channels = channels;
    }

    /** Adds all operations, and returns what the first layer gets. */
    Value emit(List<Augmentation> augmentations, Value input) {
        Value images = input;
        for (Augmentation augmentation : augmentations) {
            images = augmentation.emit(this, images);
        }
        return images;
    }

    /** The fixed numbers that the operations read. */
    Map<Value, float[]> constants() {
        return constants;
    }

    @Override
    public Graph graph() {
        return graph;
    }

    @Override
    public int stream() {
        return streams++;
    }

    @Override
    public float[] normalized(double raw) {
        float[] values = new float[channels];
        Arrays.fill(values, (float) raw);
        normalization.apply(values, 0, channels, channels);
        return values;
    }

    @Override
    public Value constant(String name, Shape shape, float... elements) {
        Value value = Value.state(name, shape);
        constants.put(value, elements);
        return value;
    }
}
