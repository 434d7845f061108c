package conv4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.Backend;
import conv4j.backend.BackendException;
import conv4j.backend.reference.ReferenceBackend;
import conv4j.selftest.FaultyBackend;
import conv4j.selftest.FirstUse;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which device is taken when nobody names one. */
class BackendsTest {

    @TempDir
    Path folder;

    private Backends.Choice choice(List<Supplier<Backend>> devices, Backend otherwise) {
        return Backends.firstGood(devices, new FirstUse(folder), () -> otherwise, "there is none");
    }

    @Test
    void theFirstDeviceThatPassesIsTaken() {
        try (Backend good = new ReferenceBackend()) {
            Backends.Choice choice = choice(
                    List.of(
                            () -> {
                                throw new BackendException("opencl:0 does not start\ncompiler:\na long log");
                            },
                            () -> FaultyBackend.wrongIn("MatMul"),
                            () -> good),
                    null);
            assertSame(good, choice.backend());
            String reason = choice.reason();
            assertTrue(reason.startsWith("the first GPU that works; opencl:0 does not start; "), reason);
            assertTrue(reason.contains("fails its self-test: 'matrix product: "), reason);
            assertTrue(reason.contains("'./conv4j selftest --device reference' shows all"), reason);
        }
    }

    @Test
    void withoutADeviceThatPassesTheOtherOneIsTakenAndOneLineSaysWhy() {
        try (Backend other = new ReferenceBackend()) {
            Backends.Choice none = choice(List.of(), other);
            assertEquals("there is none", none.reason());
            Backends.Choice failed = choice(List.of(() -> FaultyBackend.wrongIn("Conv2d")), other);
            assertSame(other, failed.backend());
            assertTrue(failed.reason().startsWith("no GPU works; "), failed.reason());
            assertEquals(1, failed.reason().lines().count());
        }
    }

    @Test
    void variantsAreOpenedByNameOrRefused() {
        assertEquals(List.of(), Backends.variants("reference"));
        assertEquals(List.of("onednn", "java"), Backends.variants("cpu"));
        try (Backend java = Backends.open("cpu", "java")) {
            assertTrue(
                    java.device().platform().startsWith("Java"), java.device().platform());
        }
        for (String device : List.of("cpu", "reference")) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> Backends.open(device, "tiles-64x64"));
            assertTrue(e.getMessage().contains("tiles-64x64"), e.getMessage());
        }
    }
}
