package conv4j.backend;

import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every case that PyTorch computed: a few copies that always run, and all of a folder where it is at hand. */
interface VectorContract extends OnBackend {

    @TestFactory
    default Stream<DynamicTest> operationsReturnWhatPyTorchReturned() {
        return tests(Vectors.files(Vectors.COPIES));
    }

    @TestFactory
    default Stream<DynamicTest> operationsReturnWhatPyTorchReturnedInAllCases() {
        Path folder = Vectors.folder();
        if (folder == null) {
            return Stream.of(dynamicTest(
                    "vectors",
                    () -> abort(
                            "no folder of PyTorch's vectors: -Dconv4j.vectors or CONV4J_VECTORS names none, and there is no "
                                    + Vectors.SIBLING)));
        }
        return tests(Vectors.files(folder.resolve("pytorch")));
    }

    private Stream<DynamicTest> tests(List<Path> files) {
        return files.stream()
                .map(file -> dynamicTest(file.getFileName().toString(), () -> Vectors.check(file, backend())));
    }
}
