package conv4j;

import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import conv4j.vectors.VectorCases;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Cases that PyTorch computed: a few copies that always run, and all of a folder where it is at hand. */
public final class OutsideVectors {

    /** Small copies that belong to the project. */
    public static final List<Path> COPIES = files(Path.of("src", "test", "resources", "vectors", "pytorch"));

    private static final Path SIBLING = Path.of("..", "shared", "vectors");

    private OutsideVectors() {}

    /** Tests of all cases of single operations, or one that is skipped and says why. */
    public static Stream<DynamicTest> tests(Function<Path, DynamicTest> test) {
        return tests(file -> !isTraining(file), test);
    }

    /** Tests of all cases of whole trainings, or one that is skipped and says why. */
    public static Stream<DynamicTest> trainings(Function<Path, DynamicTest> test) {
        return tests(OutsideVectors::isTraining, test);
    }

    private static Stream<DynamicTest> tests(Predicate<Path> wanted, Function<Path, DynamicTest> test) {
        Path folder = folder();
        if (folder == null) {
            return Stream.of(dynamicTest(
                    "vectors",
                    () -> abort(
                            "no folder of PyTorch's vectors: -Dconv4j.vectors or CONV4J_VECTORS names none, and there"
                                    + " is no " + SIBLING)));
        }
        return files(folder.resolve("pytorch")).stream().filter(wanted).map(test);
    }

    private static boolean isTraining(Path file) {
        return file.getFileName().toString().startsWith("seed_cnn");
    }

    /** The folder of all vectors, or null; a folder that someone named must be there. */
    public static Path folder() {
        String named = System.getProperty("conv4j.vectors", System.getenv("CONV4J_VECTORS"));
        if (named == null) {
            return Files.isDirectory(SIBLING) ? SIBLING : null;
        }
        if (!Files.isDirectory(Path.of(named))) {
            throw new IllegalStateException("conv4j.vectors or CONV4J_VECTORS names no folder: " + named);
        }
        return Path.of(named);
    }

    private static List<Path> files(Path folder) {
        try {
            return VectorCases.files(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
