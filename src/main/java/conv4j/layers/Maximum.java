package conv4j.layers;

import conv4j.graph.Binary;

/** The element-wise maximum of two or more inputs, whose shapes broadcast. */
public final class Maximum extends MergeLayer<Maximum> {

    /** There is nothing to set. */
    public Maximum() {
        // Nothing to set.
    }

    @Override
    Binary.Function function() {
        return Binary.Function.MAXIMUM;
    }
}
