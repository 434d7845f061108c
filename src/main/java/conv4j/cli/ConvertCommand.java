package conv4j.cli;

import conv4j.files.WholeFile;
import conv4j.model.Model;
import conv4j.model.OptimizerMemory;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Turns a model's file into another format. */
@Command(
        name = "convert",
        mixinStandardHelpOptions = true,
        description = {
            "Reads a model and writes it in the format that the ending of the second name asks for: .keras for Keras 3,"
                    + " .onnx for ONNX, any other for conv4j's own. Weights go along, and but for ONNX also compile settings"
                    + " and the optimizer's memory, so that a training goes on where it stopped.",
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  conv4j convert cnn.keras cnn        a model of Keras, to train on here",
            "  conv4j convert old.h5 new.keras     the older format of Keras into the newer",
            "  conv4j convert first-cnn first-cnn.keras",
            "  conv4j convert first-cnn first-cnn.onnx   to run it elsewhere"
        })
final class ConvertCommand extends Subcommand {

    @Parameters(index = "0", paramLabel = "FROM", description = ModelFiles.READABLE)
    private Path from;

    @Parameters(index = "1", paramLabel = "TO", description = "The file to write, replaced if it is there.")
    private Path to;

    @Override
    public Integer call() {
        if (!ModelFiles.canSave(to)) {
            throw usage(to + ": this format is read, but not written; give a name that ends in .keras or .onnx");
        }
        try (Model model = ModelFiles.open(from)) {
            WholeFile.check(to);
            ModelFiles.save(model, to);
            report(model);
        }
        return ExitCode.OK;
    }

    private void report(Model model) {
        boolean kept = model.isCompiled() && ModelFiles.keepsTraining(to);
        String training = kept
                ? "compiled with " + model.optimizer().className() + " after "
                        + Words.count(OptimizerMemory.of(model).steps(), "step")
                : model.isCompiled() ? "without what belongs to training, which ONNX does not have" : "not compiled";
        if (main().json()) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("command", "convert");
            result.put("from", from.toString());
            result.put("to", to.toString());
            result.put("model", model.name());
            result.put("layers", model.layers().size());
            result.put("parameters", model.parameterCount());
            result.put("compiled", kept);
            printJson(result);
        } else {
            main().out()
                    .println(to + ": model '" + model.name() + "', "
                            + Words.count(model.layers().size(), "layer") + ", "
                            + Words.count(model.parameterCount(), "parameter") + ", " + training);
        }
    }
}
