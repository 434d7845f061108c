package conv4j.applications;

import conv4j.layers.Add;
import conv4j.layers.BatchNormalization;
import conv4j.layers.Conv2D;
import conv4j.layers.Dense;
import conv4j.layers.GlobalAveragePooling2D;
import conv4j.layers.Input;
import conv4j.layers.ReLU;
import conv4j.layers.Softmax;
import conv4j.layers.Tensor;
import conv4j.model.Model;
import conv4j.shape.Padding;
import conv4j.shape.Shape;

/**
 * ResNet-18 (He, Zhang, Ren, Sun 2016, table 1) in the form for small images (section 4.2 there): a 3 x 3 convolution with
 * stride 1 and no pooling in front, then four stages of two blocks with 64, 128, 256 and 512 filters. 11,183,562 parameters for
 * (32, 32, 3) and 10 classes, moving averages included.
 */
public final class ResNet18 {

    static final String NAME = "resnet18";

    /** Every convolution pads, so that images of any size do. */
    private static final int LEAST_SIZE = 1;

    private static final int[] FILTERS = {64, 128, 256, 512};

    private ResNet18() {}

    /**
     * Builds the network.
     *
     * @param input the shape of an image, (height, width, channels), of any size
     * @param classes how many, 2 or more
     * @return a model that is not compiled, from images to probabilities of shape (classes)
     * @throws IllegalArgumentException when the input is no image, or the classes are fewer
     */
    public static Model build(Shape input, int classes) {
        Arguments.check(NAME, LEAST_SIZE, input, classes);
        Tensor images = new Input(input).tensor();
        Tensor x = new ReLU().apply(convolution(images, FILTERS[0], 3, 1));
        for (int filters : FILTERS) {
            x = block(x, filters, filters == FILTERS[0] ? 1 : 2);
            x = block(x, filters, 1);
        }
        x = new GlobalAveragePooling2D().apply(x);
        x = new Dense(classes).apply(x);
        return new Model("resnet_18", images, new Softmax().apply(x));
    }

    /** Two convolutions beside a shortcut, which is a 1 x 1 convolution where the sizes differ (equation 2 there). */
    private static Tensor block(Tensor x, int filters, int stride) {
        boolean same = stride == 1 && x.shape().columns() == filters;
        Tensor shortcut = same ? x : convolution(x, filters, 1, stride);
        Tensor y = new ReLU().apply(convolution(x, filters, 3, stride));
        y = convolution(y, filters, 3, 1);
        return new ReLU().apply(new Add().apply(y, shortcut));
    }

    private static Tensor convolution(Tensor x, int filters, int kernel, int stride) {
        Conv2D convolution = new Conv2D(filters, kernel)
                .strides(stride)
                .padding(Padding.SAME)
                .useBias(false);
        return new BatchNormalization().apply(convolution.apply(x));
    }
}
