package conv4j.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.reference.ReferenceBackend;
import conv4j.data.ArraySet;
import conv4j.layers.Dense;
import conv4j.layers.Input;
import conv4j.losses.MeanSquaredError;
import conv4j.optimizers.SGD;
import conv4j.shape.Shape;
import org.junit.jupiter.api.Test;

class ResumePositionTest {

    private static final ArraySet ITEMS = new ArraySet(Shape.of(2), new float[40], Shape.of(1), new float[20]);

    /** Stops after three of five batches. */
    private static final Callback STOP = new Callback() {
        @Override
        public void onBatchEnd(Model model, BatchProgress progress) {
            if (progress.batch() == 3) {
                model.stopTraining();
            }
        }
    };

    @Test
    void aPositionThatTheEpochDoesNotHaveIsRefused() {
        try (ReferenceBackend backend = new ReferenceBackend();
                Model model = new Sequential("line", new Input(2), new Dense(1)).on(backend)) {
            model.compile(new SGD(0.1), new MeanSquaredError());
            model.fit(ITEMS, new FitOptions().epochs(2).batchSize(4).callbacks(STOP));
            assertEquals(0, model.trainedEpochs());
            FitOptions larger = new FitOptions().epochs(2).batchSize(10).resume(true);
            String message = assertThrows(IllegalArgumentException.class, () -> model.fit(ITEMS, larger))
                    .getMessage();
            assertTrue(message.contains("stopped after batch 3 of epoch 1"), message);
            assertTrue(message.contains("20 items in batches of 10 make only 2"), message);
            model.fit(ITEMS, new FitOptions().epochs(2).batchSize(4).resume(true));
            assertEquals(2, model.trainedEpochs());
        }
    }
}
