package conv4j.backend.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import conv4j.shape.ConvGeometry;
import conv4j.shape.Window;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The phases of a gather are the gather: every position meets the same taps at the same sources, each exactly once. */
class GatherPhaseTest {

    /** What a target position sums. */
    private record Product(int position, int tap, int source) {}

    /** By the definition of an axis; {@code reversed} names taps as the kernel of the forward convolution does. */
    private static List<Product> byDefinition(GatherGeometry.Axis axis, boolean reversed) {
        List<Product> products = new ArrayList<>();
        for (int t = 0; t < axis.target(); t++) {
            for (int tap = 0; tap < axis.taps(); tap++) {
                int s = t * axis.step() + tap * axis.dilation() - axis.padLow();
                if (s >= 0 && s % axis.gap() == 0 && s / axis.gap() < axis.source()) {
                    products.add(new Product(t, reversed ? axis.taps() - 1 - tap : tap, s / axis.gap()));
                }
            }
        }
        return products;
    }

    private static List<Product> byPhases(GatherGeometry g, boolean reversed) {
        List<Product> products = new ArrayList<>();
        for (GatherPhase phase : GatherPhase.of(g, reversed)) {
            GatherGeometry.Axis axis = phase.gather().rows();
            GatherPhase.Axis place = phase.rows();
            assertEquals(1, axis.gap());
            assertEquals(g.rows().target(), place.target());
            for (int i = 0; i < axis.target(); i++) {
                for (int j = 0; j < axis.taps(); j++) {
                    int s = i * axis.step() + j * axis.dilation() - axis.padLow();
                    if (s >= 0 && s < axis.source()) {
                        int position = place.first() + i * place.gap();
                        products.add(new Product(position, place.firstTap() + j * place.tapStep(), s));
                    }
                }
            }
        }
        return products;
    }

    private static List<Product> inOrder(List<Product> products, boolean reversed) {
        return products.stream()
                .sorted(Comparator.comparingInt(Product::position)
                        .thenComparingInt(product -> reversed ? -product.tap() : product.tap()))
                .toList();
    }

    @Test
    void everyPositionMeetsItsTapsOnce() {
        Window single = new Window(1, 1, 1, 1, 0, 0);
        for (int kernel = 1; kernel <= 5; kernel++) {
            for (int stride = 1; stride <= 4; stride++) {
                for (int dilation = 1; dilation <= 4; dilation++) {
                    for (int pad = 0; pad <= 4; pad++) {
                        for (int input = (kernel - 1) * dilation + 1; input <= 17; input += 3) {
                            Window window = new Window(input, kernel, stride, dilation, pad, pad / 2);
                            ConvGeometry geometry = new ConvGeometry(window, single, 1, 1, 1);
                            check(GatherGeometry.inputGradient(geometry), true);
                            check(GatherGeometry.forward(geometry), false);
                        }
                    }
                }
            }
        }
    }

    private static void check(GatherGeometry g, boolean reversed) {
        assertEquals(byDefinition(g.rows(), reversed), inOrder(byPhases(g, reversed), reversed), g.toString());
    }

    @Test
    void aStrideOfTwoMakesFourPhasesWithAQuarterOfTheTaps() {
        Window window = new Window(8, 4, 2, 1, 1, 1);
        GatherGeometry g = GatherGeometry.inputGradient(new ConvGeometry(window, window, 1, 1, 1));
        List<GatherPhase> phases = GatherPhase.of(g, true);
        assertEquals(4, phases.size());
        phases.forEach(phase -> assertEquals(4, phase.gather().taps()));
        assertEquals(
                g.positions(),
                phases.stream().mapToLong(phase -> phase.gather().positions()).sum());
    }
}
