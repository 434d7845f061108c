package conv4j.cli;

import conv4j.backend.Backend;
import conv4j.vectors.VectorCases;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs a folder of cases that others computed, and says of each one whether it passed. */
final class VectorsReport {

    private final Path folder;
    private final PrintStream out;
    private final Map<String, String> failures = new LinkedHashMap<>();
    private int cases;

    /** A report that is printed line by line, unless out is null. */
    VectorsReport(Path folder, PrintStream out) {
        this.folder = folder;
        this.out = out;
    }

    /** Runs all cases; false when there is none. */
    boolean run(Backend backend) throws IOException {
        List<Path> files = VectorCases.files(folder);
        for (Path file : files) {
            note(folder.relativize(file).toString(), problem(file, backend));
        }
        if (out != null && !files.isEmpty()) {
            out.println((cases - failures.size()) + " passed, " + failures.size() + " failed");
        }
        return !files.isEmpty();
    }

    private static String problem(Path file, Backend backend) {
        try {
            VectorCases.check(file, backend);
            return null;
        } catch (AssertionError | RuntimeException | IOException e) {
            return e.getMessage() == null ? e.toString() : e.getMessage();
        }
    }

    private void note(String name, String problem) {
        cases++;
        if (problem != null) {
            failures.put(name, problem);
        }
        if (out != null) {
            out.println(problem == null ? "passed  " + name : "failed  " + name + ": " + problem);
        }
    }

    /** The cases that failed, with what is wrong. */
    Map<String, String> failures() {
        return failures;
    }

    Map<String, Object> json() {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("command", "selftest");
        result.put("vectors", folder.toString());
        result.put("passed", cases - failures.size());
        result.put("failed", failures.size());
        result.put("failures", failures);
        return result;
    }
}
