package conv4j.callbacks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file, line by line; no model is asked. */
class CSVLoggerTest {

    private static final String HEADER = "epoch,loss,val_loss\r\n";

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void choose() {
        file = folder.resolve("log.csv");
    }

    private static void log(CSVLogger logger, double loss, double validation) {
        logger.onTrainBegin(null);
        logger.onEpochEnd(null, 0, Map.of("val_loss", validation, "loss", loss));
    }

    private void assertLog(String lines) throws IOException {
        assertEquals(lines, Files.readString(file));
    }

    @Test
    void numbersAreWrittenAsInPython() throws IOException {
        log(new CSVLogger(file), 0.25, 1e-5);
        assertLog(HEADER + "0,0.25,1.0e-5\r\n");
        log(new CSVLogger(file), Double.NaN, Double.POSITIVE_INFINITY);
        assertLog(HEADER + "0,nan,inf\r\n");
        log(new CSVLogger(file), 0, Double.NEGATIVE_INFINITY);
        assertLog(HEADER + "0,0.0,-inf\r\n");
    }

    @Test
    void whatAnEpochLacksIsNotAvailable() throws IOException {
        CSVLogger logger = new CSVLogger(file);
        log(logger, 1, 2);
        logger.onEpochEnd(null, 1, Map.of("loss", 3.0));
        assertLog(HEADER + "0,1.0,2.0\r\n1,3.0,NA\r\n");
    }

    @Test
    void aHeaderIsWrittenWhereThereIsNone() throws IOException {
        CSVLogger logger = new CSVLogger(file).append(true);
        log(logger, 1, 2);
        String once = HEADER + "0,1.0,2.0\r\n";
        assertLog(once);
        log(logger, 1, 2);
        assertLog(once + "0,1.0,2.0\r\n");
        Files.writeString(file, "");
        log(logger, 1, 2);
        assertLog(once);
        log(new CSVLogger(file), 1, 2);
        assertLog(once);
    }

    @Test
    void aFileThatCannotBeWrittenIsNamed() throws IOException {
        Files.createDirectory(file);
        UncheckedIOException failure =
                assertThrows(UncheckedIOException.class, () -> new CSVLogger(file).onTrainBegin(null));
        assertTrue(failure.getMessage().startsWith("the log " + file + " cannot be written: "), failure.getMessage());
        assertTrue(failure.getMessage().endsWith("; give another file to CSVLogger"), failure.getMessage());
    }

    @Test
    void aFileThatWentAwayIsNamed() throws IOException {
        CSVLogger logger = new CSVLogger(file);
        logger.onTrainBegin(null);
        Files.delete(file);
        String message = assertThrows(UncheckedIOException.class, () -> logger.onEpochEnd(null, 0, Map.of("loss", 1.0)))
                .getMessage();
        assertTrue(message.startsWith("the log " + file + " cannot be written: "), message);
    }
}
