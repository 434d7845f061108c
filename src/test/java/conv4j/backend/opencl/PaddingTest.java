package conv4j.backend.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.graph.Conv2d;
import conv4j.graph.Graph;
import conv4j.graph.Value;
import conv4j.selftest.GraphRun;
import conv4j.shape.ConvGeometry;
import conv4j.shape.Window;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What infinity gives against padding: nothing in the vector style, NaN in the tile style, as tiles.cl says. */
class PaddingTest {

    @Test
    void onlyTilesMultiplyPadding() {
        TestDevice.require();
        Window same = new Window(5, 3, 1, 1, 1, 1);
        ConvGeometry g = new ConvGeometry(same, same, 2, 3, 1);
        Value x = Value.input("x", g.inputShape());
        Value w = Value.parameter("w", g.kernelShape());
        Value y = Value.activation("y", g.outputShape());
        float[] ones = new float[(int) x.elements(1)];
        Arrays.fill(ones, 1);
        float[] kernel = new float[(int) w.elements(1)];
        kernel[0] = Float.POSITIVE_INFINITY;
        for (String variant : OpenClBackend.variants(0)) {
            try (OpenClBackend backend = TestDevice.open(variant)) {
                Graph graph = new Graph(List.of(new Conv2d(x, w, y, g)));
                float[] got = new GraphRun(1)
                        .put(x, ones)
                        .put(w, kernel)
                        .of(graph, backend)
                        .get(y);
                assertTrue(Float.isInfinite(got[(1 * 5 + 1) * 3]), variant + ": the infinite weight meets this place");
                for (int onPadding : new int[] {0, 1 * 5 * 3, 1 * 3}) {
                    assertEquals(
                            !backend.style().vectors(),
                            Float.isNaN(got[onPadding]),
                            variant + ": it meets only padding at " + onPadding);
                }
            }
        }
    }

    @Test
    void anInfiniteGradientReachesOnlyTheTapsThatMeetTheImage() {
        TestDevice.require();
        Window same = new Window(5, 3, 1, 1, 1, 1);
        ConvGeometry g = new ConvGeometry(same, same, 2, 3, 1);
        Value x = Value.input("x", g.inputShape());
        Value dy = Value.input("dy", g.outputShape());
        Value dw = Value.unbatched("dw", g.kernelShape());
        float[] ones = new float[(int) x.elements(1)];
        Arrays.fill(ones, 1);
        float[] gradient = new float[(int) dy.elements(1)];
        gradient[0] = Float.POSITIVE_INFINITY;
        for (String variant : OpenClBackend.variants(0)) {
            try (OpenClBackend backend = TestDevice.open(variant)) {
                Graph graph = new Graph(List.of(new Conv2d.KernelGradient(x, dy, dw, g)));
                float[] got = new GraphRun(1)
                        .put(x, ones)
                        .put(dy, gradient)
                        .of(graph, backend)
                        .get(dw);
                int middleTap = (1 * 3 + 1) * 2 * 3;
                assertTrue(Float.isInfinite(got[middleTap]), variant + ": the infinite gradient meets this tap");
                assertEquals(!backend.style().vectors(), Float.isNaN(got[0]), variant + ": it meets only padding here");
            }
        }
    }
}
