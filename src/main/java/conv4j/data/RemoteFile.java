package conv4j.data;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file on a server and how to know that it is the right one.
 *
 * @param uri where it is
 * @param size its bytes, -1 when not known
 * @param algorithm SHA-256 or MD5; empty when no hash is known
 * @param hash lower case hexadecimal digits
 */
record RemoteFile(URI uri, long size, String algorithm, String hash) {

    private static final int BUFFER = 1 << 16;

    /** Checks a file; a wrong one is deleted, so that the next attempt begins anew. */
    void check(Path file) throws IOException {
        long found = Files.size(file);
        if (size >= 0 && found != size) {
            Files.delete(file);
            throw new IOException("the file has " + found + " bytes, needed are " + size + "; it was deleted");
        }
        String digest = algorithm.isEmpty() ? hash : digest(file);
        if (!digest.equals(hash)) {
            Files.delete(file);
            throw new IOException(
                    "the file has " + algorithm + " " + digest + ", needed is " + hash + "; it was deleted");
        }
    }

    private String digest(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            byte[] buffer = new byte[BUFFER];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this Java has no " + algorithm, missing);
        }
    }
}
