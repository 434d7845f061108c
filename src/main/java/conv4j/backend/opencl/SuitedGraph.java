package conv4j.backend.opencl;

import conv4j.graph.Activate;
import conv4j.graph.Activation;
import conv4j.graph.Fusion;
import conv4j.graph.Graph;
import conv4j.graph.Operation;

/** The form of a graph that a style of kernels runs best: which operations one kernel does, see {@link Fusion}. */
final class SuitedGraph {

    private SuitedGraph() {}

    /**
     * Merges operations that are one kernel. Winograd's patches with vectors are the windows of the usual poolings.
     *
     * @param graph what is to be run
     * @param style of the kernels
     * @param maxBatch items of a batch at most
     * @return a graph that computes the same
     */
    static Graph of(Graph graph, Style style, int maxBatch) {
        Graph dropped = Fusion.dropped(Fusion.noted(graph), gradient -> isOnTheWay(gradient.activation()));
        return style.vectors() ? Fusion.pooled(dropped, operation -> isPooled(operation, style, maxBatch)) : dropped;
    }

    private static boolean isPooled(Operation operation, Style style, int maxBatch) {
        return operation instanceof Activate activate
                ? isOnTheWay(activate.activation())
                : ConvolutionSteps.usesWinograd(style, operation, maxBatch);
    }

    /**
     * Whether kernels of other things do an activation, or its gradient, on their way, as fast as a kernel of its own.
     *
     * @param activation any
     * @return whether it is a ReLU
     */
    static boolean isOnTheWay(Activation activation) {
        return activation.kind() == Activation.Kind.RELU;
    }
}
