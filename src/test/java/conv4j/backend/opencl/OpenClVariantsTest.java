package conv4j.backend.opencl;

import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.Backend;
import conv4j.backend.BackendContract;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The contract with every variant of the kernels that any device may choose, whether it suits this one or not. */
class OpenClVariantsTest {

    @Test
    void everyVariantHasItsContract() {
        TestDevice.require();
        List<String> tested = List.of("vectors-4", "vectors-8", "vectors-16", "tiles-32", "tiles-64");
        assertTrue(tested.containsAll(OpenClBackend.variants(0)), () -> "untested: " + OpenClBackend.variants(0));
    }

    /** The contract with a named variant. */
    abstract static class Variant extends BackendContract {

        private final String name;

        Variant(String name) {
            this.name = name;
        }

        @Override
        protected Backend open() {
            return TestDevice.open(name);
        }

        @Override
        protected String variant() {
            return name;
        }
    }

    @Nested
    class VectorsOf4 extends Variant {
        VectorsOf4() {
            super("vectors-4");
        }
    }

    @Nested
    class VectorsOf8 extends Variant {
        VectorsOf8() {
            super("vectors-8");
        }
    }

    @Nested
    class VectorsOf16 extends Variant {
        VectorsOf16() {
            super("vectors-16");
        }
    }

    @Nested
    class TilesOf32 extends Variant {
        TilesOf32() {
            super("tiles-32");
        }
    }

    @Nested
    class TilesOf64 extends Variant {
        TilesOf64() {
            super("tiles-64");
        }
    }
}
