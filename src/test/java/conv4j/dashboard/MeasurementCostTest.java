package conv4j.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.reference.ReferenceBackend;
import conv4j.data.ImageSet;
import conv4j.layers.Dense;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.losses.SparseCategoricalCrossentropy;
import conv4j.model.FitOptions;
import conv4j.model.Sequential;
import conv4j.optimizers.SGD;
import conv4j.shape.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How often the page's measurements are taken, with a clock that goes on by the same time whenever it is looked at. */
class MeasurementCostTest {

    private static final Shape SHAPE = Shape.of(1, 2, 1);

    private long now;
    private long tick;
    private final ReferenceBackend backend = new ReferenceBackend();
    private Sequential model;

    @BeforeEach
    void build() {
        model = new Sequential("brighter", new Input(SHAPE), new Flatten(), new Dense(2).activation("softmax"));
        model.on(backend);
        model.compile(new SGD(0.5), new SparseCategoricalCrossentropy());
    }

    @AfterEach
    void close() {
        model.close();
        backend.close();
    }

    private long clock() {
        now += tick;
        return now;
    }

    private static ImageSet images() {
        return new ImageSet(SHAPE, new byte[] {0, 9, 9, 0}, new int[] {1, 0}, List.of("left", "right"));
    }

    @Test
    void theCostOfAMatrixIsATenthOfTheTime() {
        tick = 500_000_000L;
        ValidationConfusion confusion = new ValidationConfusion(images(), this::clock);
        assertEquals(1, confusion.afterEpoch(model, 1, 100, false).epoch());
        assertNull(confusion.afterEpoch(model, 2, 104.5, false));
        assertEquals(3, confusion.afterEpoch(model, 3, 105, false).epoch());
        assertNull(confusion.afterEpoch(model, 4, 109, false));
        assertEquals(5, confusion.afterEpoch(model, 5, 109, true).epoch());
    }

    private void oneStep() {
        model.fit(images(), new FitOptions().batchSize(2).epochs(1));
    }

    /** Reading takes 20 ms twice, so that 4 s must pass until it is done again. */
    @Test
    void theCostOfUpdateRatiosIsAHundredthOfTheTime() {
        tick = 20_000_000L;
        UpdateRatios ratios = new UpdateRatios(this::clock);
        assertEquals(Map.of(), ratios.afterStep(model, 0));
        oneStep();
        assertTrue(Double.isFinite(ratios.afterStep(model, 0.5).get("dense")));
        oneStep();
        assertEquals(Map.of(), ratios.afterStep(model, 4.25));
        oneStep();
        assertEquals(Map.of(), ratios.afterStep(model, 4.375));
        assertEquals(Map.of(), ratios.afterStep(model, 4.5));
        oneStep();
        assertTrue(ratios.afterStep(model, 4.5).containsKey("dense"));
    }

    @Test
    void updateRatiosAreOfASingleStepAndOnceASecondAtMost() {
        UpdateRatios ratios = new UpdateRatios(this::clock);
        assertEquals(Map.of(), ratios.afterStep(model, 0));
        oneStep();
        oneStep();
        assertEquals(Map.of(), ratios.afterStep(model, 0.5));
        oneStep();
        assertEquals(Map.of(), ratios.afterStep(model, 1.25));
        oneStep();
        assertEquals(Map.of(), ratios.afterStep(model, 1.375));
        assertEquals(Map.of(), ratios.afterStep(model, 1.5));
        oneStep();
        assertTrue(ratios.afterStep(model, 1.5).containsKey("dense"));
    }
}
