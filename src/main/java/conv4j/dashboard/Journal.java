package conv4j.dashboard;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonNull;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that pages show of a training. The training thread writes; every page has a {@link Reader} with a thread of
 * its own, which gets whatever it does not have yet: a page that is slow, late or gone costs the training nothing.
 */
final class Journal {

    private static final int MOST_BATCH_POINTS = 2000;
    private static final int MOST_EPOCHS = 2000;
    private static final int MOST_RATIOS = 500;

    /** JSON has no NaN and no infinity; both are written as null. */
    private static final Gson GSON = new GsonBuilder()
            .disableHtmlEscaping()
            .serializeNulls()
            .registerTypeAdapter(Double.class, (JsonSerializer<Double>)
                    (number, type, context) -> Double.isFinite(number) ? new JsonPrimitive(number) : JsonNull.INSTANCE)
            .create();

    private final Series<Pace.Point> batches = new Series<>(MOST_BATCH_POINTS);
    private final Series<Epoch> epochs = new Series<>(MOST_EPOCHS);
    private final Series<Ratios> ratios = new Series<>(MOST_RATIOS);
    private final Map<String, Object> facts = new LinkedHashMap<>();
    private int version;
    private int readers;
    private boolean over;

    /** What an epoch came to, numbered from 1. */
    record Epoch(int epoch, Map<String, Double> means) {}

    /** log10 of update : weight by layer, at a time in epochs. */
    record Ratios(double at, Map<String, Double> layers) {}

    /** A training begins: what was known of an earlier one is forgotten. */
    synchronized void begin() {
        batches.clear();
        epochs.clear();
        ratios.clear();
        facts.keySet().removeAll(List.of("confusion", "progress"));
        changed();
    }

    synchronized void add(Pace.Point point) {
        batches.add(point);
        changed();
    }

    synchronized void add(Epoch epoch) {
        epochs.add(epoch);
        changed();
    }

    synchronized void add(Ratios measured) {
        ratios.add(measured);
        changed();
    }

    /** Replaces one of the things of which only the present is shown. */
    synchronized void set(String name, Object value) {
        facts.put(name, value);
        changed();
    }

    /** Nothing more will come. Waits, but not long, until the pages have the last news. */
    synchronized void end(long mostMillis) {
        over = true;
        changed();
        long end = System.nanoTime() + mostMillis * 1_000_000;
        try {
            for (long left = mostMillis; readers > 0 && left > 0; left = (end - System.nanoTime()) / 1_000_000) {
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void changed() {
        version++;
        notifyAll();
    }

    /** Reads for one page, from the very beginning on. Used by one thread. */
    final class Reader implements AutoCloseable {

        private Series.Mark batchMark = Series.Mark.BEGIN;
        private Series.Mark epochMark = Series.Mark.BEGIN;
        private Series.Mark ratioMark = Series.Mark.BEGIN;
        private final Map<String, Object> seenFacts = new LinkedHashMap<>();
        private int seen = -1;
        private boolean done;

        Reader() {
            synchronized (Journal.this) {
                readers++;
            }
        }

        /**
         * Waits for news.
         *
         * @return one line of JSON, empty when nothing happened for so long; null after the last news
         */
        String next(long mostMillis) throws InterruptedException {
            Map<String, Object> news = new LinkedHashMap<>();
            synchronized (Journal.this) {
                if (done) {
                    return null;
                }
                if (seen == version) {
                    Journal.this.wait(mostMillis);
                }
                if (seen == version) {
                    return "";
                }
                collect(news);
            }
            return GSON.toJson(news);
        }

        private void collect(Map<String, Object> news) {
            seen = version;
            facts.forEach((name, value) -> {
                if (seenFacts.put(name, value) != value) {
                    news.put(name, value);
                }
            });
            put(news, "batches", batches.since(batchMark));
            put(news, "epochs", epochs.since(epochMark));
            put(news, "ratios", ratios.since(ratioMark));
            batchMark = batches.mark();
            epochMark = epochs.mark();
            ratioMark = ratios.mark();
            done = over;
            put(news, "over", over ? true : null);
        }

        private static void put(Map<String, Object> news, String name, Object value) {
            if (value != null) {
                news.put(name, value);
            }
        }

        @Override
        public void close() {
            synchronized (Journal.this) {
                readers--;
                Journal.this.notifyAll();
            }
        }
    }
}
