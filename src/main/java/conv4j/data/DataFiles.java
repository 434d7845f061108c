package conv4j.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** Reads whole data files; everything that can go wrong becomes a message for the user. */
final class DataFiles {

    private DataFiles() {}

    /** The bytes of a file; the hint says what belongs there when it is missing. */
    static byte[] read(Path file, String hint) {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException missing) {
            throw new DataException(file + " is missing; " + hint, missing);
        } catch (IOException | OutOfMemoryError failed) {
            throw new DataException("cannot read " + file + " (" + reason(failed) + "); " + hint, failed);
        }
    }

    /** The bytes of a file, unpacked when it begins with gzip's magic bytes whatever its name is. */
    static byte[] readMaybeGzip(Path file, String hint) {
        byte[] bytes = read(file, hint);
        if (bytes.length < 2 || (bytes[0] & 0xFF) != 0x1F || (bytes[1] & 0xFF) != 0x8B) {
            return bytes;
        }
        try (GZIPInputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(bytes), 1 << 16)) {
            return unpacked.readAllBytes();
        } catch (IOException damaged) {
            throw new DataException(
                    file + " (" + bytes.length + " bytes) is a truncated or damaged gzip file (" + reason(damaged)
                            + "); get it again",
                    damaged);
        }
    }

    /** A short reason, also for exceptions whose message is only a file name or nothing. */
    static String reason(Throwable failure) {
        String name = failure.getClass().getSimpleName().replace("Exception", "");
        return failure.getMessage() == null ? name : name + ": " + failure.getMessage();
    }
}
