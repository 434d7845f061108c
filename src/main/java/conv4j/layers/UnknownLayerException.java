package conv4j.layers;

/** A configuration names a layer that there is not. */
public final class UnknownLayerException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    UnknownLayerException(String className) {
        super("there is no layer '" + className + "'; see the list in " + Layers.class.getName());
    }
}
