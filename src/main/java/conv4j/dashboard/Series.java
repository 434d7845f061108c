package conv4j.dashboard;

import java.util.ArrayList;
import java.util.List;

/**
 * Points over time, of which there are never more than a limit: when it is reached every second one is left out, and from
 * then on only every second one is taken, so that a training of any length keeps its whole course.
 *
 * <p>Readers that come again ask for what is new since an earlier {@link Mark}.
 */
final class Series<T> {

    private final int limit;
    private final List<T> points = new ArrayList<>();
    private int every = 1;
    private int generation;
    private int offered;

    /** How far somebody has read; thinned points must be read again from the first one. */
    record Mark(int generation, int size) {

        /** Nothing was read. */
        static final Mark BEGIN = new Mark(0, 0);
    }

    /** The points from an index on; those that the reader has from there on are replaced. */
    record Part<T>(int from, List<T> points) {}

    /** An empty series of at most so many points, an even number. */
    Series(int limit) {
        this.limit = limit;
    }

    void add(T point) {
        if (offered++ % every != 0) {
            return;
        }
        points.add(point);
        if (points.size() == limit) {
            List<T> kept = new ArrayList<>();
            for (int i = 0; i < limit; i += 2) {
                kept.add(points.get(i));
            }
            points.clear();
            points.addAll(kept);
            every *= 2;
            generation++;
        }
    }

    /** Begins anew. */
    void clear() {
        points.clear();
        every = 1;
        offered = 0;
        generation++;
    }

    Mark mark() {
        return new Mark(generation, points.size());
    }

    /** {@return what was added since the mark, null for nothing} */
    Part<T> since(Mark mark) {
        int from = mark.generation() == generation ? mark.size() : 0;
        return mark.equals(mark()) ? null : new Part<>(from, List.copyOf(points.subList(from, points.size())));
    }
}
