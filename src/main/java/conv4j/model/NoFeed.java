package conv4j.model;

import conv4j.backend.Placement;
import conv4j.graph.Graph;
import conv4j.graph.Value;
import conv4j.shape.Shape;

/** Brings no items: for graphs that are only looked at. */
record NoFeed(Shape targetShape) implements Feed {

    NoFeed() {
        this(Shape.SCALAR);
    }

    @Override
    public int items() {
        return 0;
    }

    @Override
    public void connect(Graph graph, Value input, Value target) {
        // The graph will not run.
    }

    @Override
    public void attach(Placement placement) {
        // The graph will not run.
    }

    @Override
    public void begin(int[] order) {
        throw new IllegalStateException("there are no items");
    }

    @Override
    public void next(int cursor, int count) {
        throw new IllegalStateException("there are no items");
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
