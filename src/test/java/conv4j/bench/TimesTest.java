package conv4j.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.Peak;
import org.junit.jupiter.api.Test;

/** Medians, and the rates that are made of them. */
class TimesTest {

    @Test
    void theMedianIsTheMiddleOne() {
        assertEquals(new Times(3, 1, 9, 3), Times.of(9, 1, 3));
        assertEquals(new Times(5, 5, 5, 1), Times.of(5));
    }

    @Test
    void theMedianOfAnEvenCountIsBetweenTheMiddleTwo() {
        assertEquals(new Times(3, 1, 100, 4), Times.of(100, 2, 1, 4));
        assertEquals(new Times(1.5, 1, 2, 2), Times.of(2, 1));
    }

    @Test
    void noRunIsRefused() {
        assertThrows(IllegalArgumentException.class, Times::of);
    }

    @Test
    void partsDivideAllTimes() {
        assertEquals(new Times(1, 0.5, 2, 3), Times.of(2, 4, 8).dividedBy(4));
    }

    @Test
    void ratesCountWhatBoundsTheWork() {
        Work work = new Work(600, 80);
        Times times = Times.of(2);
        Peak peak = new Peak(1000, 100);
        Measurement products = new Measurement(Group.GEMM, "a", 1, work, times, null);
        assertEquals(300, products.rate());
        assertEquals(0.3, products.share(peak), 1e-15);
        Measurement elements = new Measurement(Group.ELEMENTWISE, "b", 1, work, times, null);
        assertEquals(40, elements.rate());
        assertEquals(0.4, elements.share(peak), 1e-15);
    }

    @Test
    void whatIsNotKnownIsNotANumber() {
        Work work = new Work(600, 80);
        assertTrue(Double.isNaN(new Measurement(Group.GEMM, "a", 1, work, null, "too long").rate()));
        assertTrue(Double.isNaN(new Measurement(Group.GEMM, "a", 1, work, Times.of(1), null).share(Peak.UNKNOWN)));
    }
}
