package conv4j.model;

import conv4j.backend.Backend;
import conv4j.backend.Memory;
import conv4j.backend.Placement;
import conv4j.data.Dataset;
import conv4j.data.Normalization;
import conv4j.graph.ElementType;
import conv4j.graph.Gather;
import conv4j.graph.Graph;
import conv4j.graph.MemoryPlan;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A data set that lies on the device as a whole; batches are gathered and normalized there. */
final class ResidentFeed implements Feed {

    private static final int ITEMS_PER_WRITE = 1024;
    private static final int ELEMENTS_PER_WRITE = 1 << 24;

    private final Backend backend;
    private final Dataset dataset;
    private final Normalization normalization;
    private final int channels;
    private final Value inputs;
    private final Value targets;
    private final Value order;
    private final Value scale;
    private final Value shift;
    private final List<Memory> memories = new ArrayList<>();
    private Memory orderMemory;

    /** Describes the data set; it goes to the device when the feed is attached. */
    ResidentFeed(Backend backend, Dataset dataset, Normalization normalization) {
        this.backend = backend;
        this.dataset = dataset;
        this.normalization = normalization;
        Shape shape = dataset.inputShape();
        channels = shape.columns();
        normalization.check(channels);
        inputs = Value.data("data set inputs", dataset.bytes() ? ElementType.UINT8 : ElementType.FLOAT32, shape);
        targets = Value.data("data set targets", ElementType.FLOAT32, dataset.targetShape());
        order = Value.data("data set order", ElementType.INT32, Shape.SCALAR);
        scale = Value.state("input scale", Shape.of(channels));
        shift = Value.state("input shift", Shape.of(channels));
    }

    /** The bytes that a data set takes on the device. */
    static long bytes(Dataset dataset) {
        long perItem = dataset.inputShape().size() * (dataset.bytes() ? 1L : 4L)
                + 4L * dataset.targetShape().size()
                + 4;
        return perItem * dataset.size();
    }

    private Memory allocate(String purpose, ElementType type, long elements) {
        Memory memory = backend.allocate(purpose, type, elements);
        memories.add(memory);
        return memory;
    }

    private void writeItems(Memory inputMemory, Memory targetMemory) {
        int itemSize = dataset.inputShape().size();
        int targetSize = dataset.targetShape().size();
        int perWrite = Math.max(1, Math.min(ITEMS_PER_WRITE, ELEMENTS_PER_WRITE / itemSize));
        byte[] bytes = new byte[dataset.bytes() ? perWrite * itemSize : 0];
        float[] floats = new float[dataset.bytes() ? 0 : perWrite * itemSize];
        float[] target = new float[perWrite * targetSize];
        for (int start = 0; start < dataset.size(); start += perWrite) {
            int count = Math.min(perWrite, dataset.size() - start);
            for (int i = 0; i < count; i++) {
                if (dataset.bytes()) {
                    dataset.inputBytes(start + i, bytes, i * itemSize);
                } else {
                    dataset.input(start + i, floats, i * itemSize);
                }
                dataset.target(start + i, target, i * targetSize);
            }
            if (dataset.bytes()) {
                inputMemory.write((long) start * itemSize, bytes, 0, count * itemSize);
            } else {
                inputMemory.write((long) start * itemSize, floats, 0, count * itemSize);
            }
            targetMemory.write((long) start * targetSize, target, 0, count * targetSize);
        }
    }

    private float[] perChannel(float[] values) {
        float[] all = Arrays.copyOf(values, channels);
        if (values.length == 1) {
            Arrays.fill(all, values[0]);
        }
        return all;
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
    public Value order() {
        return order;
    }

    @Override
    public void connect(Graph graph, Value input, Value target) {
        graph.add(new Gather(inputs, order, scale, shift, input));
        if (target != null) {
            graph.add(new Gather(targets, order, null, null, target));
        }
    }

    @Override
    public void attach(Placement placement) {
        Memory inputMemory = allocate("the data set's inputs", inputs.type(), inputs.elements(dataset.size()));
        Memory targetMemory = allocate("the data set's targets", targets.type(), targets.elements(dataset.size()));
        orderMemory = allocate("the data set's order", order.type(), dataset.size());
        int spacing = (int) MemoryPlan.aligned(channels);
        Memory scaling = allocate("the normalization", ElementType.FLOAT32, spacing + channels);
        placement.put(inputs, inputMemory, 0);
        placement.put(targets, targetMemory, 0);
        placement.put(order, orderMemory, 0);
        placement.put(scale, scaling, 0);
        placement.put(shift, scaling, spacing);
        scaling.write(0, perChannel(normalization.scale()), 0, channels);
        scaling.write(spacing, perChannel(normalization.shift()), 0, channels);
        writeItems(inputMemory, targetMemory);
    }

    @Override
    public void begin(int[] newOrder) {
        orderMemory.write(0, newOrder, 0, newOrder.length);
    }

    @Override
    public void next(int cursor, int count) {
        // The gathering operation finds the batch by the run's cursor.
    }

    @Override
    public void close() {
        memories.forEach(Memory::close);
        memories.clear();
    }
}
