package conv4j.report;

import conv4j.data.ArraySet;
import conv4j.data.Dataset;
import conv4j.shape.Shape;

/** Data sets of a single image. */
final class One {

    private One() {}

    static Dataset of(Shape shape, float[] pixels) {
        return new ArraySet(shape, pixels, Shape.SCALAR, new float[1]);
    }
}
