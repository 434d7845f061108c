package conv4j.layers;

import conv4j.config.Config;
import conv4j.graph.MaxPool2d;
import conv4j.graph.Operation;
import conv4j.graph.Value;
import conv4j.shape.PoolGeometry;

/** The maximum of every channel over the whole image: (height, width, channels) to (channels). */
public final class GlobalMaxPooling2D extends GlobalPoolingLayer<GlobalMaxPooling2D> {

    /** Pooling to one number per channel. */
    public GlobalMaxPooling2D() {
        // Nothing to set.
    }

    @Override
    Operation operation(Value input, Value output, PoolGeometry geometry) {
        return new MaxPool2d(input, output, geometry);
    }

    static GlobalMaxPooling2D from(Config config) {
        return new GlobalMaxPooling2D().configure(config);
    }
}
