package conv4j.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.reference.ReferenceBackend;
import conv4j.data.ArraySet;
import conv4j.data.Dataset;
import conv4j.layers.BatchNormalization;
import conv4j.layers.Dense;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.losses.MeanSquaredError;
import conv4j.optimizers.SGD;
import conv4j.shape.Shape;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What callbacks learn of a running training: items, time, time without data, and which weights change. */
class BatchProgressTest {

    private static final int ITEMS = 10;
    private static final long READING_MILLIS = 5;

    private final ReferenceBackend backend = new ReferenceBackend();
    private final ArraySet data = new ArraySet(Shape.of(1, 1, 2), new float[2 * ITEMS], Shape.of(1), new float[ITEMS]);

    @AfterEach
    void close() {
        backend.close();
    }

    private Sequential model() {
        return new Sequential(
                "m", new Input(1, 1, 2), new BatchNormalization(), new Flatten(), new Dense(2), new Dense(1));
    }

    /** The same items, each of which must be read from somewhere slow. */
    private Dataset slow() {
        return (Dataset) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Dataset.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("input")) {
                        Thread.sleep(READING_MILLIS);
                    }
                    return method.getName().equals("inMemory") ? false : method.invoke(data, arguments);
                });
    }

    private List<BatchProgress> train(Dataset set) {
        List<BatchProgress> seen = new ArrayList<>();
        try (Model model = model().on(backend)) {
            model.compile(new SGD(0.1), new MeanSquaredError());
            model.fit(set, new FitOptions().batchSize(4).callbacks(new Callback() {
                        @Override
                        public void onBatchEnd(Model trained, BatchProgress progress) {
                            seen.add(progress);
                        }
                    }));
        }
        return seen;
    }

    @Test
    void itemsCountTheShortLastBatchAsItIs() {
        assertEquals(
                List.of(4L, 8L, 10L),
                train(data).stream().map(BatchProgress::items).toList());
    }

    @Test
    void nobodyWaitsForDataThatLiesOnTheDevice() {
        assertEquals(0, train(data).get(2).dataSeconds());
    }

    @Test
    void waitingForSlowDataIsPartOfTheTime() {
        BatchProgress last = train(slow()).get(2);
        // Several threads may read a batch, one item of it takes this long.
        assertTrue(last.dataSeconds() >= READING_MILLIS / 1e3, () -> "waited " + last.dataSeconds());
        assertTrue(last.dataSeconds() <= last.seconds(), () -> last.dataSeconds() + " of " + last.seconds());
    }

    @Test
    void trainableWeightsAreParametersOfLayersThatAreNotFrozen() {
        try (Model model = model().on(backend)) {
            assertEquals(
                    List.of(
                            "batch_normalization/gamma",
                            "batch_normalization/beta",
                            "dense/kernel",
                            "dense/bias",
                            "dense_1/kernel",
                            "dense_1/bias"),
                    model.weights().trainableNames());
            model.freeze("dense", "batch_normalization");
            assertEquals(
                    List.of("dense_1/kernel", "dense_1/bias"), model.weights().trainableNames());
        }
    }
}
