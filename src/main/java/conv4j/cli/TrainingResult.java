package conv4j.cli;

import conv4j.data.Split;
import conv4j.model.Evaluation;
import conv4j.model.History;
import conv4j.model.Model;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a training came to. */
final class TrainingResult {

    private static final String VALIDATION = "val_";

    private final TrainCommand command;
    private final Model model;
    private final History history;
    private final Split data;
    private Map<String, Double> test = Map.of();

    TrainingResult(TrainCommand command, Model model, History history, Split data) {
        this.command = command;
        this.model = model;
        this.history = history;
        this.data = data;
    }

    /** Takes the result on the test images; null when the last validation was on them. */
    void test(Evaluation evaluation) {
        test = new LinkedHashMap<>();
        if (evaluation != null) {
            test.putAll(evaluation.metrics());
            return;
        }
        lastEpoch().forEach((name, value) -> {
            if (name.startsWith(VALIDATION)) {
                test.put(name.substring(VALIDATION.length()), value);
            }
        });
    }

    /** Loss and metrics on the test images. */
    Map<String, Double> test() {
        return test;
    }

    private Map<String, Double> lastEpoch() {
        List<Map<String, Double>> epochs = history.epochs();
        return epochs.isEmpty() ? Map.of() : epochs.get(epochs.size() - 1);
    }

    /** Everything as one object. */
    Map<String, Object> json(boolean interrupted) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("command", "train");
        result.put("model", model.name());
        result.put("parameters", model.parameterCount());
        result.put("data", command.dataOptions().kind().title());
        result.put("training_images", data.train().size());
        result.put("test_images", data.test().size());
        result.put("device", model.backend().device().id());
        result.put("device_name", model.backend().device().name());
        result.put("seed", model.seed());
        result.put("epochs", model.trainedEpochs());
        result.put("batch_size", command.batchSize());
        result.put("loss", lastEpoch().get("loss"));
        result.put("accuracy", lastEpoch().get("accuracy"));
        result.putAll(lastEpoch());
        test.forEach((name, value) -> result.put("test_" + name, value));
        result.put("images_per_second", history.itemsPerSecond());
        result.put("first_step_seconds", history.firstStepSeconds());
        result.put("peak_device_bytes", model.backend().peakBytes());
        result.put("interrupted", interrupted);
        result.put("saved", command.save() == null ? null : command.save().toString());
        result.put("history", history.epochs());
        return result;
    }
}
