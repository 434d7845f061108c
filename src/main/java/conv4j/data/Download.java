package conv4j.data;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * Fetches one file over HTTP: into a {@code .part} file beside the target, continued where an earlier attempt ended,
 * checked for size and hash, then renamed. One process at a time fetches a file; the others wait for it.
 */
final class Download {

    private static final int ATTEMPTS = 3;
    private static final int BUFFER = 1 << 16;
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(20);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(60);
    /** File locks are held by the whole virtual machine, so threads of one need a lock of their own. */
    private static final Object IN_THIS_PROCESS = new Object();

    private final RemoteFile remote;
    private final Path target;
    private final Path part;
    private final DownloadProgress progress;

    private Download(RemoteFile remote, Path target, DownloadProgress progress) {
        this.remote = remote;
        this.target = target;
        this.part = target.resolveSibling(target.getFileName() + ".part");
        this.progress = progress;
    }

    /**
     * Fetches a file unless it is there already.
     *
     * @param remote where it comes from and how it is checked
     * @param target where it goes; its folder is made
     * @param offline whether asking the network is forbidden
     * @param progress is told how far it is
     * @throws DataException when it cannot be had; the message says how to get it by hand
     */
    static void fetch(RemoteFile remote, Path target, boolean offline, DownloadProgress progress) {
        if (Files.exists(target)) {
            return;
        }
        Download download = new Download(remote, target, progress);
        if (offline) {
            throw download.failed("downloads are forbidden (CONV4J_OFFLINE is set)", null);
        }
        try {
            Files.createDirectories(target.toAbsolutePath().getParent());
            download.fetchLocked();
        } catch (IOException failure) {
            throw download.failed(download.reason(failure), failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw download.failed("interrupted", interrupted);
        }
    }

    /** Java says nothing about why there is no connection, not even that there is no such host. */
    private String reason(IOException failure) {
        return failure instanceof ConnectException || failure instanceof HttpConnectTimeoutException
                ? "no connection to " + remote.uri().getHost()
                        + "; check the network, and the variable https_proxy if there is a proxy"
                : DataFiles.reason(failure);
    }

    private void fetchLocked() throws IOException, InterruptedException {
        Path lockFile = target.resolveSibling(target.getFileName() + ".lock");
        synchronized (IN_THIS_PROCESS) {
            try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                if (lock.isValid() && !Files.exists(target)) {
                    fetchPart();
                    remote.check(part);
                    move();
                }
            }
        }
    }

    /** Several attempts, because a broken connection is usual; each continues where the one before ended. */
    private void fetchPart() throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                request();
                return;
            } catch (IOException broken) {
                if (attempt == ATTEMPTS || broken instanceof RefusedException) {
                    throw broken;
                }
            }
        }
    }

    private void request() throws IOException, InterruptedException {
        long have = Files.exists(part) ? Files.size(part) : 0;
        if (remote.size() >= 0 && have >= remote.size()) {
            return;
        }
        HttpRequest.Builder request =
                HttpRequest.newBuilder(remote.uri()).timeout(ANSWER_LIMIT).GET();
        if (have > 0) {
            request.header("Range", "bytes=" + have + "-");
        }
        HttpResponse<InputStream> response = client().send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            switch (response.statusCode()) {
                case 200 -> save(body, 0, length(response));
                case 206 -> save(body, continued(response, have), have + length(response));
                case 416 -> restart();
                default -> throw new RefusedException("the server answered with status " + response.statusCode());
            }
        }
    }

    private static HttpClient client() {
        ProxySelector proxies = EnvironmentProxies.of(System.getenv(), ProxySelector.getDefault());
        return HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(CONNECT_LIMIT)
                .proxy(proxies)
                .build();
    }

    private static long length(HttpResponse<?> response) {
        return response.headers().firstValueAsLong("Content-Length").orElse(-1);
    }

    /** The position where a partial answer begins, which must be the one asked for. */
    private long continued(HttpResponse<?> response, long have) throws IOException {
        String range = response.headers().firstValue("Content-Range").orElse("");
        if (!range.startsWith("bytes " + have + "-")) {
            Files.delete(part);
            throw new IOException("the server continued at '" + range + "' instead of byte " + have);
        }
        return have;
    }

    private void restart() throws IOException {
        Files.delete(part);
        throw new IOException("the partial file does not fit the file on the server any more");
    }

    private void save(InputStream body, long from, long promised) throws IOException {
        long total = remote.size() >= 0 ? remote.size() : promised;
        long done = from;
        try (FileChannel out = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            out.truncate(from).position(from);
            byte[] buffer = new byte[BUFFER];
            for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
                out.write(java.nio.ByteBuffer.wrap(buffer, 0, n));
                done += n;
                progress.update(remote.uri(), done, total);
            }
        }
        if (total >= 0 && done < total) {
            throw new IOException("the connection ended after " + done + " of " + total + " bytes");
        }
    }

    private void move() throws IOException {
        try {
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException notAtomic) {
            Files.move(part, target);
        }
    }

    private DataException failed(String reason, Throwable cause) {
        return new DataException(
                "cannot download " + remote.uri() + ": " + reason
                        + ". Try again (it continues where it ended), or get the file by hand and put it at "
                        + target.toAbsolutePath(),
                cause);
    }

    /** The server's own refusal, which another attempt does not change. */
    private static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }
}
