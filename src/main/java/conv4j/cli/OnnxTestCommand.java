package conv4j.cli;

import conv4j.backend.Backend;
import conv4j.onnx.OnnxNodeTests;
import conv4j.onnx.OnnxNodeTests.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Runs ONNX' own tests of operators. */
@Command(
        name = "onnx-test",
        mixinStandardHelpOptions = true,
        description = {
            "Runs a folder in the layout of ONNX' backend tests on a device: test_*/model.onnx with"
                    + " test_data_set_*/input_*.pb and output_*.pb.",
            "A case passes when every output is within 1e-7 + 1e-3 of its size, as ONNX' suite wants it. Prints what"
                    + " became of every case; ends with exit code 4 when one fails. A case with something that is not"
                    + " supported has not failed."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  conv4j onnx-test onnx/backend/test/data/node      the best device",
            "  conv4j onnx-test DIR --device reference --json    one JSON object"
        })
final class OnnxTestCommand extends Subcommand {

    @Parameters(paramLabel = "DIR", description = "Holds the folders of the cases, or is one itself.")
    private Path folder;

    @Override
    public Integer call() throws IOException {
        if (!Files.isDirectory(folder)) {
            throw usage("there is no folder " + folder);
        }
        List<Path> cases = OnnxNodeTests.cases(folder);
        if (cases.isEmpty()) {
            throw usage(folder + " has no folder with a model.onnx in it");
        }
        Map<Outcome, List<OnnxNodeTests.Result>> results = new LinkedHashMap<>();
        for (Outcome outcome : Outcome.values()) {
            results.put(outcome, new ArrayList<>());
        }
        try (Backend backend = openBackend()) {
            for (Path path : cases) {
                OnnxNodeTests.Result result = OnnxNodeTests.run(path, backend);
                results.get(result.outcome()).add(result);
                print(result);
            }
        }
        end(results);
        return results.get(Outcome.FAILED).isEmpty() ? ExitCode.OK : ExitCode.DEVICE;
    }

    private void print(OnnxNodeTests.Result result) {
        if (!main().json()) {
            String message = result.message().isEmpty() ? "" : ": " + result.message();
            main().out().printf(Locale.ROOT, "%-11s  %s%s%n", word(result.outcome()), result.name(), message);
        }
    }

    private static String word(Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }

    private void end(Map<Outcome, List<OnnxNodeTests.Result>> results) {
        if (!main().json()) {
            main().out()
                    .println(results.get(Outcome.PASSED).size() + " passed, "
                            + results.get(Outcome.FAILED).size() + " failed, "
                            + results.get(Outcome.UNSUPPORTED).size() + " unsupported");
            return;
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("command", "onnx-test");
        json.put("folder", folder.toString());
        results.forEach((outcome, list) -> json.put(word(outcome), list.size()));
        json.put(
                "passedCases",
                results.get(Outcome.PASSED).stream()
                        .map(OnnxNodeTests.Result::name)
                        .toList());
        json.put("failedCases", messages(results.get(Outcome.FAILED)));
        json.put("unsupportedCases", messages(results.get(Outcome.UNSUPPORTED)));
        printJson(json);
    }

    private static Map<String, String> messages(List<OnnxNodeTests.Result> results) {
        Map<String, String> messages = new LinkedHashMap<>();
        results.forEach(result -> messages.put(result.name(), result.message()));
        return messages;
    }
}
