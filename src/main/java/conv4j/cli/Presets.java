package conv4j.cli;

import conv4j.bench.ResNet18;
import conv4j.layers.Activation;
import conv4j.layers.BatchNormalization;
import conv4j.layers.Conv2D;
import conv4j.layers.Dense;
import conv4j.layers.Dropout;
import conv4j.layers.Flatten;
import conv4j.layers.GlobalAveragePooling2D;
import conv4j.layers.Input;
import conv4j.layers.Layer;
import conv4j.layers.LeakyReLU;
import conv4j.layers.MaxPooling2D;
import conv4j.layers.ReLU;
import conv4j.layers.Softmax;
import conv4j.model.Model;
import conv4j.model.Sequential;
import conv4j.shape.Padding;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Networks that are known by name; they take any image size that is large enough and any number of classes. */
enum Presets {
    /**
     * The classic first network for CIFAR-10: two blocks of two 3 x 3 convolutions, pooling and dropout, then a dense layer of
     * 256. 1,084,234 parameters for (32, 32, 3) and 10 classes.
     */
    FIRST_CNN("first-cnn") {
        @Override
        Model build(Shape input, int classes) {
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
            return sequential(input, layers);
        }
    },
    /** After LeNet-5 (LeCun, Bottou, Bengio, Haffner 1998), with ReLU and maximum pooling. */
    LENET("lenet") {
        @Override
        Model build(Shape input, int classes) {
            List<Layer> layers = List.of(
                    new Conv2D(6, 5).padding(Padding.SAME).activation("relu"),
                    new MaxPooling2D(2),
                    new Conv2D(16, 5).activation("relu"),
                    new MaxPooling2D(2),
                    new Flatten(),
                    new Dense(120).activation("relu"),
                    new Dense(84).activation("relu"),
                    new Dense(classes),
                    new Activation("softmax"));
            return sequential(input, layers);
        }
    },
    /** ResNet-18 (He, Zhang, Ren, Sun 2016) in its form for small images; trained as in section 4.2 there. */
    RESNET_18("resnet18", Training.LARGE_STEPS) {
        @Override
        Model build(Shape input, int classes) {
            return ResNet18.build(input, classes);
        }
    },
    /**
     * The convolutions of VGG-11 (Simonyan and Zisserman 2015, table 1, column A) with batch normalization (Ioffe and Szegedy
     * 2015) and one dense layer behind their mean, the form for small images. 9,233,866 parameters for (32, 32, 3) and 10
     * classes, moving averages included.
     */
    VGG11("vgg11", Training.LARGE_STEPS) {
        @Override
        Model build(Shape input, int classes) {
            List<Layer> layers = new ArrayList<>();
            for (int[] stage : new int[][] {{64}, {128}, {256, 256}, {512, 512}, {512, 512}}) {
                for (int filters : stage) {
                    layers.add(new Conv2D(filters, 3).padding(Padding.SAME).useBias(false));
                    layers.add(new BatchNormalization());
                    layers.add(new ReLU());
                }
                layers.add(new MaxPooling2D(2));
            }
            layers.addAll(List.of(new GlobalAveragePooling2D(), new Dense(classes), new Softmax()));
            return sequential(input, layers);
        }
    };

    private static final double SLOPE = 0.1;

    private final String title;
    private final Map<String, String> training;

    Presets(String title) {
        this(title, Map.of());
    }

    Presets(String title, Map<String, String> training) {
        this.title = title;
        this.training = training;
    }

    /** The network of a name, in any case, with or without dashes: resnet18, ResNet-18. */
    static Optional<Presets> named(String name) {
        String plain = plain(name);
        return Arrays.stream(values())
                .filter(preset -> plain(preset.title).equals(plain))
                .findFirst();
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
    }

    /** How it is trained where that differs from the defaults of {@code conv4j train}: its options, without dashes. */
    Map<String, String> training() {
        return training;
    }

    /** The name that users write. */
    String title() {
        return title;
    }

    /**
     * Builds the network.
     *
     * @param input (height, width, channels)
     * @param classes how many, 2 or more
     * @return a model that is not compiled
     * @throws IllegalArgumentException when the images are too small for its windows
     */
    abstract Model build(Shape input, int classes);

    Model sequential(Shape input, List<Layer> layers) {
        return new Sequential(title.replace('-', '_'), new Input(input), layers.toArray(Layer[]::new));
    }

    private static void block(List<Layer> layers, int first, int second) {
        for (int filters : new int[] {first, second}) {
            layers.add(new Conv2D(filters, 3).padding(Padding.SAME));
            layers.add(new LeakyReLU(SLOPE));
        }
        layers.add(new MaxPooling2D(2));
        layers.add(new Dropout(0.25));
    }

    /** Options of trainings; a class of its own, because the constants above come before the fields of theirs. */
    private static final class Training {
        /** How deep networks with batch normalization are usually trained. */
        static final Map<String, String> LARGE_STEPS = Map.of(
                "batch_size", "128",
                "optimizer", "sgd,momentum=0.9,weight_decay=0.0005",
                "learning_rate", "0.1",
                "schedule", "cosine");
    }
}
