package conv4j.layers;

import conv4j.graph.Binary;

/** The element-wise product of two or more inputs, whose shapes broadcast. */
public final class Multiply extends MergeLayer<Multiply> {

    /** There is nothing to set. */
    public Multiply() {
        // Nothing to set.
    }

    @Override
    Binary.Function function() {
        return Binary.Function.MULTIPLY;
    }
}
