package conv4j.backend.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import conv4j.graph.Conv2d;
import conv4j.graph.Graph;
import conv4j.graph.Value;
import conv4j.selftest.GraphRun;
import conv4j.shape.ConvGeometry;
import conv4j.shape.Window;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What infinity gives against padding: nothing in the vector style and by Winograd's method, NaN by the tiled convolutions, as
 * tiles.cl says.
 */
class PaddingTest {

    private final Window same = new Window(5, 3, 1, 1, 1, 1);
    private final ConvGeometry g = new ConvGeometry(same, same, 2, 3, 1);
    private final Value x = Value.input("x", g.inputShape());
    private final Value w = Value.parameter("w", g.kernelShape());
    private final Value y = Value.activation("y", g.outputShape());
    private final Value dy = Value.input("dy", g.outputShape());
    private final Value dw = Value.unbatched("dw", g.kernelShape());

    @TestFactory
    Stream<DynamicTest> onlyTilesMultiplyPadding() {
        TestDevice.require();
        return OpenClBackend.variants(0).stream()
                .map(variant -> dynamicTest(variant, () -> {
                    try (OpenClBackend backend = TestDevice.open(variant)) {
                        anInfiniteWeightMeetsPadding(backend);
                        anInfiniteGradientReachesTheTapsThatMeetTheImage(backend);
                    }
                }));
    }

    private void anInfiniteWeightMeetsPadding(OpenClBackend backend) {
        Graph graph = new Graph(List.of(new Conv2d(x, w, y, g)));
        float[] got = new GraphRun(1)
                .put(x, ones(x))
                .put(w, infinityFirst(w))
                .of(graph, backend)
                .get(y);
        assertTrue(Float.isInfinite(got[(1 * 5 + 1) * 3]), "the infinite weight meets this place");
        for (int onPadding : new int[] {0, 1 * 5 * 3, 1 * 3}) {
            assertEquals(
                    multipliesPadding(backend), Float.isNaN(got[onPadding]), "it meets only padding at " + onPadding);
        }
    }

    private void anInfiniteGradientReachesTheTapsThatMeetTheImage(OpenClBackend backend) {
        Graph graph = new Graph(List.of(new Conv2d.KernelGradient(x, dy, dw, g)));
        float[] got = new GraphRun(1)
                .put(x, ones(x))
                .put(dy, infinityFirst(dy))
                .of(graph, backend)
                .get(dw);
        int middleTap = (1 * 3 + 1) * 2 * 3;
        assertTrue(Float.isInfinite(got[middleTap]), "the infinite gradient meets this tap");
        assertEquals(multipliesPadding(backend), Float.isNaN(got[0]), "it meets only padding here");
    }

    private static boolean multipliesPadding(OpenClBackend backend) {
        Style style = backend.style();
        return !style.vectors() && style.convolutions() != Style.Convolutions.WINOGRAD;
    }

    private static float[] ones(Value value) {
        float[] ones = new float[(int) value.elements(1)];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static float[] infinityFirst(Value value) {
        float[] numbers = new float[(int) value.elements(1)];
        numbers[0] = Float.POSITIVE_INFINITY;
        return numbers;
    }
}
