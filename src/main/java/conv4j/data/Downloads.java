package conv4j.data;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Fetches well-known data sets from their origins into a folder, only when called and only what is not there yet.
 * {@code CONV4J_OFFLINE} set to anything but 0 or false forbids it. The proxies of Java's settings and of the environment are used.
 */
public final class Downloads {

    private static final RemoteFile CIFAR10 = new RemoteFile(
            URI.create("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"),
            170_052_171L,
            "SHA-256",
            "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd");

    private static final String MNIST_BASE = "https://ossci-datasets.s3.amazonaws.com/mnist/";
    private static final String FASHION_BASE = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/";
    private static final Map<String, String> MNIST_MD5 = Map.of(
            "train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873",
            "train-labels-idx1-ubyte.gz", "d53e105ee54ea40749a09fcbcd1e9432",
            "t10k-images-idx3-ubyte.gz", "9fb629c4189551a2d022fa330f9573f3",
            "t10k-labels-idx1-ubyte.gz", "ec29112dd5afa0611ce80d1b7f02629c");

    private Downloads() {}

    /**
     * Fetches CIFAR-10 (170 MB) and unpacks it.
     *
     * @param folder where the archive and its folder go, for example {@code CacheFolder.get("datasets")}
     * @param progress is told how far it is
     * @return the folder that {@link Cifar10} reads
     * @throws DataException when it cannot be had; the message says how to get it by hand
     */
    public static Path cifar10(Path folder, DownloadProgress progress) {
        return cifar10(CIFAR10, folder, offline(System.getenv()), progress);
    }

    /** From any place that has the archive. */
    static Path cifar10(RemoteFile origin, Path folder, boolean offline, DownloadProgress progress) {
        Path unpacked = folder.resolve(Cifar10.FOLDER);
        if (!Files.isDirectory(unpacked)) {
            Path archive = folder.resolve("cifar-10-binary.tar.gz");
            Download.fetch(origin, archive, offline, progress);
            unpack(archive, unpacked);
        }
        return unpacked;
    }

    /**
     * Fetches the four files of MNIST (12 MB) or Fashion-MNIST (31 MB).
     *
     * @param set which of both
     * @param folder where a folder with the files goes, for example {@code CacheFolder.get("datasets")}
     * @param progress is told how far it is
     * @return the folder that {@link Mnist} reads
     * @throws DataException when they cannot be had; the message says how to get them by hand
     */
    public static Path mnist(Mnist set, Path folder, DownloadProgress progress) {
        boolean digits = set == Mnist.DIGITS;
        Path target = folder.resolve(set.folder());
        boolean offline = offline(System.getenv());
        for (String name : List.copyOf(MNIST_MD5.keySet()).stream().sorted().toList()) {
            URI uri = URI.create((digits ? MNIST_BASE : FASHION_BASE) + name);
            // No hash of the Fashion-MNIST files is published at their origin; gzip's checksum has to do.
            String algorithm = digits ? "MD5" : "";
            String hash = digits ? MNIST_MD5.get(name) : "";
            Download.fetch(new RemoteFile(uri, -1, algorithm, hash), target.resolve(name), offline, progress);
        }
        return target;
    }

    /** Whether the environment forbids downloads. */
    static boolean offline(Map<String, String> environment) {
        String value = environment.getOrDefault("CONV4J_OFFLINE", "").strip();
        return !(value.isEmpty() || value.equals("0") || value.equalsIgnoreCase("false"));
    }

    /** Unpacks beside the final place and renames, so that a folder with the right name is always complete. */
    static void unpack(Path archive, Path unpacked) {
        try {
            Path temporary = Files.createTempDirectory(unpacked.toAbsolutePath().getParent(), "unpacking");
            try {
                TarGz.unpack(archive, temporary);
                Files.move(temporary.resolve(unpacked.getFileName()), unpacked, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                delete(temporary);
            }
        } catch (IOException failed) {
            if (Files.isDirectory(unpacked)) {
                return; // another process was faster
            }
            throw new DataException(
                    "cannot unpack " + archive + " (" + DataFiles.reason(failed)
                            + "); delete it and download again, or unpack it by hand to " + unpacked,
                    failed);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
