package conv4j.applications;

import conv4j.shape.Shape;

/** What the networks are asked for, checked before a layer is made: its message could not say what to do about it. */
final class Arguments {

    private Arguments() {}

    /**
     * Refuses what a network cannot be built for.
     *
     * @param network its name
     * @param least the least height and width of its images, in pixels
     * @param input (height, width, channels)
     * @param classes how many
     * @throws IllegalArgumentException when the input is no image or too small, or the classes are fewer than 2
     */
    static void check(String network, int least, Shape input, int classes) {
        if (input.rank() != 3) {
            throw new IllegalArgumentException(
                    network + " takes images, (height, width, channels), but the input is " + input);
        }
        if (input.dim(0) < least || input.dim(1) < least) {
            throw new IllegalArgumentException(network + " takes images of " + least + " x " + least
                    + " pixels and more, but they are " + input.dim(0) + " x " + input.dim(1)
                    + "; scale them up, or choose a network with fewer poolings");
        }
        if (classes < 2) {
            throw new IllegalArgumentException(network + " tells 2 classes or more apart, but classes is " + classes);
        }
    }
}
