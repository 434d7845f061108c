package conv4j.backend.cpu;

import conv4j.backend.Peak;

/**
 * The most that Java's own loops do on these threads: polynomials by Horner's rule over a small array, which the virtual
 * machine turns into vectors of multiply-adds, and a copy. A library with wider vectors than the machine's choice may do
 * more.
 */
final class CpuPeak {

    private static final int RUNS = 8;
    private static final int WARM_UP = 20_000;
    private static final int ROUNDS = 40_000;
    private static final int SMALL = 512;
    private static final int MULTIPLY_ADDS = 16;
    private static final int COPIED = 8 << 20;

    private CpuPeak() {}

    static Peak measure(Workers workers) {
        return new Peak(flops(workers), bytes(workers));
    }

    private static double flops(Workers workers) {
        float[][] arrays = new float[workers.count()][SMALL];
        polynomials(workers, arrays, WARM_UP);
        double seconds = Double.POSITIVE_INFINITY;
        for (int run = 0; run < RUNS; run++) {
            seconds = Math.min(seconds, polynomials(workers, arrays, ROUNDS));
        }
        return 2.0 * MULTIPLY_ADDS * SMALL * ROUNDS * workers.count() / seconds;
    }

    private static double polynomials(Workers workers, float[][] arrays, int rounds) {
        long begin = System.nanoTime();
        workers.run(arrays.length, (index, lane) -> {
            for (int round = 0; round < rounds; round++) {
                polynomial(arrays[index], 0.5f, 1);
            }
        });
        return (System.nanoTime() - begin) * 1e-9;
    }

    /** Sixteen times x = x * a + b, for every x; it goes towards b / (1 - a). */
    static void polynomial(float[] x, float a, float b) {
        for (int i = 0; i < x.length; i++) {
            float y = x[i];
            y = Math.fma(y, a, b);
            y = Math.fma(y, a, b);
            y = Math.fma(y, a, b);
            y = Math.fma(y, a, b);
            y = Math.fma(y, a, b);
            y = Math.fma(y, a, b);
            y = Math.fma(y, a, b);
            y = Math.fma(y, a, b);
            y = Math.fma(y, a, b);
            y = Math.fma(y, a, b);
            y = Math.fma(y, a, b);
            y = Math.fma(y, a, b);
            y = Math.fma(y, a, b);
            y = Math.fma(y, a, b);
            y = Math.fma(y, a, b);
            x[i] = Math.fma(y, a, b);
        }
    }

    private static double bytes(Workers workers) {
        int part = COPIED / workers.count();
        float[] from = new float[COPIED];
        float[] to = new float[COPIED];
        double seconds = Double.POSITIVE_INFINITY;
        for (int run = 0; run < RUNS; run++) {
            long begin = System.nanoTime();
            workers.run(workers.count(), (index, lane) -> System.arraycopy(from, index * part, to, index * part, part));
            seconds = Math.min(seconds, (System.nanoTime() - begin) * 1e-9);
        }
        return 2.0 * Float.BYTES * part * workers.count() / seconds;
    }
}
