package conv4j.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes files all or nothing: under a temporary name in the same folder, flushed to the disk, then renamed over the old
 * file. Whatever fails before the renaming leaves the old file as it was and removes the temporary one.
 */
public final class WholeFile {

    /** Writes the content of a file. */
    @FunctionalInterface
    public interface Content {

        /**
         * Writes everything.
         *
         * @param out the file, empty
         * @throws IOException when writing fails
         */
        void write(WritableByteChannel out) throws IOException;
    }

    /** Opens the temporary file; another one stands in for a full disk in tests. */
    interface Opener {
        FileChannel open(Path temporary) throws IOException;
    }

    private WholeFile() {}

    /**
     * Writes a file. Missing folders are made; a link is followed.
     *
     * @param file its name
     * @param content writes it
     * @throws UncheckedIOException when it cannot be written; its message says why and what to do
     */
    public static void write(Path file, Content content) {
        write(
                file,
                content,
                temporary -> FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    /** The same, with a way to open the temporary file. */
    static void write(Path file, Content content, Opener opener) {
        try {
            Path target = target(file);
            Path temporary = temporary(target);
            try {
                try (FileChannel out = opener.open(temporary)) {
                    content.write(out);
                    out.force(true);
                }
                rename(temporary, target);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException failed) {
            throw failure(file, failed);
        }
    }

    /**
     * Checks that a file can be written later, so that a long computation does not end with nowhere to put its result.
     *
     * @param file its name
     * @throws UncheckedIOException when its folder cannot be made or written, or something that is not a file is there
     */
    public static void check(Path file) {
        try {
            Path probe = temporary(target(file));
            Files.createFile(probe);
            Files.delete(probe);
        } catch (IOException failed) {
            throw failure(file, failed);
        }
    }

    private static Path target(Path file) throws IOException {
        if (!Files.exists(file)) {
            Path absolute = file.toAbsolutePath();
            Files.createDirectories(absolute.getParent());
            return absolute;
        }
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "it is a folder; give the name of a file");
        }
        Path target = file.toRealPath();
        if (!Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileSystemException(file.toString(), null, "it is not a regular file; give another name");
        }
        return target;
    }

    private static Path temporary(Path target) {
        return target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
    }

    private static void rename(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException plain) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
        forceFolder(to.getParent());
    }

    /** Makes the new name survive a power failure, where folders can be flushed (not on Windows). */
    private static void forceFolder(Path folder) {
        try (FileChannel opened = FileChannel.open(folder, StandardOpenOption.READ)) {
            opened.force(true);
        } catch (IOException unsupported) {
            // The file itself is complete and on the disk; there is nothing more that can be done.
            return;
        }
    }

    private static UncheckedIOException failure(Path file, IOException failed) {
        boolean kept = Files.isRegularFile(file);
        return new UncheckedIOException(
                file + " could not be saved: " + reason(failed)
                        + (kept ? "; the file that was there before is unchanged" : ""),
                failed);
    }

    private static String reason(IOException failed) {
        if (failed instanceof AccessDeniedException) {
            return "its folder may not be written; give another place";
        }
        if (failed instanceof FileSystemException system && system.getReason() != null) {
            return system.getReason();
        }
        String message = failed.getMessage();
        boolean full = message != null && message.contains("No space left");
        return full ? message + "; free some space or give another place" : String.valueOf(message);
    }
}
