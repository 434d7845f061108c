package conv4j.layers;

/** A configuration names a layer that there is not. */
public final class UnknownLayerException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final String className;

    UnknownLayerException(String className) {
        super("there is no layer '" + className + "'; there are " + String.join(", ", Layers.classNames()));
        this.className = className;
    }

    /**
     * What there is not.
     *
     * @return the class name that was given
     */
    public String className() {
        return className;
    }
}
