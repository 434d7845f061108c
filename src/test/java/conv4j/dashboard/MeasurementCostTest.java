package conv4j.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.reference.ReferenceBackend;
import conv4j.model.FitOptions;
import conv4j.model.Sequential;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How often the page's measurements are taken, with a clock that goes on by the same time whenever it is looked at. */
class MeasurementCostTest {

    private long now;
    private long tick;
    private final ReferenceBackend backend = new ReferenceBackend();
    private Sequential model;

    @BeforeEach
    void build() {
        model = Sides.modelOn(backend);
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

    @Test
    void theCostOfAMatrixIsATenthOfTheTime() {
        tick = 500_000_000L;
        ValidationConfusion confusion = new ValidationConfusion(Sides.images(), this::clock);
        assertEquals(1, confusion.afterEpoch(model, 1, 100, false).epoch());
        assertNull(confusion.afterEpoch(model, 2, 104.5, false));
        assertEquals(3, confusion.afterEpoch(model, 3, 105, false).epoch());
        assertNull(confusion.afterEpoch(model, 4, 109, false));
        assertEquals(5, confusion.afterEpoch(model, 5, 109, true).epoch());
    }

    private void oneStep() {
        model.fit(Sides.images(), new FitOptions().batchSize(2).epochs(1));
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
