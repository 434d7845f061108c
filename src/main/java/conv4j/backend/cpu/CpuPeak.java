package conv4j.backend.cpu;

import conv4j.backend.Peak;
import java.util.function.IntConsumer;

/** The most that multiply-adds on numbers in the nearest cache and copies do on these threads. */
final class CpuPeak {

    /** Multiply-adds in a row of {@link #multiplyAdd}, as many as hide that each number is read and written once. */
    static final int ROUNDS = 16;

    private static final double SEARCH = 0.5;
    private static final int NEAR = 1024;
    private static final double LONG_ENOUGH = 0.002;
    private static final int MOST_REPEATS = 1 << 16;
    private static final int COPIED = 8 << 20;

    private CpuPeak() {}

    static Peak measure(Workers workers) {
        return new Peak(flops(workers), bytes(workers));
    }

    private static double flops(Workers workers) {
        float[][] numbers = new float[workers.count()][NEAR];
        int repeats = 1;
        while (seconds(workers, multiplyAdds(numbers, repeats)) < LONG_ENOUGH && repeats < MOST_REPEATS) {
            repeats *= 2;
        }
        double operations = 2.0 * ROUNDS * NEAR * repeats * workers.count();
        return operations / least(workers, multiplyAdds(numbers, repeats));
    }

    private static IntConsumer multiplyAdds(float[][] numbers, int repeats) {
        return index -> {
            for (int i = 0; i < repeats; i++) {
                multiplyAdd(numbers[index], 0.5f, 1);
            }
        };
    }

    /** Sixteen rounds of {@code x = x * by + plus} for every number, which the compiler makes vectors of. */
    static void multiplyAdd(float[] numbers, float by, float plus) {
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
            x = Math.fma(x, by, plus);
            x = Math.fma(x, by, plus);
            x = Math.fma(x, by, plus);
            x = Math.fma(x, by, plus);
            x = Math.fma(x, by, plus);
            x = Math.fma(x, by, plus);
            numbers[i] = x;
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
