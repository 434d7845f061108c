package conv4j.backend.cpu;

import conv4j.backend.Peak;
import java.util.function.IntConsumer;

/** The most that multiply-adds on numbers in the nearest cache and copies do on these threads. */
final class CpuPeak {

    /**
     * Multiply-adds in a row of {@link #multiplyAdd}: enough to hide that each number is read and written once, and few
     * enough for a processor to have several numbers under way, since each waits for the one before.
     */
    static final int ROUNDS = 10;

    private static final double SEARCH = 0.4;

    /** Numbers of a thread: they fit the first-level cache, and so many that a loop's begin and end do not count. */
    private static final int NEAR = 8192;

    private static final double LONG_ENOUGH = 0.005;
    private static final int MOST_REPEATS = 1 << 16;
    private static final int WARM_UP_REPEATS = 1024;
    private static final int COPIED = 8 << 20;

    private CpuPeak() {}

    static Peak measure(Workers workers) {
        return new Peak(flops(workers), bytes(workers));
    }

    private static double flops(Workers workers) {
        // Every other array is left out, so that no two threads write to the same cache line.
        float[][] numbers = new float[2 * workers.count()][NEAR];
        // What is still interpreted takes so long that too few repeats would seem enough.
        seconds(workers, multiplyAdds(numbers, WARM_UP_REPEATS));
        int repeats = WARM_UP_REPEATS;
        while (seconds(workers, multiplyAdds(numbers, repeats)) < LONG_ENOUGH && repeats < MOST_REPEATS) {
            repeats *= 2;
        }
        double operations = 2.0 * ROUNDS * NEAR * repeats * workers.count();
        return operations / least(workers, multiplyAdds(numbers, repeats));
    }

    private static IntConsumer multiplyAdds(float[][] numbers, int repeats) {
        return index -> multiplyAdd(numbers[2 * index], 0.5f, 1, repeats);
    }

    /** Ten rounds of {@code x = x * by + plus} for every number, which the compiler makes vectors of, several times. */
    static void multiplyAdd(float[] numbers, float by, float plus, int repeats) {
        // Repeated here, not by the caller: what the compiler makes of this loop depends on what it is part of, and a
        // caller that is called often would become a part too.
        for (int repeat = 0; repeat < repeats; repeat++) {
            for (int i = 0; i < numbers.length; i++) {
                float x = numbers[i];
                x = Math.fma(x, by, plus);
                x = Math.fma(x, by, plus);
                x = Math.fma(x, by, plus);
                x = Math.fma(x, by, plus);
                x = Math.fma(x, by, plus);
                x = Math.fma(x, by, plus);
                x = Math.fma(x, by, plus);
                x = Math.fma(x, by, plus);
                x = Math.fma(x, by, plus);
                x = Math.fma(x, by, plus);
                numbers[i] = x;
            }
        }
    }

    private static double bytes(Workers workers) {
        int part = COPIED / workers.count();
        float[] from = new float[COPIED];
        float[] to = new float[COPIED];
        double seconds = least(workers, index -> System.arraycopy(from, index * part, to, index * part, part));
        return 2.0 * Float.BYTES * part * workers.count() / seconds;
    }

    /** Seconds of the best of many short runs with a share for every thread: the one that nobody else disturbed. */
    private static double least(Workers workers, IntConsumer share) {
        double seconds = Double.POSITIVE_INFINITY;
        long begin = System.nanoTime();
        do {
            seconds = Math.min(seconds, seconds(workers, share));
        } while ((System.nanoTime() - begin) * 1e-9 < SEARCH);
        return seconds;
    }

    private static double seconds(Workers workers, IntConsumer share) {
        long begin = System.nanoTime();
        workers.run(workers.count(), (index, lane) -> share.accept(index));
        return (System.nanoTime() - begin) * 1e-9;
    }
}
