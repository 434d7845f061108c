package conv4j.cli;

/** The data sets that the command line knows. */
enum DataKind {
    /** Digits that are drawn on the spot. */
    GLYPHS("glyphs"),
    /** The official binary version of CIFAR-10. */
    CIFAR10("cifar10"),
    /** Handwritten digits. */
    MNIST("mnist"),
    /** Clothes. */
    FASHION_MNIST("fashion-mnist"),
    /** A folder of images with a sub-folder for each class. */
    FOLDER("folder");

    private final String title;

    DataKind(String title) {
        this.title = title;
    }

    /** The name that users write. */
    String title() {
        return title;
    }
}
