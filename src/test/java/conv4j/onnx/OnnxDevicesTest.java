package conv4j.onnx;

import static conv4j.onnx.OnnxFileTest.assertNear;
import static conv4j.onnx.OnnxFileTest.branching;
import static conv4j.onnx.OnnxFileTest.items;
import static conv4j.onnx.OnnxFileTest.randomized;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import conv4j.Backends;
import conv4j.OutsideVectors;
import conv4j.backend.Backend;
import conv4j.data.ArraySet;
import conv4j.data.Dataset;
import conv4j.losses.SparseCategoricalCrossentropy;
import conv4j.model.FitOptions;
import conv4j.model.History;
import conv4j.model.Model;
import conv4j.onnx.OnnxNodeTests.Outcome;
import conv4j.optimizers.Adam;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What was read from ONNX files computes and learns on every device. */
class OnnxDevicesTest {

    @TempDir
    private Path folder;

    static Stream<String> devices() {
        List<String> devices = new ArrayList<>(List.of("reference", "cpu"));
        Backends.devices().stream()
                .map(device -> device.id())
                .filter(id -> id.startsWith("opencl"))
                .limit(1)
                .forEach(devices::add);
        return devices.stream();
    }

    @ParameterizedTest
    @MethodSource("devices")
    void aNetworkThatWasReadCanBeTrainedFurther(String device) {
        Path file = folder.resolve("model.onnx");
        try (Model model = branching()) {
            OnnxFile.save(model, file);
        }
        try (Backend backend = Backends.open(device);
                Model model = OnnxFile.load(file).on(backend)) {
            float[] images = items(model.inputShape(), 10);
            Dataset data = ArraySet.labelled(
                    model.inputShape(),
                    images,
                    new int[] {0, 1, 2, 3, 4, 0, 1, 2, 3, 4},
                    List.of("a", "b", "c", "d", "e"));
            model.compile(new Adam(0.01), new SparseCategoricalCrossentropy(false, 0));
            History history = model.fit(data, new FitOptions().epochs(30).batchSize(10));
            List<Double> losses = history.series("loss");
            double first = losses.get(0);
            double last = losses.get(losses.size() - 1);
            assertTrue(last < first / 3, "the loss goes from " + first + " to " + last);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reference", "cpu"})
    void aModelThatWasReadIsSavedAndLoadedAsAnyOther(String device) {
        Path file = folder.resolve("model.onnx");
        Path own = folder.resolve("model.safetensors");
        try (Backend backend = Backends.open(device);
                Model model = randomized(branching()).on(backend)) {
            OnnxFile.save(model, file);
            float[] items = items(model.inputShape(), 1);
            try (Model read = OnnxFile.load(file)) {
                read.save(own);
            }
            try (Model again = Model.load(own).on(backend)) {
                assertNear(model.predict(items), again.predict(items), "saved and loaded");
            }
        }
        assertTrue(Files.exists(own));
    }

    @ParameterizedTest
    @MethodSource("devices")
    void everyCaseOfTheProjectOnnxPasses(String device) throws IOException {
        Path vectors = OutsideVectors.folder();
        if (vectors == null || !Files.isDirectory(vectors.resolve("onnx-node"))) {
            abort("there is no folder onnx-node of ONNX' cases beside the project, and -Dconv4j.vectors names none");
        }
        List<String> others = new ArrayList<>();
        try (Backend backend = Backends.open(device)) {
            for (Path one : OnnxNodeTests.cases(vectors.resolve("onnx-node"))) {
                OnnxNodeTests.Result result = OnnxNodeTests.run(one, backend);
                if (result.outcome() != Outcome.PASSED) {
                    others.add(result.toString());
                }
            }
        }
        assertTrue(others.isEmpty(), () -> String.join("\n", others));
    }
}
