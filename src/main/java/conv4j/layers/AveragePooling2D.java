package conv4j.layers;

import conv4j.config.Config;
import conv4j.graph.AveragePool2d;
import conv4j.graph.Operation;
import conv4j.graph.Value;
import conv4j.shape.PoolGeometry;

/**
 * The mean, padding not counted, of every window, per channel: (height, width, channels) to (new height, new width, channels).
 */
public final class AveragePooling2D extends PoolingLayer<AveragePooling2D> {

    /** Windows of 2 x 2, side by side. */
    public AveragePooling2D() {
        this(2);
    }

    /**
     * Square windows, side by side.
     *
     * @param poolSize height and width of a window, 1 or more
     */
    public AveragePooling2D(int poolSize) {
        this(poolSize, poolSize);
    }

    /**
     * Windows, side by side.
     *
     * @param rows height of a window, 1 or more
     * @param columns width of a window, 1 or more
     */
    public AveragePooling2D(int rows, int columns) {
        super(rows, columns);
    }

    @Override
    Operation operation(Value input, Value output, PoolGeometry geometry) {
        return new AveragePool2d(input, output, geometry);
    }

    static AveragePooling2D from(Config config) {
        int[] poolSize = config.pair("pool_size", 2);
        return new AveragePooling2D(poolSize[0], poolSize[1]).configure(config);
    }
}
