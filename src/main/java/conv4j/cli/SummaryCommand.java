package conv4j.cli;

import conv4j.applications.Application;
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
            "  conv4j summary resnet18 --as-config      its layers as a configuration file",
            "  conv4j summary my-network.conv",
            "  conv4j summary my-model --batch-size 128"
        })
final class SummaryCommand extends Subcommand {

    private static final Shape USUAL_INPUT = Shape.of(32, 32, 3);
    private static final int USUAL_CLASSES = 10;

    @Parameters(
            paramLabel = "MODEL",
            arity = "0..1",
            defaultValue = "first-cnn",
            completionCandidates = Choices.Networks.class,
            description = ModelFiles.READABLE + " Or a configuration file (NAME.conv), or one of"
                    + " ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private String model;

    @Option(
            names = "--input",
            paramLabel = "HxWxC",
            description = "Height, width and channels of the images of a network that is not saved."
                    + " Default: what the configuration file says, else 32x32x3.")
    private String input;

    @Option(
            names = "--classes",
            paramLabel = "N",
            description = "Classes of a network that is not saved. Default: what the configuration file says, else 10.")
    private Integer classes;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "32",
            description = "Images of a step, for which memory is counted. Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    @Option(
            names = "--as-config",
            description = "Print the network as a configuration file instead: docs/configuration.md.")
    private boolean asConfig;

    @Override
    public Integer call() {
        if (asConfig && main().json()) {
            throw usage("--as-config prints a configuration file, so leave --json out");
        }
        NetworkSource network = network();
        Model opened = network == null ? ModelFiles.open(Path.of(model)) : built(network);
        if (asConfig) {
            try (opened) {
                main().out().print(ConfigText.of(opened, network));
                main().out().flush();
            }
            return ExitCode.OK;
        }
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

    /** The network that is built from layers; null for a saved model. */
    private NetworkSource network() {
        boolean preset = Application.named(model).isPresent() && !Files.exists(Path.of(model));
        return preset || model.endsWith(NetworkSource.SUFFIX) ? NetworkSource.of(model) : null;
    }

    private Model built(NetworkSource network) {
        int wanted = classes != null ? classes : network.classes() != null ? network.classes() : USUAL_CLASSES;
        Model built = network.build(input == null && network.input() != null ? network.input() : shape(), wanted);
        TrainingSettings.compile(built, TrainingSettings.FIRST_CNN_LEARNING_RATE, 1);
        return built;
    }

    private Shape shape() {
        if (input == null) {
            return USUAL_INPUT;
        }
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
