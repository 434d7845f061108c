package conv4j.vectors;

import conv4j.backend.Backend;
import conv4j.files.Safetensors;
import conv4j.selftest.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder of cases, one {@code .safetensors} file each: inputs, outputs and gradients as tensors, the operation's name
 * {@code op} and its attributes as metadata. Activations are NHWC, convolution kernels HWIO, transposed ones HWOI, dense
 * ones (in, out).
 */
public final class VectorCases {

    private VectorCases() {}

    /**
     * The cases in a folder and in the folders below it.
     *
     * @param folder where to look
     * @return the files, sorted
     * @throws NotDirectoryException when it is no folder
     * @throws IOException when it cannot be read
     */
    public static List<Path> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new NotDirectoryException(folder.toString());
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(path -> path.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList();
        }
    }

    /**
     * Runs a case.
     *
     * @param path the file
     * @param backend the device
     * @throws AssertionError when the device returns something else than the file says
     * @throws conv4j.files.FileFormatException when the file is damaged or lacks a tensor
     * @throws IllegalArgumentException when its metadata name nothing that can be checked, or lack something
     * @throws IOException when it cannot be read
     */
    public static void check(Path path, Backend backend) throws IOException {
        try (Safetensors file = Safetensors.open(path)) {
            if ("train".equals(file.metadata().get("op"))) {
                new TrainingCase(file).check(backend);
            } else {
                Vectors.check(path.getFileName().toString(), file, backend);
            }
        }
    }
}
