package conv4j.model;

import conv4j.backend.Backend;
import conv4j.backend.Placement;
import conv4j.backend.Run;
import conv4j.data.Dataset;
import conv4j.optimizers.Optimizer;
import conv4j.random.RandomStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The training loop: epochs over a data set, batches in a new order each, one run of the prepared steps per batch. The
 * loss is looked at only when somebody asks, and at least every second to notice a divergence.
 */
final class Trainer implements AutoCloseable {

    private static final long CHECK_NANOS = 1_000_000_000L;

    private final Model model;
    private final Backend backend;
    private final Optimizer optimizer;
    private final FitOptions options;
    private final History history;
    private final long orderSeed;
    private final long maskSeed;
    private final OptimizerState optimizerState;
    private final Prepared training;
    private final Prepared validation;
    private final Callbacks callbacks;
    private final EpochLogs epochLogs = new EpochLogs();
    private int epoch;
    private int batch;
    private int step;
    private long lastCheck;
    private boolean diverged;

    Trainer(Model model, Dataset data, Dataset validationData, FitOptions options, History history) {
        if (options.resumes()) {
            checkPosition(model.training().state(), data.size(), options.batchSize());
        }
        this.model = model;
        this.backend = model.backend();
        this.optimizer = model.compiled().optimizer();
        this.options = options;
        this.history = history;
        this.callbacks = new Callbacks(
                model,
                options.callbacks(),
                options.resumes() ? model.training().state().callbacks() : List.of());
        this.orderSeed = Seeds.ORDER.of(model.seed());
        this.maskSeed = Seeds.MASKS.of(model.seed());
        this.optimizerState = new OptimizerState(backend, model.deviceState(), optimizer);
        Prepared prepared = null;
        try {
            prepared = prepareTraining(data);
            this.training = prepared;
            this.validation = validationData == null
                    ? null
                    : model.inference()
                            .prepareEvaluation(
                                    validationData,
                                    options.validationWeights(data, validationData),
                                    options.batchSize(),
                                    prepared.slabs());
        } catch (RuntimeException e) {
            if (prepared != null) {
                prepared.close();
            }
            optimizerState.close();
            throw e;
        }
        try {
            restore(model.training().state());
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * A position in the middle of an epoch means the same only with batches of the same size. It is behind the last batch
     * when a callback saved the model after that batch, before the epoch's end.
     */
    private static void checkPosition(TrainingState state, int items, int batchSize) {
        int batches = (items - 1) / batchSize + 1;
        if (state.batch() > batches) {
            throw new IllegalArgumentException("the training to go on with stopped after batch " + state.batch()
                    + " of epoch " + (state.epoch() + 1) + ", but " + items + " items in batches of " + batchSize
                    + " make only " + batches + "; give the same data and batch size as before");
        }
    }

    private Prepared prepareTraining(Dataset data) {
        boolean sparse = model.compiled().loss().function().sparse();
        Feed feed = model.inference().feed(data, options.trainingWeights(data, sparse), options.batchSize());
        ModelGraph graph = ModelGraph.training(model, feed, optimizerState.flat());
        Placement placement = new Placement();
        model.deviceState().place(placement);
        optimizerState.place(placement, graph.gradients());
        return new Prepared(backend, graph, feed, placement, Math.min(options.batchSize(), data.size()));
    }

    private void restore(TrainingState state) {
        epoch = options.resumes() ? state.epoch() : 0;
        batch = options.resumes() ? state.batch() : 0;
        step = state.step();
        epochLogs.restore(state.logs(), epoch);
        optimizerState.write(state.slots());
        training.resetTotals();
        if (options.resumes() && state.totals().length > 0) {
            training.rawTotals(state.totals());
        }
    }

    /** Trains until the last epoch has ended or the model was told to stop. */
    void run() {
        long begin = System.nanoTime();
        callbacks.trainBegin(epoch);
        while (epoch < options.epochs() && !model.training().isStopping()) {
            callbacks.epochBegin(epoch);
            trainEpoch(begin);
            if (batch == batches() || diverged) {
                endEpoch();
            }
        }
        if (epoch < options.epochs()) {
            history.stop();
        }
        callbacks.trainEnd();
    }

    private int batches() {
        return (training.feed().items() - 1) / training.maxBatch() + 1;
    }

    private void trainEpoch(long begin) {
        int items = training.feed().items();
        training.feed().begin(options.shuffle() ? RandomStream.permutation(items, orderSeed, epoch) : inOrder(items));
        long epochBegin = System.nanoTime();
        long timedFrom = epochBegin;
        long untimedItems = (long) batch * training.maxBatch();
        while (batch < batches() && !model.training().isStopping()) {
            trainBatch(items);
            if (history.firstStepSeconds() == 0) {
                backend.finish();
                history.firstStep((System.nanoTime() - begin) / 1e9);
                timedFrom = System.nanoTime();
                untimedItems = trainedItems();
            }
            report(epochBegin);
            checkNow(false);
        }
        backend.finish();
        history.addTime(trainedItems() - untimedItems, (System.nanoTime() - timedFrom) / 1e9);
        checkNow(true);
    }

    static int[] inOrder(int items) {
        return IntStream.range(0, items).toArray();
    }

    private void trainBatch(int items) {
        int cursor = batch * training.maxBatch();
        int count = Math.min(training.maxBatch(), items - cursor);
        float[] c = optimizer.coefficients(step);
        training.run(new Run(count, step, maskSeed, cursor, c[0], c[1], c[2], c[3]));
        step++;
        batch++;
    }

    private void report(long epochBegin) {
        BatchProgress progress = new BatchProgress(
                epoch,
                options.epochs(),
                batch,
                batches(),
                trainedItems(),
                (System.nanoTime() - epochBegin) / 1e9,
                training.feed().waitedNanos() / 1e9,
                this::means);
        callbacks.batchEnd(progress);
    }

    private long trainedItems() {
        return Math.min((long) batch * training.maxBatch(), training.feed().items());
    }

    private Map<String, Double> means() {
        return training.means(trainedItems());
    }

    /** Throws when the loss was not finite at some step of this epoch, unless a callback prevents it. */
    private void checkNow(boolean always) {
        long now = System.nanoTime();
        if (always || now - lastCheck > CHECK_NANOS) {
            lastCheck = now;
            long bad = training.firstBadStep();
            if (bad >= 0 && !diverged) {
                diverge(bad);
            }
        }
    }

    private void diverge(long bad) {
        DivergedException failure = new DivergedException(
                "training diverged: the loss was not a finite number at step " + bad + " (epoch " + (epoch + 1)
                        + " of " + options.epochs()
                        + "); use a smaller learning rate or clip gradients, and look"
                        + " for NaN in the data; " + model.training().lastSaved(),
                bad);
        int badBatch = (int) (bad - (step - batch));
        diverged = callbacks.divergence(badBatch, failure);
        if (!diverged) {
            throw failure;
        }
        model.stopTraining();
    }

    private void endEpoch() {
        Map<String, Double> logs = new LinkedHashMap<>(means());
        if (validation != null) {
            model.inference().evaluate(validation).metrics().forEach((name, value) -> logs.put("val_" + name, value));
        }
        epochLogs.add(logs);
        int ended = epoch;
        epoch++;
        batch = 0;
        training.resetTotals();
        callbacks.epochEnd(ended, logs);
        history.add(logs);
    }

    int plannedEpochs() {
        return options.epochs();
    }

    /** The optimizer's steps that are done. */
    int step() {
        return step;
    }

    /** Where training is now, everything read back from the device. */
    TrainingState state() {
        float[] totals = batch == 0 ? new float[0] : training.rawTotals();
        return new TrainingState(
                epoch, batch, step, totals, optimizerState.read(), epochLogs.list(), callbacks.entries());
    }

    @Override
    public void close() {
        if (validation != null) {
            validation.close();
        }
        training.close();
        optimizerState.close();
    }
}
