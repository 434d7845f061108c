package conv4j.applications;

import conv4j.model.Model;
import conv4j.shape.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The networks by name, for programs whose users choose one; others call {@link ResNet18#build} and the like.
 *
 * <pre>{@code
 * Model model = Application.named("resnet18").orElseThrow().build(Shape.of(32, 32, 3), 10);
 * }</pre>
 */
public enum Application {
    /** {@link FirstCnn}. */
    FIRST_CNN(FirstCnn.NAME, FirstCnn::build),
    /** {@link LeNet}. */
    LENET(LeNet.NAME, LeNet::build),
    /** {@link ResNet18}. */
    RESNET_18(ResNet18.NAME, ResNet18::build),
    /** {@link VGG11}. */
    VGG_11(VGG11.NAME, VGG11::build);

    private final String title;
    private final Network network;

    Application(String title, Network network) {
        this.title = title;
        this.network = network;
    }

    /**
     * Finds a network.
     *
     * @param name in any case, with or without dashes or underscores: resnet18, ResNet-18
     * @return empty when there is none of this name; {@link #names()} has them all
     */
    public static Optional<Application> named(String name) {
        String plain = plain(name);
        return Arrays.stream(values())
                .filter(application -> plain(application.title).equals(plain))
                .findFirst();
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
    }

    /** {@return the names of all networks, as users write them: first-cnn, lenet, resnet18, vgg11} */
    public static List<String> names() {
        return Arrays.stream(values()).map(Application::title).toList();
    }

    /** {@return the name that users write} */
    public String title() {
        return title;
    }

    /**
     * Builds the network.
     *
     * @param input the shape of an image, (height, width, channels)
     * @param classes how many, 2 or more
     * @return a model that is not compiled, from images to probabilities of shape (classes)
     * @throws IllegalArgumentException when the images are too small for the network, or the classes too few
     */
    public Model build(Shape input, int classes) {
        return network.build(input, classes);
    }

    /** The method build of one of the classes. */
    private interface Network {
        Model build(Shape input, int classes);
    }
}
