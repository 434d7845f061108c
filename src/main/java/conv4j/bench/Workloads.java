package conv4j.bench;

import java.util.List;

/** The list of what is measured, whole steps of networks apart. */
public final class Workloads {

    private Workloads() {}

    /**
     * The operations of a group.
     *
     * @param group a kind of work
     * @return in the order in which they are measured; none for TRAINING
     */
    public static List<Workload> of(Group group) {
        return switch (group) {
            case GEMM -> Matrices.all();
            case CONVOLUTION -> Convolutions.all();
            case POOLING -> Poolings.all();
            case ELEMENTWISE -> Elements.all();
            case TRAINING -> List.of();
        };
    }
}
