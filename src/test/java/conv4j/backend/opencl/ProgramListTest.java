package conv4j.backend.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.BackendException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The list of programs is whole, and what is not in it is not built. */
class ProgramListTest {

    private static final Path KERNELS = Path.of("src", "main", "resources", "kernels");

    private static Set<String> files() throws IOException {
        try (Stream<Path> files = Files.list(KERNELS)) {
            return files.map(file -> file.getFileName().toString().replace(".cl", ""))
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void everyFileOfKernelsIsListed() throws IOException {
        Set<String> listed =
                ProgramList.all().stream().map(ProgramList.Entry::file).collect(Collectors.toSet());
        listed.addAll(Programs.FIRST);
        Programs.SHARED.values().forEach(listed::addAll);
        assertEquals(files(), listed);
    }

    @Test
    void namesAndOptionsAreDifferentFromEachOther() {
        List<ProgramList.Entry> all = ProgramList.all();
        assertEquals(
                all.size(), all.stream().map(ProgramList.Entry::name).distinct().count());
        for (Style style : Style.all()) {
            assertTrue(all.stream().anyMatch(entry -> entry.options().equals(style.options())), style.name());
        }
    }

    @Test
    void stylesOfOtherGroupSizesUseTheSamePrograms() {
        for (int group = 1; group <= 1024; group *= 2) {
            ProgramList.check("tile_passes", Style.tiles(group).options());
            ProgramList.check("reduction", Style.tiles(group).options());
        }
    }

    @Test
    void aProgramThatIsNotListedIsRefused() {
        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> ProgramList.check("loss", "-D LANES=3"));
        assertTrue(e.getMessage().contains("loss.cl") && e.getMessage().contains("-D LANES=3"), e.getMessage());
    }

    @Test
    void everyProgramBuildsWithoutAWarning() {
        build(ProgramList.all().stream().filter(entry -> !isLargerTile(entry)));
    }

    /** Tiles differ in sizes only; contracts build the forms that they meet, tools/gpu-compile builds them all. */
    @Test
    @EnabledIfSystemProperty(
            named = "conv4j.selftest",
            matches = "long",
            disabledReason = "runs with -Dconv4j.selftest=long; tools/gpu-compile builds all tiles")
    void theOtherTilesBuildWithoutAWarning() {
        build(ProgramList.all().stream().filter(ProgramListTest::isLargerTile));
    }

    private static boolean isLargerTile(ProgramList.Entry entry) {
        return entry.options().contains("-D ITEM_ROWS=")
                && !entry.options().contains("-D TILE_ROWS=32 -D TILE_COLUMNS=32 ");
    }

    /** With NVIDIA's instructions, which tools/gpu-compile compiles. */
    private static boolean isForTensorCores(ProgramList.Entry entry) {
        return entry.options().contains("-D TENSOR=") && !entry.options().contains("-D EMULATED");
    }

    private static void build(Stream<ProgramList.Entry> entries) {
        try (OpenClBackend backend = TestDevice.open()) {
            entries.filter(entry -> !isForTensorCores(entry))
                    .forEach(entry -> backend.programs().build(entry.file(), entry.options()));
        }
    }

    @Test
    void largerTilesAreAllFormsOfAllOtherSizes() {
        long larger = ProgramList.all().stream()
                .filter(ProgramListTest::isLargerTile)
                .filter(entry -> !entry.options().contains("-D TENSOR="))
                .count();
        assertEquals((long) (Tile.ALL.size() - 1) * TileProgram.all().size(), larger);
    }

    @Test
    void testsTakeWarningsForErrors() {
        try (OpenClBackend backend = TestDevice.open()) {
            BackendException e = assertThrows(BackendException.class, () -> backend.programs()
                    .program("warned.cl", "kernel void f(global int *p) { p[0] + 1; }", Programs.options("")));
            assertTrue(e.getMessage().contains("unused"), e.getMessage());
        }
    }
}
