package conv4j.cli;

import conv4j.backend.BackendException;
import conv4j.data.DataException;
import conv4j.files.FileFormatException;
import conv4j.model.DivergedException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.IllegalFormatException;

/**
 * What a failure means for the user.
 *
 * @param exitCode one of {@link ExitCode}
 * @param message what was given, what is needed, what to do
 */
record ErrorReport(int exitCode, String message) {

    private static final String BUG_ADVICE =
            "this is an error in conv4j; run again with --debug to see where, and report it";
    private static final long MIB = 1 << 20;

    /** Sorts a failure into the exit codes. */
    static ErrorReport of(Throwable failure) {
        if (failure instanceof DivergedException) {
            return new ErrorReport(ExitCode.DIVERGED, text(failure));
        }
        if (failure instanceof BackendException) {
            return new ErrorReport(ExitCode.DEVICE, text(failure));
        }
        if (failure instanceof OutOfMemoryError) {
            return new ErrorReport(ExitCode.DEVICE, heapAdvice());
        }
        if (failure instanceof DataException || failure instanceof FileFormatException) {
            return new ErrorReport(ExitCode.DATA, text(failure));
        }
        if (failure instanceof UncheckedIOException || failure instanceof IOException) {
            return new ErrorReport(ExitCode.DATA, fileProblem(failure));
        }
        if (isArgument(failure)) {
            return new ErrorReport(ExitCode.USAGE, text(failure));
        }
        return new ErrorReport(ExitCode.BUG, "unexpected " + oneLine(failure.toString()) + "; " + BUG_ADVICE);
    }

    /** Layers and options report with IllegalArgumentException; these two kinds of it come from code alone. */
    private static boolean isArgument(Throwable failure) {
        return failure instanceof IllegalArgumentException
                && !(failure instanceof NumberFormatException)
                && !(failure instanceof IllegalFormatException)
                && failure.getMessage() != null;
    }

    private static String fileProblem(Throwable failure) {
        if (failure instanceof NoSuchFileException) {
            return "there is no file " + failure.getMessage() + "; check the name";
        }
        if (failure instanceof AccessDeniedException) {
            return failure.getMessage() + " may not be read or written; check its permissions";
        }
        return text(failure);
    }

    private static String heapAdvice() {
        return "the memory of the Java machine is full: its limit is "
                + Runtime.getRuntime().maxMemory() / MIB
                + " MiB; use a smaller batch, --limit, or set CONV4J_JAVA_OPTS=-Xmx8g for example";
    }

    private static String text(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message.strip();
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    /**
     * Prints the message, and below it the stack trace when that was asked for.
     *
     * @return the exit code
     */
    int print(PrintStream err, boolean debug, Throwable failure) {
        err.println("conv4j: " + message);
        if (debug) {
            failure.printStackTrace(err);
        }
        err.flush();
        return exitCode;
    }
}
