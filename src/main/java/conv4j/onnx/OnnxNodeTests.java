package conv4j.onnx;

import conv4j.backend.Backend;
import conv4j.files.FileFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Runs cases in the layout of ONNX' own backend tests on a device: folders {@code test_*} with {@code model.onnx} and
 * {@code test_data_set_*} of {@code input_*.pb} and {@code output_*.pb}. A case has passed when every output is as ONNX'
 * suite wants it: within 1e-7 and 1e-3 of its size.
 */
public final class OnnxNodeTests {

    private static final double RELATIVE = 1e-3;
    private static final double ABSOLUTE = 1e-7;

    private OnnxNodeTests() {}

    /** What came of a case. */
    public enum Outcome {
        /** All outputs are right. */
        PASSED,
        /** An output is wrong, or the case could not be run. */
        FAILED,
        /** The case has an operator, or a use of one, that is not supported. */
        UNSUPPORTED
    }

    /**
     * A case that was run.
     *
     * @param name the folder's name
     * @param outcome what came of it
     * @param message what is wrong or not supported; empty when it passed
     */
    public record Result(String name, Outcome outcome, String message) {}

    /**
     * The cases of a folder.
     *
     * @param folder holds the folders of the cases, or is one itself
     * @return the folders in the order of their names
     * @throws IOException when the folder cannot be read
     */
    public static List<Path> cases(Path folder) throws IOException {
        if (Files.exists(folder.resolve("model.onnx"))) {
            return List.of(folder);
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(path -> Files.exists(path.resolve("model.onnx")))
                    .sorted()
                    .toList();
        }
    }

    /**
     * Runs a case.
     *
     * @param folder the case's folder
     * @param backend the device
     * @return what came of it
     */
    public static Result run(Path folder, Backend backend) {
        String name = folder.getFileName().toString();
        try {
            String wrong = problem(folder, backend);
            return new Result(name, wrong == null ? Outcome.PASSED : Outcome.FAILED, wrong == null ? "" : wrong);
        } catch (Unsupported e) {
            return new Result(name, Outcome.UNSUPPORTED, e.getMessage());
        } catch (IOException | RuntimeException e) {
            return new Result(name, Outcome.FAILED, e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    private static String problem(Path folder, Backend backend) throws IOException {
        OnnxModel model = OnnxReader.model(folder.resolve("model.onnx"));
        List<Path> sets = sorted(folder, "test_data_set_");
        if (sets.isEmpty()) {
            throw new FileFormatException("the case has no test_data_set_*");
        }
        for (Path set : sets) {
            Map<String, OnnxTensor> inputs = tensors(set, "input_", model.inputs());
            Map<String, OnnxTensor> outputs = tensors(set, "output_", model.outputs());
            Map<String, OnnxTensor> results = new Evaluation(model, inputs).run(backend);
            for (Map.Entry<String, OnnxTensor> wanted : outputs.entrySet()) {
                String wrong = difference(wanted.getValue(), results.get(wanted.getKey()));
                if (wrong != null) {
                    return "output '" + wanted.getKey() + "' " + wrong;
                }
            }
        }
        return null;
    }

    private static List<Path> sorted(Path folder, String prefix) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(path -> path.getFileName().toString().startsWith(prefix))
                    .sorted((a, b) -> Integer.compare(number(a), number(b)))
                    .toList();
        }
    }

    private static int number(Path file) {
        String digits = file.getFileName().toString().replaceAll("\\D", "");
        return digits.isEmpty() || digits.length() > 9 ? 0 : Integer.parseInt(digits);
    }

    private static Map<String, OnnxTensor> tensors(Path set, String prefix, List<OnnxModel.Port> ports)
            throws IOException {
        List<Path> files = new ArrayList<>(sorted(set, prefix));
        Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < Math.min(files.size(), ports.size()); i++) {
            tensors.put(
                    ports.get(i).name(),
                    OnnxReader.tensor(files.get(i)).renamed(ports.get(i).name()));
        }
        return tensors;
    }

    private static String difference(OnnxTensor want, OnnxTensor got) {
        if (!Arrays.equals(want.dims(), got.dims())) {
            return "has the shape " + Arrays.toString(got.dims()) + ", but should have " + Arrays.toString(want.dims());
        }
        for (int i = 0; i < want.size(); i++) {
            double wanted = want.isFloating() ? want.floats()[i] : want.longs()[i];
            double found = got.isFloating() ? got.floats()[i] : got.longs()[i];
            if (want.type() == OnnxTensor.BFLOAT16) {
                found = OnnxTensor.toBfloat16((float) found);
            } else if (!want.isFloating()) {
                found = OnnxTensor.wrapped(Math.round(found), want.type());
            }
            boolean same = wanted == found || Double.isNaN(wanted) && Double.isNaN(found);
            if (!same && !(Math.abs(wanted - found) <= ABSOLUTE + RELATIVE * Math.abs(wanted))) {
                return "is " + found + " at " + i + ", but should be " + wanted;
            }
        }
        return null;
    }
}
