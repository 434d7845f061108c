package conv4j.backend;

/**
 * The most that a device was seen to do, with kernels that do nothing else: what rates of real work are compared with.
 *
 * @param flops floating-point operations per second, a multiply-add counted as two; NaN where that was not measured
 * @param bytes bytes per second read and written by a copy; NaN where that was not measured
 */
public record Peak(double flops, double bytes) {

    /** Nothing was measured. */
    public static final Peak UNKNOWN = new Peak(Double.NaN, Double.NaN);
}
