package conv4j.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From an archive on a server to images, with a small archive in the form of CIFAR-10's. */
@Timeout(60)
class DownloadsTest {

    @TempDir
    private Path folder;

    private final AtomicInteger requests = new AtomicInteger();
    private HttpServer server;
    private RemoteFile archive;

    @BeforeEach
    void startServer() throws Exception {
        byte[] packed = archive();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            exchange.sendResponseHeaders(200, packed.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(packed);
            }
        });
        server.start();
        String hash =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(packed));
        String host = server.getAddress().getAddress().getHostAddress();
        URI uri = URI.create("http://" + host + ":" + server.getAddress().getPort() + "/cifar-10-binary.tar.gz");
        archive = new RemoteFile(uri, packed.length, "SHA-256", hash);
    }

    @AfterEach
    void stopServer() {
        server.stop(0);
    }

    private byte[] archive() throws IOException {
        Path files = folder.resolve("files");
        Cifar10Files.write(files);
        TarBytes tar = new TarBytes();
        tar.entry("cifar-10-batches-bin/", '5');
        try (Stream<Path> all = Files.list(files)) {
            for (Path file : all.sorted().toList()) {
                tar.entry("cifar-10-batches-bin/" + file.getFileName(), '0', Files.readAllBytes(file));
            }
        }
        return tar.gzip();
    }

    @Test
    void anArchiveIsFetchedUnpackedAndReadOnce() {
        Path cache = folder.resolve("cache");
        for (int i = 0; i < 2; i++) {
            Path set = Downloads.cifar10(archive, cache, false, DownloadProgress.SILENT);
            assertEquals(cache.resolve("cifar-10-batches-bin"), set);
            assertEquals(160, Cifar10.train(set).size());
            assertEquals(40, Cifar10.test(set).size());
            assertEquals(
                    Cifar10.train(folder.resolve("files")).label(7),
                    Cifar10.train(set).label(7));
        }
        assertEquals(1, requests.get());
    }

    @Test
    void anArchiveThatWasPutThereByHandIsUnpackedWithoutANetwork() throws IOException {
        Path cache = Files.createDirectories(folder.resolve("cache"));
        String message = assertThrows(
                        DataException.class, () -> Downloads.cifar10(archive, cache, true, DownloadProgress.SILENT))
                .getMessage();
        Path place = cache.resolve("cifar-10-binary.tar.gz");
        assertTrue(message.endsWith("get the file by hand and put it at " + place), message);
        Files.write(place, archive());
        Path set = Downloads.cifar10(archive, cache, true, DownloadProgress.SILENT);
        assertEquals(160, Cifar10.train(set).size());
        assertEquals(0, requests.get());
        assertEquals(
                List.of("airplane", "automobile"),
                Cifar10.train(set).classNames().subList(0, 2));
    }
}
