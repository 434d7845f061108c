package conv4j.applications;

import conv4j.layers.Conv2D;
import conv4j.layers.Dense;
import conv4j.layers.Dropout;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.layers.Layer;
import conv4j.layers.LeakyReLU;
import conv4j.layers.MaxPooling2D;
import conv4j.layers.Softmax;
import conv4j.model.Model;
import conv4j.model.Sequential;
import conv4j.shape.Padding;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * The classic first network for CIFAR-10: two blocks of two 3 x 3 convolutions with leaky ReLU (Maas, Hannun, Ng 2013,
 * section 2), pooling and dropout (Srivastava and others 2014), then a dense layer of 256. 1,084,234 parameters for
 * (32, 32, 3) and 10 classes, nearly all of them in that dense layer.
 */
public final class FirstCnn {

    static final String NAME = "first-cnn";

    /** Two poolings of 2 x 2 leave one pixel of it. */
    private static final int LEAST_SIZE = 4;

    private static final double SLOPE = 0.1;

    private FirstCnn() {}

    /**
     * Builds the network.
     *
     * @param input the shape of an image, (height, width, channels), 4 x 4 pixels or more
     * @param classes how many, 2 or more
     * @return a model that is not compiled, from images to probabilities of shape (classes)
     * @throws IllegalArgumentException when the images are smaller, or the classes fewer
     */
    public static Model build(Shape input, int classes) {
        Arguments.check(NAME, LEAST_SIZE, input, classes);
        List<Layer> layers = new ArrayList<>();
        block(layers, 16, 32);
        block(layers, 32, 64);
        layers.addAll(List.of(
                new Flatten(),
                new Dense(256),
                new LeakyReLU(SLOPE),
                new Dropout(0.5),
                new Dense(classes),
                new Softmax()));
        return new Sequential("first_cnn", new Input(input), layers.toArray(Layer[]::new));
    }

    /** Two convolutions, of so many filters, from (height, width, channels) to (height / 2, width / 2, second). */
    private static void block(List<Layer> layers, int first, int second) {
        for (int filters : new int[] {first, second}) {
            layers.add(new Conv2D(filters, 3).padding(Padding.SAME));
            layers.add(new LeakyReLU(SLOPE));
        }
        layers.add(new MaxPooling2D(2));
        layers.add(new Dropout(0.25));
    }
}
