package conv4j.cli;

import conv4j.applications.Application;
import conv4j.backend.Backend;
import conv4j.data.Dataset;
import conv4j.data.Glyphs;
import conv4j.data.Normalization;
import conv4j.model.FitOptions;
import conv4j.model.Model;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Finds the fastest kernels of a GPU for the shapes of a network, and keeps them. */
@Command(
        name = "tune",
        mixinStandardHelpOptions = true,
        description =
                "Finds the fastest tiles of matrix products and convolutions of a GPU for the shapes of a network, by"
                        + " running them, and keeps them for all later starts. Results stay the same to the last bit. A start on"
                        + " a GPU does this by itself for new shapes, for 20 seconds at most; CONV4J_TUNE=off leaves that out.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  conv4j tune",
            "  conv4j tune --network resnet18 --batch-size 128,256",
            "  conv4j tune --device opencl:1 --precision tf32"
        })
final class TuneCommand extends Subcommand {

    @Option(
            names = "--network",
            paramLabel = "NAME",
            converter = Choices.Networks.class,
            description = "The network whose shapes are tuned. Default: first-cnn.")
    private Application network = Application.FIRST_CNN;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            split = ",",
            description = "Images of a training step; several separated by commas. Default: 32,128.")
    private List<Integer> batchSizes = List.of(32, 128);

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "300",
            description = "The most seconds to search. Default: ${DEFAULT-VALUE}.")
    private double seconds;

    @Option(
            names = "--precision",
            paramLabel = "NAME",
            defaultValue = "float32",
            description = "As in 'conv4j train'. Default: ${DEFAULT-VALUE}.")
    private String precision;

    @Override
    public Integer call() {
        if (!(seconds > 0) || batchSizes.stream().anyMatch(size -> size < 1)) {
            throw usage("--seconds must be above 0, and every --batch-size 1 or more");
        }
        try (Backend backend = openBackend()) {
            boolean choice = backend.search(seconds);
            if (choice) {
                batchSizes.forEach(size -> prepare(backend, size));
            }
            report(backend, choice);
        }
        return ExitCode.OK;
    }

    /** Every graph of a training and an evaluation is prepared once, which is when searches happen. */
    private void prepare(Backend backend, int batchSize) {
        Dataset images = Glyphs.train(batchSize, 1);
        messages().println("searching for " + network.title() + ", batch " + batchSize);
        try (Model model =
                network.build(images.inputShape(), images.classNames().size())) {
            model.on(backend).seed(1).normalization(Normalization.centered()).precision(precision);
            TrainingSettings.compile(model, TrainingSettings.FIRST_CNN_LEARNING_RATE, 1);
            model.fit(images, new FitOptions().batchSize(batchSize).validation(images));
            model.predict(images, batchSize);
        }
    }

    private void report(Backend backend, boolean choice) {
        List<String> found = backend.found();
        if (main().json()) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("command", "tune");
            result.put("device", backend.device().id());
            result.put("has_choice", choice);
            result.put("found", found);
            printJson(result);
        } else if (choice) {
            found.forEach(main().out()::println);
        } else {
            main().out().println("The kernels of " + backend.device().describe() + " have nothing to choose.");
        }
        main().out().flush();
    }
}
