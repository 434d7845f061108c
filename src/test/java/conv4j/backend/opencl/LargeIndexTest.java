package conv4j.backend.opencl;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Indices beyond 2^31 and 2^32 elements, in every kernel of both styles: see {@link FarCase} for how, {@link FarCases} for
 * the cases. They run in a {@link FarProcess}, which a wrong index would end.
 */
class LargeIndexTest {

    private static final long MOST_SECONDS = 600;

    /** Kernels whose large end cannot be run by itself, and why no index of theirs is too large for its type. */
    private static final Map<String, String> ARGUED = Map.ofEntries(
            entry("multiply_add", "no step runs it: it measures how fast a device is"),
            entry("copy", "the same"),
            entry("write_control", "the run buffer has 16 words"),
            entry("convolution_pack", "a kernel has at most 2^31 - 1 elements; panels are found in size_t"),
            entry("winograd_pack", "as convolution_pack; transformed a kernel may have more, but all is in size_t"),
            entry("winograd_weights", "as winograd_pack"),
            entry("winograd_sum", "reads the sums of at most 16 parts of a batch, all in size_t"),
            entry("accumulate", "reads one number per item, and a batch has at most 2^31 - 1 of them"),
            entry("clip_factor", "reads one number per part, and there are at most 256"),
            entry("move_scale", "as clip_factor"),
            entry("sum_parts", "reads all parts: partsOfSumsAreFoundIn64Bits"),
            entry("join_sums", "reads all parts: partsOfSumsAreFoundIn64Bits"),
            entry("join_moments", "reads all parts: partsOfSumsAreFoundIn64Bits"));

    @TempDir
    static Path folder;

    private static int exitCode;
    private static List<String> lines;

    @BeforeAll
    static void runTheEndsOfHugeBatches() throws IOException, InterruptedException {
        TestDevice.require();
        String platform = OpenCl.device(0).info().platform();
        assumeFalse(platform.contains("Oclgrind"), "oclgrind has addresses of its own, which must not wrap around");
        Path output = folder.resolve("output.txt");
        Process process = new ProcessBuilder(command())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        exitCode = process.exitValue();
        lines = Files.readAllLines(output);
    }

    private static List<String> command() {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-XX:-CreateCoredumpOnCrash",
                "-Dconv4j.kernelOptions=" + FarLaunch.OPTIONS,
                "-cp",
                System.getProperty("java.class.path"),
                FarProcess.class.getName()));
        command.addAll(variants());
        return command;
    }

    /** One variant of each style and of methods of convolving: the others differ in sizes that the compiler knows. */
    private static List<String> variants() {
        List<String> all = OpenClBackend.variants(0);
        return Stream.of("vectors-8", "vectors-8-winograd", "tiles-32x32", "tiles-winograd", "tiles-col2im")
                .filter(all::contains)
                .toList();
    }

    @Test
    void theLastItemsOfAHugeBatchAreThoseOfASmallOne() {
        assertEquals(
                0,
                exitCode,
                () -> "the process ended with " + exitCode + "; its last lines:\n"
                        + String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size())));
    }

    @Test
    void everyKernelIsAmongThem() throws IOException {
        String last = lines.get(lines.size() - 1);
        assertTrue(last.startsWith(FarProcess.KERNELS), () -> "the process ended early, with: " + last);
        Set<String> missing = kernels();
        assertTrue(missing.containsAll(ARGUED.keySet()), () -> "no such kernel: " + ARGUED.keySet());
        missing.removeAll(
                List.of(last.substring(FarProcess.KERNELS.length()).strip().split(" ")));
        assertEquals(ARGUED.keySet(), missing, "kernels that were not run at the end of a huge range");
    }

    private static Set<String> kernels() throws IOException {
        Set<String> kernels = new TreeSet<>();
        Pattern declaration = Pattern.compile("(?s)^kernel\\s[^{]*?void\\s+(\\w+)\\(", Pattern.MULTILINE);
        for (String source : sources()) {
            declaration.matcher(source).results().forEach(match -> kernels.add(match.group(1)));
        }
        return kernels;
    }

    private static List<String> sources() throws IOException {
        Path kernels = Path.of("src", "main", "resources", "kernels");
        List<String> sources = new ArrayList<>();
        try (Stream<Path> files = Files.list(kernels)) {
            for (Path file : files.sorted().toList()) {
                sources.add(Files.readString(file));
            }
        }
        return sources;
    }

    @Test
    void partsOfSumsAreFoundIn64Bits() throws IOException {
        int found = 0;
        for (String source : sources()) {
            Matcher products =
                    Pattern.compile("\\b([rs]) \\* \\(?(2 \\* )?columns").matcher(source);
            while (products.find()) {
                String number = " " + products.group(1) + " = ";
                String declaration = source.substring(0, source.lastIndexOf(number, products.start()));
                assertTrue(declaration.endsWith("ulong"), () -> products.group() + " after " + declaration);
                found++;
            }
        }
        assertEquals(9, found, "products of the number of a row or part and the columns");
    }

    /** What gemm_sum and tile_sum rely on, which read all parts: together these never have more than 2^24 elements, of vectors 2^22. */
    @Test
    void onlySmallResultsAreSummedInParts() {
        for (Style style : List.of(Style.vectors(4), Style.vectors(8), Style.vectors(16), Style.tiles(256))) {
            for (int rows = 0; rows < 32; rows++) {
                for (int columns = 0; columns < 31; columns++) {
                    long results = (1L << rows) * (1L << columns);
                    int splits = Tuning.splits(style, 1L << rows, 1L << columns, 1L << 40);
                    assertTrue(
                            splits == 1 || splits * results <= (style.vectors() ? 1 << 22 : 1 << 24),
                            splits + " parts of " + results);
                }
            }
        }
    }
}
