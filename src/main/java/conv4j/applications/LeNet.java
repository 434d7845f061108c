package conv4j.applications;

import conv4j.layers.Activation;
import conv4j.layers.Conv2D;
import conv4j.layers.Dense;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.layers.MaxPooling2D;
import conv4j.model.Model;
import conv4j.model.Sequential;
import conv4j.shape.Padding;
import conv4j.shape.Shape;

/**
 * After LeNet-5 (LeCun, Bottou, Bengio, Haffner 1998, section II.B), with ReLU and maximum pooling, every map of the second
 * convolution connected to all of the first, and a softmax in the place of the radial basis functions. The first convolution
 * pads, so that images of 28 x 28 give maps of the sizes of the paper, whose images are padded to 32 x 32. 61,706 parameters for (28, 28, 1) and 10 classes, 83,126 for (32, 32, 3).
 */
public final class LeNet {

    static final String NAME = "lenet";

    /** (12 / 2 - 4) / 2 = 1: a pooling, a convolution of 5 x 5 without padding, a pooling. */
    private static final int LEAST_SIZE = 12;

    private LeNet() {}

    /**
     * Builds the network.
     *
     * @param input the shape of an image, (height, width, channels), 12 x 12 pixels or more
     * @param classes how many, 2 or more
     * @return a model that is not compiled, from images to probabilities of shape (classes)
     * @throws IllegalArgumentException when the images are smaller, or the classes fewer
     */
    public static Model build(Shape input, int classes) {
        Arguments.check(NAME, LEAST_SIZE, input, classes);
        return new Sequential(
                "lenet",
                new Input(input),
                new Conv2D(6, 5).padding(Padding.SAME).activation("relu"),
                new MaxPooling2D(2),
                new Conv2D(16, 5).activation("relu"),
                new MaxPooling2D(2),
                new Flatten(),
                new Dense(120).activation("relu"),
                new Dense(84).activation("relu"),
                new Dense(classes),
                new Activation("softmax"));
    }
}
