package conv4j.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import conv4j.model.BatchProgress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What pages are told: series, speeds, ratios, and waiting at the gate. */
class DashboardTest {

    private static BatchProgress progress(int epoch, int batch, double dataSeconds) {
        return new BatchProgress(epoch, 2, batch, 10, 32L * batch, 0, dataSeconds, Map::of);
    }

    @Test
    void aSeriesKeepsItsWholeCourseInBoundedSpace() {
        Series<Integer> series = new Series<>(8);
        Series.Mark mark = Series.Mark.BEGIN;
        IntStream.range(0, 5).forEach(series::add);
        assertEquals(new Series.Part<>(0, List.of(0, 1, 2, 3, 4)), series.since(mark));
        mark = series.mark();
        assertNull(series.since(mark));
        series.add(5);
        assertEquals(new Series.Part<>(5, List.of(5)), series.since(mark));
        IntStream.range(6, 40).forEach(series::add);
        // Thinned three times: a reader gets everything anew.
        assertEquals(new Series.Part<>(0, List.of(0, 8, 16, 24, 32)), series.since(mark));
    }

    @Test
    void aSeriesThatBeginsAnewIsReadAnew() {
        Series<Integer> series = new Series<>(8);
        series.add(1);
        Series.Mark mark = series.mark();
        series.clear();
        series.add(2);
        assertEquals(new Series.Part<>(0, List.of(2)), series.since(mark));
    }

    @Test
    void aPointIsOfTheBatchesSinceThePointBefore() {
        Pace pace = new Pace();
        pace.beginEpoch(true);
        Pace.Point first = pace.look(progress(0, 1, 0), Map.of("loss", 3.0), 5, 0.1);
        assertEquals(new Pace.Point(0.1, Map.of("loss", 3.0), 0.1, null, null, null), first);
        // Four more batches whose mean is 2: (1 * 3 + 4 * 2) / 5 = 2.2. Of 3 s one was a pause, and half a second
        // waiting.
        pace.leaveOut(1);
        Pace.Point second = pace.look(progress(0, 5, 0.5), Map.of("loss", 2.2), 8, 0.1);
        assertEquals(0.5, second.at());
        assertEquals(2.0, second.means().get("loss"), 1e-12);
        assertEquals(4 * 32 / 2.0, second.itemsPerSecond(), 1e-9);
        assertEquals(500 / 4.0, second.dataMillis(), 1e-9);
        assertEquals(1500 / 4.0, second.stepMillis(), 1e-9);
    }

    @Test
    void waitingIsOfTheBatchesSinceThePointBefore() {
        Pace pace = new Pace();
        pace.beginEpoch(false);
        pace.look(progress(0, 1, 0.25), Map.of("loss", 3.0), 1, 0.1);
        Pace.Point point = pace.look(progress(0, 3, 0.75), Map.of("loss", 3.0), 3, 0.1);
        assertEquals(500 / 2.0, point.dataMillis(), 1e-9);
        assertEquals(1500 / 2.0, point.stepMillis(), 1e-9);
    }

    @Test
    void anEpochAfterTheFirstBeginsFromZero() {
        Pace pace = new Pace();
        pace.beginEpoch(true);
        pace.look(progress(0, 10, 4), Map.of("loss", 3.0), 5, 0.1);
        pace.beginEpoch(false);
        Pace.Point point = pace.look(progress(1, 2, 0.5), Map.of("loss", 1.0), 2, 0.1);
        assertEquals(1.2, point.at(), 1e-12);
        assertEquals(1.0, point.means().get("loss"), 1e-12);
        assertEquals(32.0, point.itemsPerSecond(), 1e-9);
        assertEquals(250.0, point.dataMillis(), 1e-9);
    }

    @Test
    void theRatioIsOfMeanMagnitudesOverAllParametersOfALayer() {
        Map<String, Double> ratios = UpdateRatios.compare(
                Map.of("conv/kernel", new float[] {1, -2}, "conv/bias", new float[] {0}, "dense/kernel", new float[] {4
                }),
                Map.of(
                        "conv/kernel",
                        new float[] {1.25f, -2.5f},
                        "conv/bias",
                        new float[] {-0.75f},
                        "dense/kernel",
                        new float[] {4}));
        assertEquals(Math.log10(1.5 / 3), ratios.get("conv"), 1e-12);
        assertTrue(ratios.containsKey("dense"));
        assertNull(ratios.get("dense"), "nothing changed, which has no logarithm");
    }

    @Test
    void theGateHoldsUntilItIsOpenedAndNeverAfterItsRemoval() throws Exception {
        Gate gate = new Gate();
        assertEquals(0, gate.pass());
        gate.close();
        CompletableFuture<Long> waiting = CompletableFuture.supplyAsync(gate::pass);
        assertThrows(java.util.concurrent.TimeoutException.class, () -> waiting.get(100, TimeUnit.MILLISECONDS));
        gate.open();
        long nanos = waiting.get(10, TimeUnit.SECONDS);
        assertTrue(nanos > 50_000_000L && nanos < 10_000_000_000L, nanos + " ns");
        gate.remove();
        gate.close();
        assertEquals(0, gate.pass());
        gate.restore();
        gate.close();
        assertTrue(gate.isClosed());
    }

    @Test
    void removingAGateLetsThoseThroughWhoWait() throws Exception {
        Gate gate = new Gate();
        assertFalse(gate.isClosed());
        gate.close();
        CompletableFuture<Long> waiting = CompletableFuture.supplyAsync(gate::pass);
        assertThrows(java.util.concurrent.TimeoutException.class, () -> waiting.get(50, TimeUnit.MILLISECONDS));
        gate.remove();
        assertTrue(waiting.get(10, TimeUnit.SECONDS) > 0);
        gate.restore();
        gate.close();
        gate.restore();
        assertFalse(gate.isClosed());
    }

    @Test
    void anInterruptionOpensTheGateAndStaysToBeSeen() {
        Gate gate = new Gate();
        gate.close();
        Thread.currentThread().interrupt();
        gate.pass();
        assertTrue(Thread.interrupted());
        assertFalse(gate.isClosed());
    }

    @Test
    void aReaderIsToldOfTheEndAndOfNothingAfterwards() throws Exception {
        Journal journal = new Journal();
        journal.set("state", "one");
        try (Journal.Reader reader = journal.new Reader()) {
            reader.next(0);
            assertEquals("", reader.next(1));
            journal.end(1);
            JsonObject last = JsonParser.parseString(reader.next(1)).getAsJsonObject();
            assertTrue(last.get("over").getAsBoolean());
            assertNull(reader.next(1));
        }
    }

    @Test
    void aClosedDashboardAnswersNoMore() {
        Dashboard dashboard = Dashboard.open();
        java.net.URI url = dashboard.url();
        dashboard.close();
        assertThrows(java.net.ConnectException.class, () -> new java.net.Socket("127.0.0.1", url.getPort()).close());
    }

    @Test
    void aPortThatDoesNotExistIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Dashboard.open(65536));
    }
}
