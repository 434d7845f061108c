package conv4j.layers;

import conv4j.graph.Binary;

/** The element-wise difference of two inputs, the first less the second, whose shapes broadcast. */
public final class Subtract extends MergeLayer<Subtract> {

    /** There is nothing to set. */
    public Subtract() {
        // Nothing to set.
    }

    @Override
    Binary.Function function() {
        return Binary.Function.SUBTRACT;
    }
}
