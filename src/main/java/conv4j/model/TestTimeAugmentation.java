package conv4j.model;

import conv4j.backend.Run;
import conv4j.data.ArraySet;
import conv4j.data.Dataset;
import conv4j.data.Normalization;
import conv4j.shape.Shape;
import java.util.Arrays;

/**
 * Predictions that are means over several augmented copies of every item (Krizhevsky et al. 2012, section 4.1). Copies are
 * made on the device, like those of training; their random numbers follow from the model's seed, the copy and the item's
 * place in its batch.
 *
 * <pre>{@code
 * float[][] means = new TestTimeAugmentation(model, 8).predict(dataset, 100);
 * }</pre>
 */
public final class TestTimeAugmentation {

    private final Model model;
    private final int copies;

    /**
     * Prepares nothing yet.
     *
     * @param model a model that has {@link Model#augmentation}
     * @param copies copies of every item, 1 or more
     * @throws IllegalArgumentException when there are no copies
     * @throws IllegalStateException when the model has no augmentation
     */
    public TestTimeAugmentation(Model model, int copies) {
        if (copies < 1) {
            throw new IllegalArgumentException("the number of augmented copies must be 1 or more, but is " + copies);
        }
        if (model.augmentation().isEmpty()) {
            throw new IllegalStateException("model " + model.name() + " has no augmentation to make copies with; call"
                    + " augmentation(new RandomFlip(), ...) first, or predict without copies");
        }
        this.model = model;
        this.copies = copies;
    }

    /**
     * The model's outputs as means over the copies of every item. The same seed, batch size and device give the same bits.
     *
     * @param data items of the model's input shape
     * @param batchSize items at a time; random changes belong to places in a batch, so that the result depends on it
     * @return one row of output elements per item
     */
    public float[][] predict(Dataset data, int batchSize) {
        model.inference().checkInputs(data);
        int size = model.outputShape().size();
        float[][] rows = new float[data.size()][size];
        Feed feed = model.inference().feed(data, batchSize);
        ModelGraph graph = ModelGraph.augmentedPrediction(model, feed);
        try (Prepared prepared = model.inference().prepare(feed, graph, batchSize)) {
            float[] outputs = new float[prepared.maxBatch() * size];
            double[] sums = new double[outputs.length];
            feed.begin(Trainer.inOrder(data.size()));
            for (int cursor = 0; cursor < data.size(); cursor += prepared.maxBatch()) {
                int count = Math.min(prepared.maxBatch(), data.size() - cursor);
                feed.next(cursor, count);
                addCopies(prepared, cursor, count, outputs, sums);
                for (int i = 0; i < count * size; i++) {
                    rows[cursor + i / size][i % size] = (float) (sums[i] / copies);
                }
            }
        }
        return rows;
    }

    private void addCopies(Prepared prepared, int cursor, int count, float[] outputs, double[] sums) {
        long seed = Seeds.MASKS.of(model.seed());
        Arrays.fill(sums, 0);
        for (int copy = 0; copy < copies; copy++) {
            int step = cursor / prepared.maxBatch() * copies + copy;
            prepared.runAgain(new Run(count, step, seed, cursor, 0, 0, 0, 0));
            prepared.readOutput(outputs, count * model.outputShape().size());
            for (int i = 0; i < count * model.outputShape().size(); i++) {
                sums[i] += outputs[i];
            }
        }
    }

    /**
     * Measures the loss and the metrics of these predictions.
     *
     * @param data items of the model's input shape, with targets that fit the loss
     * @param batchSize items at a time
     * @return the means over all items
     * @throws IllegalStateException when the model was not compiled
     */
    public Evaluation evaluate(Dataset data, int batchSize) {
        model.inference().checkData(data);
        long begin = System.nanoTime();
        float[][] rows = predict(data, batchSize);
        int size = model.outputShape().size();
        int targetSize = data.targetShape().size();
        float[] predictions = new float[Math.multiplyExact(rows.length, size)];
        float[] targets = new float[Math.multiplyExact(rows.length, targetSize)];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, predictions, i * size, size);
            data.target(i, targets, i * targetSize);
        }
        Shape shape = model.outputShape();
        Feed feed = new ResidentFeed(
                model.backend(), new ArraySet(shape, predictions, data.targetShape(), targets), Normalization.IDENTITY);
        try (Prepared scoring = model.inference().prepare(feed, ModelGraph.scoring(model, feed), batchSize)) {
            Evaluation evaluation = model.inference().evaluate(scoring);
            return new Evaluation(evaluation.metrics(), rows.length, (System.nanoTime() - begin) / 1e9);
        }
    }
}
