package conv4j.dashboard;

import conv4j.backend.Backend;
import conv4j.data.ImageSet;
import conv4j.layers.Dense;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.losses.SparseCategoricalCrossentropy;
import conv4j.model.Sequential;
import conv4j.optimizers.SGD;
import conv4j.shape.Shape;
import java.util.List;

/** Which of two pixels is brighter: a model and data small enough to be counted by hand. */
final class Sides {

    private static final Shape SHAPE = Shape.of(1, 2, 1);

    private Sides() {}

    static Sequential modelOn(Backend backend) {
        Sequential model =
                new Sequential("brighter", new Input(SHAPE), new Flatten(), new Dense(2).activation("softmax"));
        model.on(backend);
        model.compile(new SGD(0.5), new SparseCategoricalCrossentropy());
        return model;
    }

    /** One image brighter on the right, one on the left. */
    static ImageSet images() {
        return new ImageSet(SHAPE, new byte[] {0, 9, 9, 0}, new int[] {1, 0}, List.of("left", "right"));
    }
}
