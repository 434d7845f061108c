package conv4j.backend.cpu;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * What is made for one size of batch, kept for the sizes used last: the full batch, the last short one, and those of an
 * evaluation.
 *
 * @param <T> what is made
 */
final class ByBatch<T extends AutoCloseable> implements AutoCloseable {

    private static final int KEPT = 4;

    private final IntFunction<T> make;
    private final Map<Integer, T> made = new LinkedHashMap<>(KEPT, 0.75f, true);

    ByBatch(IntFunction<T> make) {
        this.make = make;
    }

    T get(int batch) {
        T found = made.get(batch);
        if (found == null) {
            if (made.size() == KEPT) {
                close(made.remove(made.keySet().iterator().next()));
            }
            found = make.apply(batch);
            made.put(batch, found);
        }
        return found;
    }

    private static void close(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        made.values().forEach(ByBatch::close);
        made.clear();
    }
}
