package conv4j.model;

import conv4j.backend.Memory;
import conv4j.backend.Placement;
import conv4j.backend.Run;
import conv4j.data.ArraySet;
import conv4j.data.DataException;
import conv4j.data.Dataset;
import conv4j.data.Labels;
import conv4j.layers.Tensor;
import conv4j.shape.Shape;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Evaluation and prediction with a model, and the checks of data sets that training shares with them. */
final class Inference {

    private final Model model;

    Inference(Model model) {
        this.model = model;
    }

    /**
     * Prepares an evaluation.
     *
     * @param itemWeights the items' weights, or null
     * @param lent memory of a graph that does not run meanwhile
     */
    Prepared prepareEvaluation(Dataset data, float[] itemWeights, int batchSize, List<Memory> lent) {
        checkData(data);
        Feed feed = feed(data, itemWeights, batchSize);
        return prepare(feed, ModelGraph.evaluation(model, feed), batchSize, lent);
    }

    Evaluation evaluate(Dataset data, int batchSize) {
        try (Prepared prepared = prepareEvaluation(data, null, batchSize, List.of())) {
            return evaluate(prepared);
        }
    }

    Evaluation evaluate(Prepared prepared) {
        int items = prepared.feed().items();
        long begin = System.nanoTime();
        prepared.resetTotals();
        forEachBatch(prepared, prepared::run);
        Map<String, Double> means = prepared.means(items);
        return new Evaluation(means, items, (System.nanoTime() - begin) / 1e9);
    }

    float[][] predict(Dataset data, int batchSize) {
        return outputs(model.network().output(), data, batchSize);
    }

    /** What a layer returns for every item. */
    float[][] outputs(Tensor layer, Dataset data, int batchSize) {
        checkInputs(data);
        int size = layer.shape().size();
        float[][] rows = new float[data.size()][size];
        Feed feed = feed(data, batchSize);
        ModelGraph graph = ModelGraph.layer(model, feed, layer);
        try (Prepared prepared = prepare(feed, graph, batchSize)) {
            float[] block = new float[prepared.maxBatch() * size];
            forEachBatch(prepared, run -> {
                prepared.run(run);
                prepared.readOutput(block, run.batch() * size);
                for (int i = 0; i < run.batch(); i++) {
                    System.arraycopy(block, i * size, rows[run.cursor() + i], 0, size);
                }
            });
        }
        return rows;
    }

    float[] predict(float[] item) {
        Shape shape = model.inputShape();
        if (item.length != shape.size()) {
            throw new IllegalArgumentException("model " + model.name() + " needs an item of shape " + shape + ", "
                    + shape.size() + " numbers, but was given " + item.length);
        }
        return predict(new ArraySet(shape, item, Shape.SCALAR, new float[1]), 1)[0];
    }

    private static void forEachBatch(Prepared prepared, Consumer<Run> body) {
        int items = prepared.feed().items();
        prepared.feed().begin(IntStream.range(0, items).toArray());
        for (int cursor = 0; cursor < items; cursor += prepared.maxBatch()) {
            body.accept(Run.inference(Math.min(prepared.maxBatch(), items - cursor), cursor));
        }
    }

    Prepared prepare(Feed feed, ModelGraph graph, int batchSize) {
        return prepare(feed, graph, batchSize, List.of());
    }

    private Prepared prepare(Feed feed, ModelGraph graph, int batchSize, List<Memory> lent) {
        Placement placement = new Placement();
        model.deviceState().place(placement);
        return new Prepared(model.backend(), graph, feed, placement, Math.min(batchSize, feed.items()), lent);
    }

    /** A feed with the items' weights, which may be null. */
    Feed feed(Dataset data, float[] itemWeights, int batchSize) {
        Feed feed = feed(data, batchSize);
        return itemWeights == null ? feed : new WeightedFeed(model.backend(), feed, itemWeights);
    }

    /** On the device when the set lies in memory and fits beside what is there; otherwise read batch by batch. */
    Feed feed(Dataset data, int batchSize) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("the batch size must be 1 or more, but is " + batchSize);
        }
        long bytes = ResidentFeed.bytes(data);
        boolean fits = data.inMemory()
                && bytes
                        < model.backend().device().memoryBytes() / 2
                                - model.backend().allocatedBytes()
                && bytes < model.backend().device().largestAllocation();
        return fits
                ? new ResidentFeed(model.backend(), data, model.normalization())
                : new StreamedFeed(data, batchSize, model.normalization());
    }

    void checkInputs(Dataset data) {
        if (!data.inputShape().equals(model.inputShape())) {
            throw new DataException("model " + model.name() + " needs inputs of shape " + model.inputShape()
                    + ", but the data set has " + data.inputShape() + "; resize the images or build another model");
        }
    }

    /** Refuses inputs and targets that do not fit the model and its loss. */
    void checkData(Dataset data) {
        checkInputs(data);
        Shape output = model.outputShape();
        boolean sparse = model.compiled().loss().function().sparse();
        int needed = sparse ? output.rows() : output.size();
        if (data.targetShape().size() != needed) {
            throw new DataException("the loss " + model.compiled().loss().name() + " needs targets of " + needed
                    + " numbers for the model's output " + output + ", but the data set has targets of shape "
                    + data.targetShape()
                    + (sparse ? "" : "; class labels need sparse_categorical_crossentropy"));
        }
        if (sparse && needed == 1) {
            Labels.check(data, output.columns());
        }
    }
}
