package conv4j.layers;

import conv4j.graph.Binary;

/** The element-wise quotient of two inputs, the first by the second, whose shapes broadcast. */
public final class Divide extends MergeLayer<Divide> {

    /** There is nothing to set. */
    public Divide() {
        // Nothing to set.
    }

    @Override
    Binary.Function function() {
        return Binary.Function.DIVIDE;
    }
}
