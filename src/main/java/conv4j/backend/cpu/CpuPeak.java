package conv4j.backend.cpu;

import conv4j.backend.Peak;

/**
 * The most that copies do on these threads. The most of multiply-adds is left unknown: Java's loops do not reach it, and
 * what oneDNN does would be compared with itself.
 */
final class CpuPeak {

    private static final int RUNS = 8;
    private static final int COPIED = 8 << 20;

    private CpuPeak() {}

    static Peak measure(Workers workers) {
        return new Peak(Double.NaN, bytes(workers));
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
