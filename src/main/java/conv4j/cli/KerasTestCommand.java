package conv4j.cli;

import conv4j.backend.Backend;
import conv4j.files.FileFormatException;
import conv4j.vectors.KerasCases;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Compares models that Keras saved with what Keras itself made of them. */
@Command(
        name = "keras-test",
        mixinStandardHelpOptions = true,
        description = {
            "Loads every NAME.keras and NAME.h5 of a folder that has inputs NAME.x.npy beside it, and compares: predictions"
                    + " with NAME.y.npy to 1e-5; where there are NAME.labels.npy and NAME.losses.npy, also the losses of"
                    + " further training steps on all inputs, to 1e-4 of each.",
            "Ends with exit code 4 when a model computes something else, and with 3 when a file cannot be loaded."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  conv4j keras-test models", "  conv4j keras-test models --device opencl:0 --json"})
final class KerasTestCommand extends Subcommand {

    @Parameters(paramLabel = "DIR", description = "The folder; those below it are looked through as well.")
    private Path folder;

    private final Map<String, Object> results = new LinkedHashMap<>();
    private int passed;
    private int failed;
    private int exitCode = ExitCode.OK;

    @Override
    public Integer call() throws IOException {
        List<Path> files = KerasCases.files(folder);
        if (files.isEmpty()) {
            throw usage(folder + " has no NAME.keras or NAME.h5 with NAME.x.npy beside it");
        }
        try (Backend backend = openBackend()) {
            for (Path file : files) {
                check(file, backend);
            }
        }
        if (main().json()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("command", "keras-test");
            json.put("folder", folder.toString());
            json.put("passed", passed);
            json.put("failed", failed);
            json.put("models", results);
            printJson(json);
        } else {
            main().out().println(passed + " passed, " + failed + " failed");
        }
        return exitCode;
    }

    private void check(Path file, Backend backend) throws IOException {
        String name = folder.relativize(file).toString();
        Map<String, Object> result = new LinkedHashMap<>();
        results.put(name, result);
        try {
            KerasCases.Result closeness = KerasCases.check(file, backend);
            passed++;
            result.put("passed", true);
            result.put("prediction_error", closeness.prediction());
            result.put("loss_error", Double.isNaN(closeness.loss()) ? null : closeness.loss());
            print("passed  " + name + describe(closeness));
        } catch (AssertionError different) {
            fail(name, result, different, ExitCode.DEVICE);
        } catch (FileFormatException | IllegalArgumentException | conv4j.data.DataException unreadable) {
            fail(name, result, unreadable, exitCode == ExitCode.OK ? ExitCode.DATA : exitCode);
        }
    }

    private static String describe(KerasCases.Result closeness) {
        String losses = Double.isNaN(closeness.loss())
                ? "no losses recorded"
                : String.format(Locale.ROOT, "losses within %.1e", closeness.loss());
        return String.format(Locale.ROOT, ": predictions within %.1e, %s", closeness.prediction(), losses);
    }

    private void fail(String name, Map<String, Object> result, Throwable problem, int code) {
        failed++;
        exitCode = code;
        result.put("passed", false);
        result.put("problem", problem.getMessage());
        print("failed  " + name + ": " + problem.getMessage());
    }

    private void print(String line) {
        if (!main().json()) {
            main().out().println(line);
        }
    }
}
