package conv4j.vectors;

import conv4j.layers.Conv2D;
import conv4j.layers.Dense;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.layers.Layer;
import conv4j.layers.LeakyReLU;
import conv4j.layers.MaxPooling2D;
import conv4j.model.Sequential;
import conv4j.optimizers.Adam;
import conv4j.optimizers.Adamax;
import conv4j.optimizers.Optimizer;
import conv4j.optimizers.SGD;
import conv4j.shape.Padding;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A network written as its layers with dashes between them: {@code conv3x3x16-leaky-pool-flatten(HWC)-dense10}. Convolutions
 * are padded to the same size, pooling halves; layers with parameters are called conv1, conv2, dense1 and so on.
 */
final class NetworkText {

    private static final Pattern CONVOLUTION = Pattern.compile("conv(\\d+)x(\\d+)x(\\d+)");
    private static final Pattern DENSE = Pattern.compile("dense(\\d+)");
    private static final Pattern OPTIMIZER =
            Pattern.compile("(\\w+) lr ([\\d.e-]+)(?: beta [\\d.]+ [\\d.]+)?(?: eps 1e-7)?");

    private final String text;
    private final double negativeSlope;
    private final List<String> parameterLayers = new ArrayList<>();
    private final List<Layer> layers = new ArrayList<>();
    private int lastPooling;

    NetworkText(String text, double negativeSlope) {
        this.text = text;
        this.negativeSlope = negativeSlope;
        int convolutions = 0;
        int denses = 0;
        for (String word : text.split("-")) {
            Matcher convolution = CONVOLUTION.matcher(word);
            Matcher dense = DENSE.matcher(word);
            if (convolution.matches()) {
                add(convolution(convolution), "conv" + ++convolutions);
            } else if (dense.matches()) {
                add(new Dense(Integer.parseInt(dense.group(1))), "dense" + ++denses);
            } else {
                layers.add(other(word));
            }
        }
    }

    private static Conv2D convolution(Matcher sizes) {
        int rows = Integer.parseInt(sizes.group(1));
        int columns = Integer.parseInt(sizes.group(2));
        return new Conv2D(Integer.parseInt(sizes.group(3)), rows, columns).padding(Padding.SAME);
    }

    private void add(Layer layer, String name) {
        layers.add(layer.name(name));
        parameterLayers.add(name);
    }

    private Layer other(String word) {
        switch (word) {
            case "leaky":
                return new LeakyReLU(negativeSlope);
            case "pool":
                lastPooling = parameterLayers.size();
                return new MaxPooling2D(2);
            case "flatten(HWC)":
                return new Flatten();
            default:
                throw new IllegalArgumentException("the network " + text + " has the layer '" + word
                        + "'; known are convKxKxF, leaky, pool, flatten(HWC) and denseN");
        }
    }

    /** A new model; it may be built once. */
    Sequential model(Shape input) {
        List<Layer> fresh = new NetworkText(text, negativeSlope).layers;
        return new Sequential("network", new Input(input), fresh.toArray(Layer[]::new));
    }

    /** The names of the layers with a kernel and a bias, in order. */
    List<String> parameterLayers() {
        return parameterLayers;
    }

    /** Whether a max-pooling stands between a layer and the output. */
    boolean belowLastPooling(String layer) {
        return parameterLayers.indexOf(layer) < lastPooling;
    }

    /** An optimizer written as its name and its numbers: {@code adamax lr 0.005 beta 0.9 0.999 eps 1e-7}. */
    static Optimizer optimizer(String text) {
        Matcher words = OPTIMIZER.matcher(text);
        if (words.matches()) {
            double rate = Double.parseDouble(words.group(2));
            switch (words.group(1)) {
                case "adamax":
                    return new Adamax(rate);
                case "adam":
                    return new Adam(rate);
                case "sgd":
                    return new SGD(rate);
                default:
            }
        }
        throw new IllegalArgumentException("the optimizer '" + text
                + "' is not known; known are adamax, adam and sgd, written 'adamax lr 0.005 beta 0.9 0.999 eps 1e-7'");
    }
}
