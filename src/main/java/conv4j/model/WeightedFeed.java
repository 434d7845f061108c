package conv4j.model;

import conv4j.backend.Backend;
import conv4j.backend.Memory;
import conv4j.backend.Placement;
import conv4j.graph.ElementType;
import conv4j.graph.Gather;
import conv4j.graph.Graph;
import conv4j.graph.Value;
import conv4j.shape.Shape;

/** A feed that also brings the weight of every item of a batch, gathered on the device. */
final class WeightedFeed implements Feed {

    private final Backend backend;
    private final Feed feed;
    private final float[] itemWeights;
    private final Value data = Value.data("item weights", ElementType.FLOAT32, Shape.SCALAR);
    private final Value order;
    private final Value weights = Value.input("weights", Shape.SCALAR);
    private Memory dataMemory;
    private Memory orderMemory;

    /**
     * Adds weights to a feed.
     *
     * @param feed brings inputs and targets; closed together with this
     * @param itemWeights one number per item of the data set
     */
    WeightedFeed(Backend backend, Feed feed, float[] itemWeights) {
        this.backend = backend;
        this.feed = feed;
        this.itemWeights = itemWeights;
        this.order = feed.order() == null
                ? Value.data("order of item weights", ElementType.INT32, Shape.SCALAR)
                : feed.order();
    }

    @Override
    public int items() {
        return feed.items();
    }

    @Override
    public Shape targetShape() {
        return feed.targetShape();
    }

    @Override
    public Value weights() {
        return weights;
    }

    @Override
    public void connect(Graph graph, Value input, Value target) {
        feed.connect(graph, input, target);
        graph.add(new Gather(data, order, null, null, weights));
    }

    @Override
    public void attach(Placement placement) {
        feed.attach(placement);
        dataMemory = backend.allocate("the items' weights", ElementType.FLOAT32, itemWeights.length);
        placement.put(data, dataMemory, 0);
        if (feed.order() == null) {
            orderMemory = backend.allocate("the order of the items' weights", ElementType.INT32, itemWeights.length);
            placement.put(order, orderMemory, 0);
        }
        dataMemory.write(0, itemWeights, 0, itemWeights.length);
    }

    @Override
    public void begin(int[] newOrder) {
        feed.begin(newOrder);
        if (orderMemory != null) {
            orderMemory.write(0, newOrder, 0, newOrder.length);
        }
    }

    @Override
    public void next(int cursor, int count) {
        feed.next(cursor, count);
    }

    @Override
    public long waitedNanos() {
        return feed.waitedNanos();
    }

    @Override
    public void close() {
        feed.close();
        if (dataMemory != null) {
            dataMemory.close();
        }
        if (orderMemory != null) {
            orderMemory.close();
        }
    }
}
