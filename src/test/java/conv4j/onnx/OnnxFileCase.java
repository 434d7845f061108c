package conv4j.onnx;

import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.files.FileFormatException;
import conv4j.model.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file of any bytes, which is read or refused. */
final class OnnxFileCase {

    private OnnxFileCase() {}

    /** Reads the bytes; true when they are refused, as nothing but a file may be. */
    static boolean isRefused(Path file, byte[] bytes, String what) throws IOException {
        Files.write(file, bytes);
        try (Model model = OnnxFile.load(file)) {
            assertTrue(model.outputShape().size() > 0);
            return false;
        } catch (FileFormatException e) {
            assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
            return true;
        } catch (Throwable e) {
            throw new AssertionError(what + " is no refusal of a file: " + e, e);
        }
    }
}
