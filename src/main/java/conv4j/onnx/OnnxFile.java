package conv4j.onnx;

import conv4j.files.FileFormatException;
import conv4j.model.Model;
import java.nio.file.Path;

/**
 * ONNX files as models and models as ONNX files.
 *
 * <p>ONNX' images are (batch, channels, height, width), ours (batch, height, width, channels). Weights and axes are
 * rearranged on the way; a transposition is left only where nothing else does.
 */
public final class OnnxFile {

    private OnnxFile() {}

    /**
     * Reads an ONNX file as a model of layers, which can be used and trained further.
     *
     * @param file the file
     * @return the model, without optimizer and loss
     * @throws FileFormatException when it is no ONNX file, is damaged, or has operators that there are no layers for; the
     *     message names all of those
     * @throws java.io.UncheckedIOException when the file cannot be read
     */
    public static Model load(Path file) {
        try {
            return LayerImport.model(OnnxReader.model(file));
        } catch (FileFormatException | Unsupported e) {
            throw new FileFormatException(file + ": " + e.getMessage(), e);
        }
    }
}
