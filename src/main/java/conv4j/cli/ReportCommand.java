package conv4j.cli;

import conv4j.backend.Backend;
import conv4j.data.Dataset;
import conv4j.evaluation.Classification;
import conv4j.files.WholeFile;
import conv4j.model.Model;
import conv4j.report.Report;
import conv4j.terminal.Terminal;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a page about a model. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Writes one HTML page about a saved model and the test images of a data set: training, accuracy,"
                + " classes, confusion, calibration, mistakes, filters, activations, stimuli, layers. The page needs no"
                + " network and no other file.",
        footerHeading = "%nExamples:%n",
        footer = {"  conv4j report my-model", "  conv4j report my-model --data cifar10 --data-dir DIR --out cifar.html"
        })
final class ReportCommand extends Subcommand {

    private static final String SUFFIX = ".html";

    @Parameters(paramLabel = "MODEL", description = ModelFiles.READABLE)
    private Path file;

    @Option(
            names = "--out",
            paramLabel = "FILE.html",
            defaultValue = "report.html",
            description = "Where to write. Default: ${DEFAULT-VALUE}.")
    private Path out;

    @Mixin
    private DataOptions dataOptions;

    @Override
    public Integer call() {
        if (!out.toString().toLowerCase(Locale.ROOT).endsWith(SUFFIX)) {
            throw usage("--out writes a page, whose name ends in .html, but is " + out);
        }
        dataOptions.check(this);
        Model model = ModelFiles.open(file);
        WholeFile.check(out);
        Dataset data = dataOptions.test(model.inputShape(), new DownloadBar(messages(), Terminal.ofStderr()));
        DataOptions.checkClasses(model, data);
        try (Backend backend = openBackend();
                model) {
            model.on(backend);
            String command = "conv4j report " + ShellWord.of(file) + dataOptions.asOptions();
            print(new Report(model, data, dataOptions.describe(), command).write(out));
        }
        return ExitCode.OK;
    }

    private void print(Classification result) {
        if (main().json()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("command", "report");
            json.put("model", file.toString());
            json.put("file", out.toString());
            json.put("images", result.size());
            json.put("accuracy", result.accuracy());
            json.put("macro_f1", result.report().macroAverage().f1());
            json.put("calibration_error", result.calibration(10).expectedError());
            json.put("mistakes", result.mistakes().size());
            printJson(json);
        } else {
            main().out().print(result.report());
            main().out().flush();
            messages().println("Wrote " + out);
        }
    }
}
