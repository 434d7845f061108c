package conv4j.model;

import conv4j.losses.Loss;
import conv4j.metrics.Metric;
import conv4j.optimizers.Optimizer;
import java.util.List;

/**
 * What {@code compile} was given.
 *
 * @param optimizer changes the parameters
 * @param loss what is made small
 * @param metrics what else is reported
 */
public record Compiled(Optimizer optimizer, Loss loss, List<Metric> metrics) {

    public Compiled {
        metrics = List.copyOf(metrics);
    }
}
