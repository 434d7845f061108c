package conv4j.callbacks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.model.Sequential;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Early stopping and reduced learning rates, decision by decision as Keras itself made them. */
class KerasCallbacksTest {

    private Backend backend;
    private Sequential model;

    @BeforeEach
    void build() {
        backend = Backends.open("reference");
        model = OneWeight.on(backend);
    }

    @AfterEach
    void close() {
        model.close();
        backend.close();
    }

    private static Stream<String> cases(String kind) throws IOException {
        try (InputStream in = KerasCallbacksTest.class.getResourceAsStream("keras.csv")) {
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(kind + ";"))
                    .toList();
            assertTrue(lines.size() > 20, kind + ": " + lines.size() + " cases");
            return lines.stream();
        }
    }

    static Stream<String> stops() throws IOException {
        return cases("stop");
    }

    static Stream<String> reductions() throws IOException {
        return cases("reduce");
    }

    private static List<Double> numbers(String list) {
        return Stream.of(list.split(",")).map(Double::valueOf).toList();
    }

    private static Map<String, Double> logs(double value) {
        return new HashMap<>(Map.of("x", value));
    }

    /** The weight is the epoch, so that it tells which epoch's weights came back. */
    @ParameterizedTest
    @MethodSource("stops")
    void trainingStopsWhereItStopsInKeras(String line) {
        String[] fields = line.split(";");
        EarlyStopping stopping = new EarlyStopping()
                .monitor("x")
                .mode(fields[1])
                .patience(Integer.parseInt(fields[2]))
                .minDelta(Double.parseDouble(fields[3]))
                .startFromEpoch(Integer.parseInt(fields[5]))
                .restoreBestWeights(true);
        if (!fields[4].isEmpty()) {
            stopping.baseline(Double.parseDouble(fields[4]));
        }
        List<Double> series = numbers(fields[6]);
        int last = Integer.parseInt(fields[7]);
        stopping.onTrainBegin(model);
        for (int epoch = 0; epoch <= last; epoch++) {
            assertEquals(0, stopping.stoppedEpoch(), "stopped before epoch " + epoch);
            model.weights().set("dense/kernel", new float[] {epoch});
            stopping.onEpochEnd(model, epoch, logs(series.get(epoch)));
        }
        stopping.onTrainEnd(model);
        assertEquals(Integer.parseInt(fields[8]), stopping.stoppedEpoch());
        assertEquals(Float.parseFloat(fields[9]), model.weights().get("dense/kernel")[0]);
    }

    @ParameterizedTest
    @MethodSource("reductions")
    void theRateIsReducedWhenItIsInKeras(String line) {
        String[] fields = line.split(";");
        ReduceLROnPlateau reduction = new ReduceLROnPlateau()
                .monitor("x")
                .mode(fields[1])
                .factor(0.5)
                .patience(Integer.parseInt(fields[2]))
                .minDelta(Double.parseDouble(fields[3]))
                .cooldown(Integer.parseInt(fields[4]))
                .minLr(Double.parseDouble(fields[5]));
        List<Double> rates = new ArrayList<>();
        List<Double> series = numbers(fields[6]);
        reduction.onTrainBegin(model);
        for (int epoch = 0; epoch < series.size(); epoch++) {
            reduction.onEpochEnd(model, epoch, logs(series.get(epoch)));
            rates.add(model.learningRate());
        }
        assertEquals(numbers(fields[7]), rates);
    }
}
