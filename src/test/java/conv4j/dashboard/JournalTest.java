package conv4j.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What readers get, and how long the end waits for them. */
class JournalTest {

    private final Journal journal = new Journal();

    private static JsonObject next(Journal.Reader reader) throws InterruptedException {
        return JsonParser.parseString(reader.next(1)).getAsJsonObject();
    }

    private static Pace.Point point(double at) {
        return new Pace.Point(at, Map.of("loss", 1.0), 0.1, null, null, null);
    }

    @Test
    void everySeriesIsNewsAndThenNone() throws Exception {
        try (Journal.Reader reader = journal.new Reader()) {
            assertEquals("{}", reader.next(1));
            journal.add(point(0.5));
            assertEquals(Set.of("batches"), next(reader).keySet());
            journal.add(new Journal.Epoch(1, Map.of("loss", 1.0)));
            assertEquals(Set.of("epochs"), next(reader).keySet());
            journal.add(new Journal.Ratios(0.5, Map.of("dense", -3.0)));
            assertEquals(Set.of("ratios"), next(reader).keySet());
            journal.set("state", "one");
            assertEquals(Set.of("state"), next(reader).keySet());
            assertEquals("", reader.next(1));
        }
    }

    @Test
    void aTrainingThatBeginsForgetsTheOneBefore() throws Exception {
        try (Journal.Reader reader = journal.new Reader()) {
            for (String fact : List.of("confusion", "progress", "state")) {
                journal.set(fact, fact);
            }
            journal.add(point(0.5));
            journal.add(new Journal.Epoch(1, Map.of("loss", 1.0)));
            journal.add(new Journal.Ratios(0.5, Map.of("dense", -3.0)));
            next(reader);
            journal.begin();
            JsonObject news = next(reader);
            assertEquals(Set.of("batches", "epochs", "ratios"), news.keySet());
            for (String series : news.keySet()) {
                assertEquals("{\"from\":0,\"points\":[]}", news.get(series).toString(), series);
            }
        }
        try (Journal.Reader late = journal.new Reader()) {
            assertEquals("state", next(late).get("state").getAsString());
        }
    }

    private double secondsOfEnd(long mostMillis) {
        long begin = System.nanoTime();
        journal.end(mostMillis);
        return (System.nanoTime() - begin) / 1e9;
    }

    @Test
    void theEndWaitsForPagesButNotForever() throws Exception {
        try (Journal.Reader slow = journal.new Reader()) {
            assertEquals("{}", slow.next(1));
            double seconds = secondsOfEnd(150);
            assertTrue(seconds >= 0.14 && seconds < 5, "waited " + seconds + " s");
        }
        double seconds = secondsOfEnd(5000);
        assertTrue(seconds < 2, "waited " + seconds + " s for nobody");
    }

    @Test
    void theEndIsOverWhenTheLastPageHasGone() throws Exception {
        Journal.Reader reader = journal.new Reader();
        Journal.Reader other = journal.new Reader();
        CompletableFuture<Double> end = CompletableFuture.supplyAsync(() -> secondsOfEnd(8000));
        Thread.sleep(50);
        reader.close();
        Thread.sleep(50);
        assertFalse(end.isDone(), "one page is still there");
        other.close();
        assertTrue(end.get(10, TimeUnit.SECONDS) < 4);
    }

    @Test
    void anInterruptionEndsTheWaitingAndStaysToBeSeen() throws Exception {
        try (Journal.Reader slow = journal.new Reader()) {
            assertEquals("{}", slow.next(1));
            Thread.currentThread().interrupt();
            double seconds = secondsOfEnd(8000);
            assertTrue(Thread.interrupted());
            assertTrue(seconds < 4, "waited " + seconds + " s");
        }
    }

    /** Thinned and then emptied: a mark from before both must not look like one from after them. */
    @Test
    void marksOfAnEarlierCourseAreNotTakenForLaterOnes() {
        Series<Integer> series = new Series<>(4);
        series.add(0);
        series.add(1);
        Series.Mark mark = series.mark();
        series.add(2);
        series.add(3);
        series.clear();
        List.of(7, 8, 9).forEach(series::add);
        assertEquals(new Series.Part<>(0, List.of(7, 8, 9)), series.since(mark));
    }
}
