/**
 * Which operations are computed on which values. A {@link conv4j.graph.Graph} is a list of operations in an order in
 * which they can run; {@link conv4j.graph.Fusion}, {@link conv4j.graph.Gradients} and {@link conv4j.graph.MemoryPlan}
 * work on that list. Nothing here knows a device.
 */
package conv4j.graph;
