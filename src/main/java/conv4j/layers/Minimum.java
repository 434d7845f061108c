package conv4j.layers;

import conv4j.graph.Binary;

/** The element-wise minimum of two or more inputs, whose shapes broadcast. */
public final class Minimum extends MergeLayer<Minimum> {

    /** There is nothing to set. */
    public Minimum() {
        // Nothing to set.
    }

    @Override
    Binary.Function function() {
        return Binary.Function.MINIMUM;
    }
}
