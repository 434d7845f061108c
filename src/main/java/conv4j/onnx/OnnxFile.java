package conv4j.onnx;

import conv4j.files.FileFormatException;
import conv4j.files.WholeFile;
import conv4j.model.Model;
import java.nio.ByteBuffer;
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

    /**
     * Writes a model's prediction as an ONNX file of operator set 17: from raw inputs, so with the model's normalization,
     * to its output. Images are (N, channels, height, width). What belongs to training only is left out.
     *
     * @param model any model
     * @param file the file, replaced if it is there
     * @throws IllegalArgumentException when a layer does something that ONNX has no operators for
     * @throws java.io.UncheckedIOException when it cannot be written; an earlier file is untouched then
     */
    public static void save(Model model, Path file) {
        byte[] content = ModelExport.file(model);
        WholeFile.write(file, channel -> channel.write(ByteBuffer.wrap(content)));
    }
}
