package conv4j.callbacks;

import conv4j.backend.Backend;
import conv4j.layers.Dense;
import conv4j.layers.Input;
import conv4j.losses.MeanSquaredError;
import conv4j.metrics.Metric;
import conv4j.model.Sequential;
import conv4j.optimizers.SGD;

/** The smallest model that callbacks can watch: a dense layer of one weight, with a learning rate of 1. */
final class OneWeight {

    private OneWeight() {}

    static Sequential on(Backend backend, Metric... metrics) {
        Sequential model =
                new Sequential("one", new Input(1), new Dense(1).useBias(false).name("dense"));
        model.on(backend);
        model.compile(new SGD(1), new MeanSquaredError(), metrics);
        return model;
    }
}
