package conv4j.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheFolderTest {

    @Test
    void eachSystemHasItsOwnPlace() {
        Map<String, String> none = Map.of();
        assertEquals(Path.of("/h/.cache/conv4j"), CacheFolder.preferred(none, "Linux", "/h"));
        assertEquals(Path.of("/x/conv4j"), CacheFolder.preferred(Map.of("XDG_CACHE_HOME", "/x"), "Linux", "/h"));
        assertEquals(Path.of("/h/.cache/conv4j"), CacheFolder.preferred(Map.of("XDG_CACHE_HOME", "x"), "Linux", "/h"));
        assertEquals(Path.of("/h/Library/Caches/conv4j"), CacheFolder.preferred(none, "Mac OS X", "/h"));
        Map<String, String> windows = Map.of("LOCALAPPDATA", "/l");
        assertEquals(Path.of("/l", "conv4j"), CacheFolder.preferred(windows, "Windows 11", "/h"));
    }

    @Test
    void theOverrideGoesFirstEverywhere() {
        Map<String, String> all = Map.of("CONV4J_HOME", "/o", "XDG_CACHE_HOME", "/x", "LOCALAPPDATA", "/l");
        for (String system : new String[] {"Linux", "Mac OS X", "Windows 11"}) {
            assertEquals(Path.of("/o"), CacheFolder.preferred(all, system, "/h"));
        }
    }

    @Test
    void aFolderThatCannotBeMadeIsReplacedByATemporaryOne(@TempDir Path folder) throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        Path found = CacheFolder.writable(file.resolve("conv4j"), folder.toString());
        assertEquals(folder.resolve("conv4j-" + System.getProperty("user.name")), found);
        assertTrue(Files.isDirectory(found));
        assertEquals(folder.resolve("a/b"), CacheFolder.writable(folder.resolve("a/b"), "unused"));
    }

    @Test
    void whenNothingCanBeWrittenTheMessageSaysWhatToSet(@TempDir Path folder) throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        DataException failure =
                assertThrows(DataException.class, () -> CacheFolder.writable(file.resolve("a"), file.toString()));
        assertTrue(failure.getMessage().contains("set CONV4J_HOME"));
    }
}
