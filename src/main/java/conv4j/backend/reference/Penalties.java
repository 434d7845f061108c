package conv4j.backend.reference;

import conv4j.backend.Step;
import conv4j.graph.Penalty;

/** Penalties on large parameters. */
final class Penalties {

    private Penalties() {}

    static Step penalty(Penalty operation, Places places) {
        Floats w = places.of(operation.parameter());
        Floats loss = places.of(operation.loss());
        Floats y = places.of(operation.output());
        int elements = operation.parameter().shape().size();
        return run -> {
            double absolutes = 0;
            double squares = 0;
            for (int i = 0; i < elements; i++) {
                absolutes += Math.abs((double) w.get(i));
                squares += (double) w.get(i) * w.get(i);
            }
            double penalty = operation.l1() * absolutes + operation.l2() * squares;
            for (int item = 0; item < run.batch(); item++) {
                y.set(item, loss.get(item) + penalty);
            }
        };
    }

    static Step gradient(Penalty.Gradient operation, Places places) {
        Floats w = places.of(operation.parameter());
        Floats gradient = places.of(operation.gradient());
        int elements = operation.parameter().shape().size();
        return run -> {
            for (int i = 0; i < elements; i++) {
                double x = w.get(i);
                gradient.set(i, operation.l1() * Math.signum(x) + 2 * operation.l2() * x);
            }
        };
    }
}
