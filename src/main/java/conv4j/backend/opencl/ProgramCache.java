package conv4j.backend.opencl;

import conv4j.backend.DeviceInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Built programs on disk: one file per key, the SHA-256 of the program before the program itself, so that a damaged file
 * is noticed before a driver sees it. Nothing here ever fails loudly: without its cache conv4j only starts more slowly.
 */
final class ProgramCache {

    private static final Logger LOG = LoggerFactory.getLogger(ProgramCache.class);
    private static final int DIGEST_BYTES = 32;
    private static final String POCL = "Portable Computing Language";

    private final Path folder;

    /** A cache in a folder, or none at all when the folder is null. */
    ProgramCache(Path folder) {
        this.folder = folder;
    }

    /**
     * A cache of a device's programs. There is none for pocl, which has a folder of its own: asked for a program, it
     * compiles each of its kernels once more, those that nobody starts too, for groups of any size.
     */
    static ProgramCache of(DeviceInfo device, Path folder) {
        return new ProgramCache(device.platform().equals(POCL) ? null : folder);
    }

    /** The name of what is decided by all these texts. */
    static String key(String... parts) {
        MessageDigest digest = sha256();
        for (String part : parts) {
            digest.update(part.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Whether it keeps anything. */
    boolean keeps() {
        return folder != null;
    }

    /** The program of a key, or null when it is not there or not what was written. */
    byte[] read(String key) {
        if (folder == null || !Files.isRegularFile(file(key))) {
            return null;
        }
        try {
            byte[] bytes = Files.readAllBytes(file(key));
            if (bytes.length <= DIGEST_BYTES) {
                return null;
            }
            byte[] program = Arrays.copyOfRange(bytes, DIGEST_BYTES, bytes.length);
            boolean whole = Arrays.equals(sha256().digest(program), Arrays.copyOf(bytes, DIGEST_BYTES));
            return whole ? program : null;
        } catch (IOException unreadable) {
            return null;
        }
    }

    /** Keeps a program; written under a temporary name first, so that no reader sees half of it. */
    void write(String key, byte[] program) {
        if (folder == null || program.length == 0) {
            return;
        }
        Path temporary = null;
        try {
            Files.createDirectories(folder);
            temporary = Files.createTempFile(folder, "program", ".part");
            Files.write(temporary, joined(sha256().digest(program), program));
            Files.move(temporary, file(key), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.debug("a built program could not be kept in {}: {}", folder, e.toString());
            delete(temporary);
        }
    }

    private Path file(String key) {
        return folder.resolve(key + ".bin");
    }

    private static void delete(Path temporary) {
        try {
            if (temporary != null) {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            LOG.debug("{} could not be deleted: {}", temporary, e.toString());
        }
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
