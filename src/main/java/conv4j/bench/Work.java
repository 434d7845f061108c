package conv4j.bench;

import conv4j.graph.Conv2d;
import conv4j.graph.Graph;
import conv4j.graph.MatMul;
import conv4j.graph.Operation;
import conv4j.graph.Update;
import conv4j.graph.Value;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What some operations have to do at least.
 *
 * @param flops floating-point operations of convolutions (padding counted) and matrix products, a multiply-add counted as
 *     two; those of everything else are not counted
 * @param bytes of all values, read once and written once each
 */
public record Work(double flops, double bytes) {

    /**
     * The work of one operation.
     *
     * @param operation any
     * @param batch items
     * @return flops and bytes
     */
    public static Work of(Operation operation, int batch) {
        double products = operation.unfused().stream()
                .mapToDouble(one -> multiplyAdds(one, batch))
                .sum();
        return new Work(2 * products, bytes(operation, batch));
    }

    /**
     * The work of a graph.
     *
     * @param graph the operations of a step
     * @param batch items
     * @return the sum over all operations
     */
    public static Work of(Graph graph, int batch) {
        Work sum = new Work(0, 0);
        for (Operation operation : graph.operations()) {
            Work one = of(operation, batch);
            sum = new Work(sum.flops + one.flops, sum.bytes + one.bytes);
        }
        return sum;
    }

    private static double multiplyAdds(Operation operation, int batch) {
        if (operation instanceof MatMul product) {
            return (double) product.m(batch) * product.n() * product.k(batch);
        }
        if (operation instanceof Conv2d direct) {
            return (double) batch * direct.geometry().multiplyAdds();
        }
        if (operation instanceof Conv2d.InputGradient gradient) {
            return (double) batch * gradient.geometry().multiplyAdds();
        }
        return operation instanceof Conv2d.KernelGradient gradient
                ? (double) batch * gradient.geometry().multiplyAdds()
                : 0;
    }

    private static double bytes(Operation operation, int batch) {
        Set<Value> read = new LinkedHashSet<>(operation.inputs());
        Set<Value> written = new LinkedHashSet<>(operation.outputs());
        if (operation instanceof Update update) {
            read.addAll(update.slots());
            written.addAll(update.slots());
        }
        return bytes(read, batch) + bytes(written, batch);
    }

    private static double bytes(Set<Value> values, int batch) {
        return values.stream()
                .mapToDouble(
                        value -> (double) value.elements(batch) * value.type().bytes())
                .sum();
    }
}
