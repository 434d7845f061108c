package conv4j.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class PrecisionTest {

    @Test
    void precisionsHaveNames() {
        for (Precision precision : Precision.values()) {
            assertEquals(precision, Precision.named(precision.toString()));
        }
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Precision.named("half"));
        assertEquals("there is no precision 'half'; use float32, 3xtf32, tf32, mixed, mixed_float16", e.getMessage());
    }

    /** Two operands with half a unit of the last place each: 1 + 10, 11 + 11 and 1 + 7 bits. */
    @Test
    void errorsOfProductsFollowFromTheRoundingOfOperands() {
        assertEquals(0, Precision.FLOAT32.productError());
        assertEquals(Math.pow(1 + 0x1p-11, 2) - 1, Precision.TF32.productError());
        assertEquals(Math.pow(1 + 0x1p-8, 2) - 1, Precision.MIXED.productError());
        assertEquals(3 * 0x1p-22, Precision.TF32_X3.productError());
        assertEquals(Math.pow(1 + 0x1p-11, 2) - 1, Precision.MIXED_FLOAT16.productError());
    }

    @Test
    void aGraphKeepsItsPrecisionWhenOperationsAreMerged() {
        Graph graph = new Graph();
        assertEquals(Precision.FLOAT32, graph.precision());
        graph.precision(Precision.TF32);
        assertEquals(Precision.TF32, Fusion.apply(graph, true).precision());
        assertEquals(Precision.TF32, graph.withOperations(List.of()).precision());
    }
}
