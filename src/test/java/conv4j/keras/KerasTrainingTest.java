package conv4j.keras;

import static conv4j.keras.KerasFileTest.compile;
import static conv4j.keras.KerasFileTest.images;
import static conv4j.keras.KerasFileTest.line;
import static conv4j.keras.KerasFileTest.residual;
import static conv4j.keras.KerasFileTest.train;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.model.FitOptions;
import conv4j.model.Model;
import conv4j.model.OptimizerMemory;
import conv4j.optimizers.Optimizer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A training that stops at a .keras file and one that does not are the same. */
class KerasTrainingTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @MethodSource("conv4j.keras.KerasFileTest#optimizers")
    void aTrainingGoesOnAfterAKerasFileAsIfItHadNotStopped(Optimizer optimizer) {
        Path file = folder.resolve("model.keras");
        for (Model model : List.of(line(), residual())) {
            try (Backend backend = Backends.open("cpu");
                    model) {
                compile(model, optimizer);
                train(model, backend, 2);
                KerasFile.save(model, file);
                List<Double> straight = model.fit(
                                images(model.inputShape()),
                                new FitOptions().epochs(3).batchSize(8).shuffle(false))
                        .series("loss");
                try (Model loaded = KerasFile.load(file)) {
                    assertEquals(model.getClass(), loaded.getClass());
                    assertEquals(2, OptimizerMemory.of(loaded).steps());
                    assertEquals(2, loaded.trainedEpochs());
                    assertArrayEquals(
                            straight.stream().mapToDouble(loss -> loss).toArray(),
                            train(loaded, backend, 3).stream()
                                    .mapToDouble(loss -> loss)
                                    .toArray(),
                            0);
                }
            }
        }
    }
}
