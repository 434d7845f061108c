package conv4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.BackendException;
import conv4j.backend.OutOfMemoryException;
import conv4j.data.DataException;
import conv4j.files.FileFormatException;
import conv4j.model.DivergedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ErrorReportTest {

    static List<Arguments> failures() {
        return List.of(
                Arguments.of(new IllegalArgumentException("no window fits"), 2, "no window fits"),
                Arguments.of(new DataException("no label 12"), 3, "no label 12"),
                Arguments.of(new FileFormatException("x is damaged"), 3, "x is damaged"),
                Arguments.of(new NoSuchFileException("x"), 3, "there is no file x; check the name"),
                Arguments.of(new AccessDeniedException("x"), 3, "x may not be read or written; check its permissions"),
                Arguments.of(new UncheckedIOException("x: disk full", new IOException()), 3, "x: disk full"),
                Arguments.of(new BackendException("no device 7"), 4, "no device 7"),
                Arguments.of(new OutOfMemoryException("too large", 2, 1), 4, "too large"),
                Arguments.of(new DivergedException("NaN at step 3", 3), 5, "NaN at step 3"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void everyKindHasItsCodeAndItsOwnWords(Throwable failure, int code, String message) {
        assertEquals(new ErrorReport(code, message), ErrorReport.of(failure));
    }

    @Test
    void aFullHeapIsAMatterOfTheDeviceAndSaysHowToGetMore() {
        ErrorReport report = ErrorReport.of(new OutOfMemoryError());
        assertEquals(ExitCode.DEVICE, report.exitCode());
        assertTrue(report.message().contains("-Xmx"), report.message());
    }

    @Test
    void whateverElseIsABugInOneLine() {
        for (Throwable bug : List.of(
                new NullPointerException("a\nb"),
                new NumberFormatException("x"),
                new IllegalArgumentException(),
                new IllegalStateException("closed"),
                new StackOverflowError())) {
            ErrorReport report = ErrorReport.of(bug);
            assertEquals(ExitCode.BUG, report.exitCode());
            assertEquals(1, report.message().lines().count());
            assertTrue(report.message().contains("--debug"), report.message());
        }
    }

    @Test
    void aStackTraceIsPrintedOnlyOnDemand() {
        assertEquals("conv4j: no label 12\n", printed(new DataException("no label 12"), false));
        assertTrue(printed(new DataException("no label 12"), true).contains("\tat conv4j"));
        assertFalse(printed(new NullPointerException(), false).contains("\tat "));
    }

    private static String printed(Throwable failure, boolean debug) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ErrorReport.of(failure).print(new PrintStream(bytes, true, StandardCharsets.UTF_8), debug, failure);
        return bytes.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
    }
}
