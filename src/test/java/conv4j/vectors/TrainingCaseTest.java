package conv4j.vectors;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import conv4j.Backends;
import conv4j.OutsideVectors;
import conv4j.backend.Backend;
import conv4j.backend.opencl.TestDevice;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The first CNN trained by PyTorch, on every backend. */
class TrainingCaseTest {

    private static DynamicTest on(String device, Path file) {
        return dynamicTest(device + ": " + file.getFileName(), () -> {
            try (Backend backend = Backends.open(device)) {
                VectorCases.check(file, backend);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> theReferenceTrainsAsPyTorchDid() {
        return OutsideVectors.trainings(file -> on("reference", file));
    }

    @TestFactory
    Stream<DynamicTest> theCpuTrainsAsPyTorchDid() {
        return OutsideVectors.trainings(file -> on("cpu", file));
    }

    @TestFactory
    Stream<DynamicTest> theFirstOpenClDeviceTrainsAsPyTorchDid() {
        TestDevice.require();
        return OutsideVectors.trainings(file -> on("opencl:0", file));
    }
}
