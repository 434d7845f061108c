package conv4j.model;

import conv4j.backend.Placement;
import conv4j.data.Normalization;
import conv4j.graph.Graph;
import conv4j.graph.Value;
import conv4j.shape.Shape;

/** Brings items that the host computes itself, batch by batch. */
final class HostFeed implements Feed {

    private final Normalization normalization;
    private Value input;
    private Placement placement;
    private float[] items = new float[0];

    HostFeed(Normalization normalization) {
        this.normalization = normalization;
    }

    /** The raw items of the next batch, one after the other. */
    void give(float[] raw) {
        items = raw.clone();
        normalization.apply(items, 0, items.length, input.columns());
    }

    @Override
    public int items() {
        return items.length / input.shape().size();
    }

    @Override
    public Shape targetShape() {
        return Shape.SCALAR;
    }

    @Override
    public void connect(Graph graph, Value modelInput, Value target) {
        input = modelInput;
    }

    @Override
    public void attach(Placement where) {
        placement = where;
    }

    @Override
    public void begin(int[] order) {
        throw new IllegalStateException("these items have no order");
    }

    @Override
    public void next(int cursor, int count) {
        Placement.Location location = placement.of(input);
        location.memory()
                .write(location.offset(), items, 0, count * input.shape().size());
    }

    @Override
    public void close() {
        // Holds nothing on the device.
    }
}
