package conv4j.bench;

import conv4j.graph.Operation;
import java.util.Map;

/**
 * One operation of given sizes.
 *
 * @param group its kind
 * @param name tells it from all others, and says its sizes
 * @param batch items
 * @param operation the operation
 * @param sizes all sizes by name, so that other programs can do the same
 */
public record Workload(Group group, String name, int batch, Operation operation, Map<String, Object> sizes) {

    /**
     * What it has to do.
     *
     * @return flops and bytes
     */
    public Work work() {
        return Work.of(operation, batch);
    }
}
