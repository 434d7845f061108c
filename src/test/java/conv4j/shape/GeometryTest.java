package conv4j.shape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Shapes and the geometries of convolution and pooling. */
class GeometryTest {

    private final Window rows = Padding.SAME.rows(8, 3, 2, 1);
    private final Window columns = Padding.VALID.columns(10, 3, 1, 2);

    @Test
    void convolutionKnowsItsShapes() {
        ConvGeometry g = new ConvGeometry(rows, columns, 6, 9, 3);
        assertEquals(Shape.of(8, 10, 6), g.inputShape());
        assertEquals(Shape.of(3, 3, 2, 9), g.kernelShape());
        assertEquals(Shape.of(4, 6, 9), g.outputShape());
        assertEquals(3, g.groupOutputChannels());
        assertEquals(3L * 3 * 2 * 4 * 6 * 9, g.multiplyAdds());
    }

    @Test
    void channelsMustBeDivisibleByGroups() {
        assertThrows(IllegalArgumentException.class, () -> new ConvGeometry(rows, columns, 6, 9, 2));
        assertThrows(IllegalArgumentException.class, () -> new ConvGeometry(rows, columns, 5, 9, 3));
        assertThrows(IllegalArgumentException.class, () -> new ConvGeometry(rows, columns, 6, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> new ConvGeometry(rows, columns, 6, 9, 0));
        assertThrows(IllegalArgumentException.class, () -> new ConvGeometry(rows, columns, 0, 9, 1));
        assertEquals(1, new ConvGeometry(rows, columns, 1, 1, 1).groupInputChannels());
    }

    /** A pooling geometry exists exactly when every window covers a pixel. */
    @Test
    void noPoolingWindowLiesOnPaddingAlone() {
        Window one = new Window(1, 1, 1, 1, 0, 0);
        for (int input = 1; input <= 5; input++) {
            for (int kernel = 1; kernel <= 4; kernel++) {
                for (int stride = 1; stride <= 4; stride++) {
                    for (int pads = 0; pads < 25; pads++) {
                        if (kernel <= input + pads / 5 + pads % 5) {
                            Window window = new Window(input, kernel, stride, 1, pads / 5, pads % 5);
                            if (covered(window)) {
                                assertEquals(
                                        window.output(),
                                        new PoolGeometry(window, one, 1)
                                                .outputShape()
                                                .dim(0));
                            } else {
                                assertThrows(
                                        IllegalArgumentException.class,
                                        () -> new PoolGeometry(window, one, 1),
                                        window::toString);
                                assertThrows(
                                        IllegalArgumentException.class,
                                        () -> new PoolGeometry(one, window, 1),
                                        window::toString);
                            }
                        }
                    }
                }
            }
        }
    }

    private static boolean covered(Window window) {
        for (int place = 0; place < window.output(); place++) {
            int start = place * window.stride() - window.padLow();
            if (start >= window.input() || start + window.kernel() <= 0) {
                return false;
            }
        }
        return true;
    }

    @Test
    void poolingKnowsItsShapes() {
        PoolGeometry g = new PoolGeometry(rows, columns, 5);
        assertEquals(Shape.of(8, 10, 5), g.inputShape());
        assertEquals(Shape.of(4, 6, 5), g.outputShape());
        assertThrows(IllegalArgumentException.class, () -> new PoolGeometry(rows, columns, 0));
    }

    @Test
    void shapesReadAsRowsAndColumns() {
        Shape shape = Shape.of(4, 5, 6);
        assertEquals(20, shape.rows());
        assertEquals(6, shape.columns());
        assertEquals(120, shape.size());
        assertEquals(6, shape.dim(-1));
        assertEquals(Shape.of(4, 9, 6), shape.with(-2, 9));
        assertEquals("(4, 5, 6)", shape.toString());
        assertEquals("(7,)", Shape.of(7).toString());
        assertEquals("()", Shape.SCALAR.toString());
        assertEquals(1, Shape.SCALAR.size());
        assertEquals(1, Shape.SCALAR.rows());
        assertEquals(1, Shape.SCALAR.columns());
        assertEquals(3, shape.rank());
        assertEquals(0, Shape.SCALAR.rank());
    }

    @Test
    void shapesAreEqualWhenTheirExtentsAre() {
        Shape shape = Shape.of(4, 5, 6);
        assertEquals(Shape.of(4, 5, 6), shape);
        assertEquals(Shape.of(4, 5, 6).hashCode(), shape.hashCode());
        assertNotEquals(Shape.of(6, 5, 4), shape);
        assertNotEquals(Shape.of(6, 5, 4).hashCode(), shape.hashCode());
        assertFalse(shape.equals((Object) "(4, 5, 6)"));
    }

    @Test
    void shapesRefuseWhatNoArrayCanHold() {
        assertThrows(IllegalArgumentException.class, () -> Shape.of(3, 0));
        assertThrows(IllegalArgumentException.class, () -> Shape.of(-1));
        assertThrows(IllegalArgumentException.class, () -> Shape.of(65536, 32768));
        assertThrows(IllegalArgumentException.class, () -> Shape.of(1 << 30, 1 << 30, 1 << 30, 1 << 30));
        assertEquals(Integer.MAX_VALUE, Shape.of(Integer.MAX_VALUE).size());
        assertThrows(IllegalArgumentException.class, () -> Shape.of(2, 3).dim(2));
        assertThrows(IllegalArgumentException.class, () -> Shape.of(2, 3).dim(-3));
    }

    @Test
    void shapesCannotBeChangedFromOutside() {
        int[] dims = {2, 3};
        Shape shape = Shape.of(dims);
        dims[0] = 9;
        shape.toArray()[1] = 9;
        assertEquals(Shape.of(2, 3), shape);
        assertTrue(shape.toArray()[1] == 3);
    }
}
