package conv4j.layers;

import conv4j.config.Config;
import conv4j.graph.AveragePool2d;
import conv4j.graph.Operation;
import conv4j.graph.Value;
import conv4j.shape.PoolGeometry;

/** The mean of every channel over the whole image: (height, width, channels) to (channels). */
public final class GlobalAveragePooling2D extends GlobalPoolingLayer<GlobalAveragePooling2D> {

    /** Pooling to one number per channel. */
    public GlobalAveragePooling2D() {
        // Nothing to set.
    }

    @Override
    Operation operation(Value input, Value output, PoolGeometry geometry) {
        return new AveragePool2d(input, output, geometry);
    }

    static GlobalAveragePooling2D from(Config config) {
        return new GlobalAveragePooling2D().configure(config);
    }
}
