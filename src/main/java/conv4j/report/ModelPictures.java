package conv4j.report;

import conv4j.data.DataException;
import conv4j.layers.Tensor;
import conv4j.model.MaximumStimuli;
import conv4j.model.Model;
import conv4j.model.Objective;
import conv4j.pictures.Images;
import conv4j.pictures.LayerGraph;
import conv4j.pictures.LineChart;
import conv4j.pictures.Picture;
import conv4j.pictures.PictureGrid;
import conv4j.pictures.TileGrid;
import conv4j.shape.Shape;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Pictures of a model itself: its layers, filters, what they see and look for, and how it was trained. */
public final class ModelPictures {

    private static final String VALIDATION = "val_";
    private static final int BYTE = 255;
    private static final int FILTER_WIDTH = 60;
    private static final int MAP_WIDTH = 64;
    private static final int STIMULUS_WIDTH = 96;

    private final Model model;

    /**
     * Pictures of a model.
     *
     * @param model stays open as long as pictures are made
     */
    public ModelPictures(Model model) {
        this.model = model;
    }

    /**
     * Losses and metrics over the epochs, with those of the validation.
     *
     * @return one chart for the loss and for each metric
     * @throws DataException when the model knows of no epoch
     */
    public Picture history() {
        return new PictureGrid(charts(), 2);
    }

    /** The charts of the history, each by itself. */
    List<LineChart> charts() {
        List<Map<String, Double>> epochs = model.epochLogs();
        Set<String> names = new LinkedHashSet<>();
        epochs.forEach(logs -> names.addAll(logs.keySet()));
        names.removeIf(name -> name.startsWith(VALIDATION));
        if (names.isEmpty()) {
            throw new DataException("model " + model.name() + " holds no history: it was not trained, or by"
                    + " a version that did not keep it; train it with 'conv4j train --save FILE'");
        }
        return names.stream()
                .map(name -> new LineChart(
                        name,
                        "epoch",
                        IntStream.of(0, 1)
                                .mapToObj(i -> series(epochs, i == 0 ? name : VALIDATION + name, i == 1))
                                .filter(series -> series.values().stream().anyMatch(Double::isFinite))
                                .toList()))
                .toList();
    }

    private static LineChart.Series series(List<Map<String, Double>> epochs, String name, boolean validation) {
        List<Double> values =
                epochs.stream().map(logs -> logs.getOrDefault(name, Double.NaN)).toList();
        return new LineChart.Series(validation ? "validation" : "training", values, validation);
    }

    /**
     * The graph of layers.
     *
     * @return boxes and arrows
     */
    public Picture graph() {
        List<LayerGraph.Node> nodes = new ArrayList<>();
        Map<Tensor, Integer> places = new IdentityHashMap<>();
        for (Tensor tensor : model.tensors()) {
            places.put(tensor, nodes.size());
            nodes.add(new LayerGraph.Node(
                    tensor.layer().name(),
                    tensor.layer().className(),
                    shape(tensor.shape()),
                    parameters(tensor.layer().name()),
                    tensor.inputs().stream().map(places::get).toList()));
        }
        String title = String.format(Locale.ROOT, "%s: %,d parameters", model.name(), model.parameterCount());
        return new LayerGraph(title, nodes);
    }

    private static String shape(Shape shape) {
        List<String> dims =
                IntStream.of(shape.toArray()).mapToObj(Integer::toString).toList();
        return String.join(" × ", dims);
    }

    private long parameters(String layer) {
        return model.weights().names().stream()
                .filter(name -> name.startsWith(layer + "/"))
                .mapToLong(name -> model.weights().shape(name).size())
                .sum();
    }

    /** {@return the layers that have filters, kernels of four axes} */
    public List<String> filterLayers() {
        return model.weights().names().stream()
                .filter(name -> model.weights().shape(name).rank() == 4)
                .map(name -> name.substring(0, name.indexOf('/')))
                .distinct()
                .toList();
    }

    /** {@return the layers whose outputs are images: (height, width, channels)} */
    public List<String> imageLayers() {
        return model.tensors().stream()
                .filter(tensor -> !tensor.inputs().isEmpty() && tensor.shape().rank() == 3)
                .map(tensor -> tensor.layer().name())
                .distinct()
                .toList();
    }

    /**
     * The kernels of a convolution, each from its own strongest blue, negative, to its own strongest orange; those that
     * see three channels as colours, with grey for 0.
     *
     * @param layer its name; null for the first one
     * @param most the most filters to show
     * @return a tile per filter
     * @throws IllegalArgumentException when there is no such layer or it has no filters
     */
    public Picture filters(String layer, int most) {
        List<String> known = filterLayers();
        String name = chosen(layer, known, "filters of convolutions");
        String path = model.weights().names().stream()
                .filter(weights -> weights.startsWith(name + "/")
                        && model.weights().shape(weights).rank() == 4)
                .findFirst()
                .orElseThrow();
        Shape shape = model.weights().shape(path);
        float[] kernel = model.weights().get(path);
        boolean colours = shape.dim(2) == 3;
        List<TileGrid.Tile> tiles = new ArrayList<>();
        for (int filter = 0; filter < Math.min(most, shape.dim(3)); filter++) {
            tiles.add(new TileGrid.Tile(filter(kernel, shape, filter), Integer.toString(filter)));
        }
        String shown = colours
                ? "red, green and blue weights as colours, grey is 0"
                : shape.dim(2) == 1
                        ? "orange is positive, blue is negative"
                        : "mean over " + shape.dim(2) + " input channels; orange is positive, blue is negative";
        String title = tiles.size() + (tiles.size() == shape.dim(3) ? "" : " of " + shape.dim(3)) + " filters of "
                + name + ", " + shape.dim(0) + " × " + shape.dim(1);
        return new TileGrid(title, shown, tiles, FILTER_WIDTH, FILTER_WIDTH);
    }

    private static BufferedImage filter(float[] kernel, Shape shape, int filter) {
        int positions = shape.dim(0) * shape.dim(1);
        int inputs = shape.dim(2);
        int shown = inputs == 3 ? 3 : 1;
        float[] values = new float[positions * shown];
        float most = 0;
        for (int i = 0; i < positions * inputs; i++) {
            int place = inputs == 3 ? i : i / inputs;
            values[place] += kernel[i * shape.dim(3) + filter]; // in colours a sum looks like a mean
        }
        for (float value : values) {
            most = Math.max(most, Math.abs(value));
        }
        Shape image = Shape.of(shape.dim(0), shape.dim(1), shown);
        return shown == 3 ? Images.photo(values, image, -most, most) : Images.signed(values, image, 0, most);
    }

    /**
     * What the channels of a layer return for an image, each from its own smallest number, dark, to its own largest.
     *
     * @param layer its name; null for the first one with images
     * @param pixels the image, raw
     * @param most the most channels to show
     * @return the image and a tile per channel
     * @throws IllegalArgumentException when there is no such layer or its outputs are no images
     */
    public Picture activations(String layer, float[] pixels, int most) {
        String name = chosen(layer, imageLayers(), "activations of layers whose outputs are (height, width, channels)");
        Shape shape = model.layerShape(name);
        float[] values = model.activations(name, One.of(model.inputShape(), pixels), 1)[0];
        List<TileGrid.Tile> tiles = new ArrayList<>();
        tiles.add(new TileGrid.Tile(Images.photo(pixels, model.inputShape(), 0, BYTE), "input"));
        int shown = Math.min(most, shape.dim(2));
        for (int channel = 0; channel < shown; channel++) {
            tiles.add(new TileGrid.Tile(Images.heat(values, shape, channel), Integer.toString(channel)));
        }
        String title = shown + (shown == shape.dim(2) ? "" : " of " + shape.dim(2)) + " channels of " + name + ", "
                + shape.dim(0) + " × " + shape.dim(1);
        return new TileGrid(title, "dark is a channel's lowest value, yellow its highest", tiles, MAP_WIDTH, MAP_WIDTH);
    }

    private String chosen(String layer, List<String> known, String what) {
        if (layer == null && known.isEmpty()) {
            throw new IllegalArgumentException("model " + model.name() + " has no layer for pictures of " + what);
        }
        if (layer != null && !known.contains(layer)) {
            boolean exists = model.layers().stream().anyMatch(one -> layer.equals(one.name()));
            throw new IllegalArgumentException((exists
                            ? "layer '" + layer + "' has none of the "
                            : "there is no layer '" + layer + "' for pictures of ")
                    + what + "; choose one of " + known);
        }
        return layer == null ? known.get(0) : layer;
    }

    /**
     * Images that make classes or filters as active as possible, see {@link MaximumStimuli}.
     *
     * @param layer whose filters; null for the classes
     * @param most the most filters or classes
     * @param stimuli how they are made
     * @return a tile per filter or class
     * @throws IllegalArgumentException when there is no such layer
     */
    public Picture stimuli(String layer, int most, MaximumStimuli stimuli) {
        Shape shape = layer == null ? model.outputShape() : model.layerShape(layer);
        int count = Math.min(most, shape.columns());
        List<Objective> objectives = IntStream.range(0, count)
                .mapToObj(i -> layer == null ? Objective.logit(i) : Objective.filter(layer, i))
                .toList();
        List<TileGrid.Tile> tiles = new ArrayList<>();
        for (MaximumStimuli.Stimulus stimulus : stimuli.of(objectives)) {
            int channel = stimulus.objective().channel();
            String name = layer == null ? className(channel) : Integer.toString(channel);
            // A ReLU that nothing near the noise reaches passes no gradient back.
            String rise = stimulus.before() == stimulus.after()
                    ? "no gradient"
                    : decimals(stimulus.before()) + " → " + decimals(stimulus.after());
            tiles.add(new TileGrid.Tile(
                    Images.photo(stimulus.pixels(), model.inputShape(), 0, BYTE),
                    List.of(
                            new TileGrid.Caption(name, TileGrid.Tone.PLAIN),
                            new TileGrid.Caption(rise, TileGrid.Tone.PALE)),
                    List.of()));
        }
        String what = layer == null ? "the classes" : layer;
        String title = "Maximum stimuli of " + what
                + (count == shape.columns() ? "" : ": " + count + " of " + shape.columns());
        String note = layer == null
                ? "what the network takes for each class; logits of the noise it began with → of the image"
                : "what each filter looks for; mean activation of the noise it began with → of the image";
        return new TileGrid(title, note, tiles, STIMULUS_WIDTH, STIMULUS_WIDTH);
    }

    private static String decimals(double number) {
        return String.format(Locale.ROOT, "%.2f", Math.rint(number * 100) / 100 + 0.0); // no -0.00
    }

    private String className(int index) {
        return index < model.classNames().size() ? model.classNames().get(index) : "class " + index;
    }
}
