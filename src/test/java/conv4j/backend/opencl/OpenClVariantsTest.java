package conv4j.backend.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.Backend;
import conv4j.backend.BackendContract;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The contract with every variant of the kernels that any device may choose, whether it suits this one or not, and so with
 * the one that this device has chosen. Of the tiles some are left to {@code -Dconv4j.selftest=long}, because they run the
 * same lines as the others: kernels by shape already take tiles of 64 x 64, 128 x 32, 64 x 16 and 32 x 32, and {@code
 * ./check} runs their shortest form. Tensor cores, where they are played, are a hundred times slower: {@link TensorTest} has a
 * short form.
 */
class OpenClVariantsTest {

    private static final String LONG =
            "runs with -Dconv4j.selftest=long; ./check has its shortest form, './conv4j selftest --long' a longer one";

    @Test
    void everyVariantHasItsContract() {
        TestDevice.require();
        List<String> tested = List.of(
                "vectors-4",
                "vectors-8",
                "vectors-16",
                "vectors-4-direct",
                "vectors-8-direct",
                "vectors-16-direct",
                "vectors-4-winograd",
                "vectors-8-winograd",
                "vectors-16-winograd",
                "vectors-4-lines",
                "vectors-8-lines",
                "vectors-16-lines",
                "tiles",
                "tiles-winograd",
                "tiles-col2im",
                "tiles-128x128",
                "tiles-128x64",
                "tiles-128x64-16x8",
                "tiles-64x64",
                "tiles-128x32",
                "tiles-144x32",
                "tiles-64x16",
                "tiles-32x32",
                "tiles-3xtf32",
                "tiles-128x128-3xtf32",
                "tiles-tf32",
                "tiles-128x128-tf32",
                "tiles-mixed",
                "tiles-128x128-mixed",
                "tiles-mixed_float16",
                "tiles-128x128-mixed_float16");
        assertTrue(tested.containsAll(TestDevice.variants()), () -> "untested: " + TestDevice.variants());
        try (OpenClBackend own = TestDevice.open()) {
            assertTrue(TestDevice.variants().contains(own.style().name()), own.style()::name);
            try (OpenClBackend named = TestDevice.open(own.style().name())) {
                assertEquals(own.style(), named.style());
            }
        }
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

    /** The contract with a variant that differs from another one only in how it convolves. */
    abstract static class Convolving extends Variant {

        private static final Set<String> FAMILIES =
                Set.of("convolution", "arithmetic", "graph", "gradients", "adjoints");

        Convolving(String name) {
            super(name);
        }

        @Override
        protected boolean concerns(String title) {
            String family = title.substring(0, title.indexOf(':'));
            return FAMILIES.contains(family)
                    || family.equals("pooled convolution") && variant().endsWith("winograd");
        }
    }

    /** The same for one that differs in how it multiplies matrices too. */
    abstract static class Tiled extends Convolving {

        Tiled(String name) {
            super(name);
        }

        @Override
        protected boolean concerns(String title) {
            return super.concerns(title) || title.startsWith("matrix product:");
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
    class WinogradOf4 extends Convolving {
        WinogradOf4() {
            super("vectors-4-winograd");
        }
    }

    @Nested
    class WinogradOf8 extends Convolving {
        WinogradOf8() {
            super("vectors-8-winograd");
        }
    }

    @Nested
    class WinogradOf16 extends Convolving {
        WinogradOf16() {
            super("vectors-16-winograd");
        }
    }

    @Nested
    class DirectOf4 extends Convolving {
        DirectOf4() {
            super("vectors-4-direct");
        }
    }

    @Nested
    class DirectOf8 extends Convolving {
        DirectOf8() {
            super("vectors-8-direct");
        }
    }

    @Nested
    class DirectOf16 extends Convolving {
        DirectOf16() {
            super("vectors-16-direct");
        }
    }

    @Nested
    class LinesOf4 extends Convolving {
        LinesOf4() {
            super("vectors-4-lines");
        }
    }

    @Nested
    class LinesOf8 extends Convolving {
        LinesOf8() {
            super("vectors-8-lines");
        }
    }

    @Nested
    class LinesOf16 extends Convolving {
        LinesOf16() {
            super("vectors-16-lines");
        }
    }

    @Nested
    class TilesByShape extends Variant {
        TilesByShape() {
            super("tiles");
        }
    }

    @Nested
    class WinogradInTiles extends Convolving {
        WinogradInTiles() {
            super("tiles-winograd");
        }
    }

    @Nested
    class Col2ImInTiles extends Convolving {
        Col2ImInTiles() {
            super("tiles-col2im");
        }
    }

    @Nested
    class LargeTiles extends Tiled {
        LargeTiles() {
            super("tiles-128x128");
        }
    }

    @Nested
    @EnabledIfSystemProperty(named = "conv4j.selftest", matches = "long", disabledReason = LONG)
    class HighTiles extends Tiled {
        HighTiles() {
            super("tiles-128x64");
        }
    }

    @Nested
    @EnabledIfSystemProperty(named = "conv4j.selftest", matches = "long", disabledReason = LONG)
    class MiddleTiles extends Variant {
        MiddleTiles() {
            super("tiles-64x64");
        }
    }

    @Nested
    @EnabledIfSystemProperty(named = "conv4j.selftest", matches = "long", disabledReason = LONG)
    class NarrowTiles extends Tiled {
        NarrowTiles() {
            super("tiles-128x32");
        }
    }

    @Nested
    class NinefoldTiles extends Tiled {
        NinefoldTiles() {
            super("tiles-144x32");
        }
    }

    @Nested
    @EnabledIfSystemProperty(named = "conv4j.selftest", matches = "long", disabledReason = LONG)
    class TallTiles extends Tiled {
        TallTiles() {
            super("tiles-128x64-16x8");
        }
    }

    @Nested
    @EnabledIfSystemProperty(named = "conv4j.selftest", matches = "long", disabledReason = LONG)
    class SlimTiles extends Tiled {
        SlimTiles() {
            super("tiles-64x16");
        }
    }

    @Nested
    class SmallTiles extends Variant {
        SmallTiles() {
            super("tiles-32x32");
        }
    }

    @Nested
    @EnabledIfSystemProperty(named = "conv4j.selftest", matches = "long", disabledReason = LONG)
    class AccurateTensorCores extends Variant {
        AccurateTensorCores() {
            super("tiles-3xtf32");
        }
    }

    @Nested
    @EnabledIfSystemProperty(named = "conv4j.selftest", matches = "long", disabledReason = LONG)
    class AccurateTensorCoresInLargeTiles extends Variant {
        AccurateTensorCoresInLargeTiles() {
            super("tiles-128x128-3xtf32");
        }
    }

    @Nested
    @EnabledIfSystemProperty(named = "conv4j.selftest", matches = "long", disabledReason = LONG)
    class TensorCores extends Variant {
        TensorCores() {
            super("tiles-tf32");
        }
    }

    @Nested
    @EnabledIfSystemProperty(named = "conv4j.selftest", matches = "long", disabledReason = LONG)
    class TensorCoresInLargeTiles extends Variant {
        TensorCoresInLargeTiles() {
            super("tiles-128x128-tf32");
        }
    }

    @Nested
    @EnabledIfSystemProperty(named = "conv4j.selftest", matches = "long", disabledReason = LONG)
    class MixedPrecision extends Variant {
        MixedPrecision() {
            super("tiles-mixed");
        }
    }

    @Nested
    @EnabledIfSystemProperty(named = "conv4j.selftest", matches = "long", disabledReason = LONG)
    class MixedPrecisionInLargeTiles extends Variant {
        MixedPrecisionInLargeTiles() {
            super("tiles-128x128-mixed");
        }
    }

    @Nested
    @EnabledIfSystemProperty(named = "conv4j.selftest", matches = "long", disabledReason = LONG)
    class Float16 extends Variant {
        Float16() {
            super("tiles-mixed_float16");
        }
    }

    @Nested
    @EnabledIfSystemProperty(named = "conv4j.selftest", matches = "long", disabledReason = LONG)
    class Float16InLargeTiles extends Variant {
        Float16InLargeTiles() {
            super("tiles-128x128-mixed_float16");
        }
    }
}
