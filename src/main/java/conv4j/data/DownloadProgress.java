package conv4j.data;

import java.net.URI;

/** Is told how far a download is. */
@FunctionalInterface
public interface DownloadProgress {

    /** Tells nobody. */
    DownloadProgress SILENT = (uri, done, total) -> {};

    /**
     * Called after each piece, at most 64 KiB.
     *
     * @param uri the file
     * @param done bytes that are here
     * @param total bytes in all, -1 when not known
     */
    void update(URI uri, long done, long total);
}
