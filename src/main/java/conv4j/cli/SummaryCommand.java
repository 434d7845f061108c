package conv4j.cli;

import conv4j.backend.Backend;
import conv4j.model.MemoryUse;
import conv4j.model.Model;
import conv4j.shape.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the layers of a network and what they cost. */
@Command(
        name = "summary",
        mixinStandardHelpOptions = true,
        description = "Prints the layers of a network, their parameters, memory and work.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  conv4j summary                           the first CNN as for CIFAR-10",
            "  conv4j summary lenet --input 28x28x1",
            "  conv4j summary my-model --batch-size 128"
        })
final class SummaryCommand extends Subcommand {

    @Parameters(
            paramLabel = "MODEL",
            arity = "0..1",
            defaultValue = "first-cnn",
            description = ModelFiles.READABLE + " Or the network first-cnn or lenet. Default: ${DEFAULT-VALUE}.")
    private String model;

    @Option(
            names = "--input",
            paramLabel = "HxWxC",
            defaultValue = "32x32x3",
            description = "Height, width and channels of the images of a network that is not a file."
                    + " Default: ${DEFAULT-VALUE}.")
    private String input;

    @Option(
            names = "--classes",
            paramLabel = "N",
            defaultValue = "10",
            description = "Classes of a network that is not a file. Default: ${DEFAULT-VALUE}.")
    private int classes;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "32",
            description = "Images of a step, for which memory is counted. Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    @Override
    public Integer call() {
        Model opened = open();
        try (Backend backend = openBackend();
                opened) {
            opened.on(backend);
            if (main().json()) {
                printJson(json(opened));
            } else {
                main().out().print(opened.summary(batchSize));
            }
        }
        return ExitCode.OK;
    }

    private Model open() {
        Path file = Path.of(model);
        boolean preset =
                Arrays.stream(Presets.values()).anyMatch(known -> known.title().equals(model));
        if (preset && !Files.exists(file)) {
            Model built = new Choices.Networks().convert(model).build(shape(), classes);
            TrainingSettings.compile(built, TrainingSettings.FIRST_CNN_LEARNING_RATE, 1);
            return built;
        }
        return ModelFiles.open(file);
    }

    private Shape shape() {
        if (!input.matches("\\d{1,5}x\\d{1,5}x\\d{1,4}")) {
            throw usage("--input " + input + " is not a shape; write HEIGHTxWIDTHxCHANNELS, 32x32x3 for example");
        }
        return Shape.of(
                Arrays.stream(input.split("x")).mapToInt(Integer::parseInt).toArray());
    }

    private Map<String, Object> json(Model opened) {
        MemoryUse memory = opened.memoryUse(batchSize);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("command", "summary");
        result.put("model", opened.name());
        result.put("input", opened.inputShape().toArray());
        result.put("output", opened.outputShape().toArray());
        result.put("parameters", opened.parameterCount());
        result.put("batch_size", batchSize);
        result.put("device", opened.backend().device().id());
        result.put("device_bytes", memory.total());
        result.put("classes", opened.classNames());
        return result;
    }
}
