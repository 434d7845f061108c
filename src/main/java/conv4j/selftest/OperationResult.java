package conv4j.selftest;

/**
 * What was found of one operation.
 *
 * @param operation its name, as in {@link conv4j.graph.Operation#name()}
 * @param cases how many inputs, geometries and batches it was compared on
 * @param worstShare its largest error as a share of the bound there; 0 where everything was exact, above 1 where it failed
 * @param seconds what the comparisons took, the reference's own work included
 */
public record OperationResult(String operation, long cases, double worstShare, double seconds) {}
