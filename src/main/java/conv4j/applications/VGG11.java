package conv4j.applications;

import conv4j.layers.BatchNormalization;
import conv4j.layers.Conv2D;
import conv4j.layers.Dense;
import conv4j.layers.GlobalAveragePooling2D;
import conv4j.layers.Input;
import conv4j.layers.Layer;
import conv4j.layers.MaxPooling2D;
import conv4j.layers.ReLU;
import conv4j.layers.Softmax;
import conv4j.model.Model;
import conv4j.model.Sequential;
import conv4j.shape.Padding;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * The convolutions of VGG-11 (Simonyan and Zisserman 2015, table 1, column A) with batch normalization (Ioffe and Szegedy
 * 2015, section 3.2) and one dense layer behind their mean, the form for small images. 9,233,866 parameters for (32, 32, 3)
 * and 10 classes, moving averages included.
 */
public final class VGG11 {

    static final String NAME = "vgg11";

    /** The filters of the convolutions before each pooling. */
    private static final int[][] STAGES = {{64}, {128}, {256, 256}, {512, 512}, {512, 512}};

    /** The pooling of every stage halves height and width. */
    private static final int LEAST_SIZE = 1 << STAGES.length;

    private VGG11() {}

    /**
     * Builds the network.
     *
     * @param input the shape of an image, (height, width, channels), 32 x 32 pixels or more
     * @param classes how many, 2 or more
     * @return a model that is not compiled, from images to probabilities of shape (classes)
     * @throws IllegalArgumentException when the images are smaller, or the classes fewer
     */
    public static Model build(Shape input, int classes) {
        Arguments.check(NAME, LEAST_SIZE, input, classes);
        List<Layer> layers = new ArrayList<>();
        for (int[] stage : STAGES) {
            for (int filters : stage) {
                layers.add(new Conv2D(filters, 3).padding(Padding.SAME).useBias(false));
                layers.add(new BatchNormalization());
                layers.add(new ReLU());
            }
            layers.add(new MaxPooling2D(2));
        }
        layers.addAll(List.of(new GlobalAveragePooling2D(), new Dense(classes), new Softmax()));
        return new Sequential("vgg11", new Input(input), layers.toArray(Layer[]::new));
    }
}
