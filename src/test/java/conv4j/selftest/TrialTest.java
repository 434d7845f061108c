package conv4j.selftest;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.Backend;
import conv4j.backend.Placement;
import conv4j.backend.Run;
import conv4j.graph.Activate;
import conv4j.graph.Activation;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** The harness finds what is wrong with a backend. */
class TrialTest {

    private final Value x = Value.input("x", Shape.of(5));
    private final Value y = Value.activation("y", Shape.of(5));

    private Trial trial() {
        return Trial.of("relu", new Activate(x, y, Activation.RELU), 2, 3).put(x, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    }

    private void finds(String words, BiConsumer<Placement, Run> fault) {
        try (Backend faulty = new FaultyBackend((graph, placement, run) -> fault.accept(placement, run))) {
            AssertionError e = assertThrows(
                    AssertionError.class, () -> trial().assertExact(new Subject(faulty, null, Settings.TINY)));
            assertTrue(e.getMessage().contains(words), e.getMessage());
        }
    }

    private BiConsumer<Placement, Run> write(Value value, int element, float number) {
        return (placement, run) -> {
            Placement.Location at = placement.of(value);
            at.memory().write(at.offset() + element, new float[] {number}, 0, 1);
        };
    }

    @Test
    void aGoodBackendPasses() {
        try (Backend good = new FaultyBackend((graph, placement, run) -> {})) {
            assertDoesNotThrow(() -> trial().assertExact(new Subject(good, null, Settings.TINY)));
        }
    }

    @Test
    void aWrongNumberIsFound() {
        finds("element 7 of y (batch) x (5,) is 8.000001", write(y, 7, Math.nextUp(8f)));
    }

    @Test
    void aRowBeyondTheBatchThatIsWrittenIsFound() {
        finds("0 elements behind the end of y", write(y, 10, 0));
    }

    @Test
    void whatIsWrittenBeforeOrBehindTheValueIsFound() {
        finds("changed", write(y, -1, 0));
        finds("changed", write(y, 200, Float.NaN));
    }

    @Test
    void anInputThatIsChangedIsFound() {
        finds("element 3 of x", write(x, 3, 0));
    }

    @Test
    void numbersThatChangeFromRunToRunAreFound() {
        int[] runs = {0};
        finds("other bits", (placement, run) -> write(y, 0, ++runs[0]).accept(placement, run));
    }

    @Test
    void aRowBeyondTheBatchThatIsReadIsFound() {
        finds("is NaN", (placement, run) -> {
            Placement.Location from = placement.of(x);
            float[] beyond = new float[1];
            from.memory().read(from.offset() + 10, beyond, 0, 1);
            write(y, 9, 10 + 0 * beyond[0]).accept(placement, run);
        });
    }
}
