package conv4j.layers;

/**
 * A layer whose {@link #name(String)} and {@link #trainable(boolean)} return the layer's own type, so that calls can be
 * chained in any order.
 *
 * @param <L> the layer's own type
 */
abstract class FluentLayer<L extends FluentLayer<L>> extends Layer {

    @Override
    public final L name(String newName) {
        super.name(newName);
        return self();
    }

    @Override
    public final L trainable(boolean learns) {
        super.trainable(learns);
        return self();
    }

    /** This layer under its own type; every subclass names itself as {@code L}. */
    @SuppressWarnings("unchecked")
    final L self() {
        return (L) this;
    }
}
