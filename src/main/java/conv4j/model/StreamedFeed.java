package conv4j.model;

import conv4j.backend.Placement;
import conv4j.data.Batch;
import conv4j.data.Batches;
import conv4j.data.Dataset;
import conv4j.data.Normalization;
import conv4j.graph.Graph;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.Arrays;

/** A data set too large for the device: threads read and normalize batches ahead, the host writes them. */
final class StreamedFeed implements Feed {

    private final Dataset dataset;
    private final int batchSize;
    private final Normalization normalization;
    private Value input;
    private Value target;
    private Placement placement;
    private int[] order;
    private Batches batches;
    private long waitedNanos;

    StreamedFeed(Dataset dataset, int batchSize, Normalization normalization) {
        this.dataset = dataset;
        this.batchSize = batchSize;
        this.normalization = normalization;
        normalization.check(dataset.inputShape().columns());
    }

    @Override
    public int items() {
        return dataset.size();
    }

    @Override
    public Shape targetShape() {
        return dataset.targetShape();
    }

    @Override
    public void connect(Graph graph, Value modelInput, Value modelTarget) {
        input = modelInput;
        target = modelTarget;
    }

    @Override
    public void attach(Placement where) {
        placement = where;
    }

    @Override
    public void begin(int[] newOrder) {
        close();
        order = newOrder;
        waitedNanos = 0;
    }

    /** {@inheritDoc} The first batch after {@link #begin} may be any one: a resumed epoch begins in the middle. */
    @Override
    public void next(int cursor, int count) {
        if (batches == null) {
            int[] rest = Arrays.copyOfRange(order, cursor, order.length);
            batches = Batches.inOrder(dataset, rest, batchSize, normalization);
        }
        long asked = System.nanoTime();
        Batch batch = batches.next();
        // Writing below may wait for the device, which is not the data's fault.
        waitedNanos += System.nanoTime() - asked;
        write(input, batch.inputs(), count);
        if (target != null) {
            write(target, batch.targets(), count);
        }
    }

    @Override
    public long waitedNanos() {
        return waitedNanos;
    }

    private void write(Value value, float[] values, int items) {
        Placement.Location location = placement.of(value);
        location.memory()
                .write(location.offset(), values, 0, items * value.shape().size());
    }

    @Override
    public void close() {
        if (batches != null) {
            batches.close();
            batches = null;
        }
    }
}
