package conv4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import conv4j.random.RandomStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DownloadTest {

    private static final int SIZE = 300_000;

    @TempDir
    private Path folder;

    private final byte[] content = new byte[SIZE];
    private final List<String> ranges = new ArrayList<>();
    private ExecutorService executor;
    private HttpServer server;

    /** How many bytes of an answer are sent before the connection is cut; all when negative. */
    private int cutAfter = -1;

    private boolean understandsRanges = true;
    private int status;
    private Path target;

    @BeforeEach
    void startServer() throws IOException {
        RandomStream random = new RandomStream(1, 1);
        for (int i = 0; i < SIZE; i++) {
            content[i] = (byte) random.nextInt();
        }
        target = folder.resolve("sub/file.bin");
        executor = Executors.newCachedThreadPool();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(executor);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stopServer() {
        server.stop(0);
        executor.shutdownNow();
    }

    private synchronized void answer(HttpExchange exchange) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        ranges.add(String.valueOf(range));
        if (status != 0) {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
            return;
        }
        boolean partial = range != null && understandsRanges;
        int from = partial ? Integer.parseInt(range.substring("bytes=".length(), range.length() - 1)) : 0;
        if (partial) {
            exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + (SIZE - 1) + "/" + SIZE);
        }
        exchange.sendResponseHeaders(partial ? 206 : 200, SIZE - from);
        int end = cutAfter < 0 ? SIZE : Math.min(from + cutAfter, SIZE);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(content, from, end - from);
            out.flush();
            if (end < SIZE) {
                awaitArrival(end);
            }
        }
    }

    /** What is still on its way when a connection is cut may be lost. */
    private void awaitArrival(int bytes) throws IOException {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while ((!Files.exists(part()) || Files.size(part()) < bytes) && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
    }

    private URI uri() {
        return URI.create("http://" + server.getAddress().getAddress().getHostAddress() + ":"
                + server.getAddress().getPort() + "/file.bin");
    }

    private RemoteFile checked() throws NoSuchAlgorithmException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
        return new RemoteFile(uri(), SIZE, "SHA-256", HexFormat.of().formatHex(digest));
    }

    private Path part() {
        return folder.resolve("sub/file.bin.part");
    }

    private String failure(RemoteFile remote) {
        DataException failure =
                assertThrows(DataException.class, () -> Download.fetch(remote, target, false, DownloadProgress.SILENT));
        assertTrue(failure.getMessage().contains(remote.uri().toString()), failure.getMessage());
        assertTrue(failure.getMessage().contains(target.toString()), failure.getMessage());
        assertFalse(Files.exists(target));
        return failure.getMessage();
    }

    @Test
    void aFileArrivesWholeWithProgressAndIsNotFetchedTwice() throws Exception {
        List<Long> progress = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Download.fetch(checked(), target, false, (uri, done, total) -> {
                assertEquals(SIZE, total);
                progress.add(done);
            });
        }
        assertArrayEquals(content, Files.readAllBytes(target));
        assertEquals(List.of("null"), ranges);
        assertEquals(SIZE, progress.get(progress.size() - 1));
        assertEquals(progress.stream().sorted().toList(), progress);
        assertFalse(Files.exists(part()));
    }

    @Test
    void aBrokenConnectionIsContinuedWhereItEnded() throws Exception {
        cutAfter = 120_000;
        Download.fetch(checked(), target, false, DownloadProgress.SILENT);
        assertArrayEquals(content, Files.readAllBytes(target));
        assertEquals(List.of("null", "bytes=120000-", "bytes=240000-"), ranges);
    }

    @Test
    void anEarlierPartIsContinued() throws Exception {
        Files.createDirectories(part().getParent());
        Files.write(part(), Arrays.copyOf(content, 1000));
        Download.fetch(checked(), target, false, DownloadProgress.SILENT);
        assertArrayEquals(content, Files.readAllBytes(target));
        assertEquals(List.of("bytes=1000-"), ranges);
    }

    @Test
    void aServerWithoutRangesSendsEverythingAgain() throws Exception {
        understandsRanges = false;
        Files.createDirectories(part().getParent());
        Files.write(part(), new byte[1000]);
        Download.fetch(checked(), target, false, DownloadProgress.SILENT);
        assertArrayEquals(content, Files.readAllBytes(target));
    }

    @Test
    void aConnectionThatAlwaysBreaksFailsWithBothSizesAndKeepsThePart() throws Exception {
        cutAfter = 50_000;
        failure(checked());
        assertEquals(3, ranges.size());
        assertEquals(150_000, Files.size(part()));
    }

    @Test
    void aWrongHashIsShownAndTheFileIsDeleted() {
        String wrong = "0".repeat(64);
        String message = failure(new RemoteFile(uri(), SIZE, "SHA-256", wrong));
        assertTrue(message.contains("needed is " + wrong), message);
        assertFalse(Files.exists(part()));
    }

    @Test
    void aFileOfAnotherSizeIsShownWithBothSizes() {
        String message = failure(new RemoteFile(uri(), SIZE - 1, "", ""));
        assertTrue(message.contains(SIZE + " bytes, needed are " + (SIZE - 1)), message);
        assertFalse(Files.exists(part()));
    }

    @Test
    void aRefusalOfTheServerIsFinal() throws Exception {
        status = 404;
        assertTrue(failure(checked()).contains("status 404"));
        assertEquals(1, ranges.size());
    }

    @Test
    void aServerThatIsNotThereFailsWithTheWayByHand() throws Exception {
        RemoteFile remote = checked();
        server.stop(0);
        String message = failure(remote);
        assertTrue(message.contains(": no connection to 127.0.0.1; check the network"), message);
        assertTrue(message.contains("get the file by hand"), message);
    }

    @Test
    void offlineNothingIsAsked() throws Exception {
        RemoteFile remote = checked();
        DataException failure =
                assertThrows(DataException.class, () -> Download.fetch(remote, target, true, DownloadProgress.SILENT));
        assertTrue(failure.getMessage().contains("CONV4J_OFFLINE"));
        assertTrue(failure.getMessage().contains(target.toString()));
        assertEquals(List.of(), ranges);
        assertTrue(Downloads.offline(Map.of("CONV4J_OFFLINE", "1")));
        assertFalse(Downloads.offline(Map.of("CONV4J_OFFLINE", "0")));
        assertFalse(Downloads.offline(Map.of()));
    }

    @Test
    void twoThreadsFetchTheFileOnce() throws Exception {
        RemoteFile remote = checked();
        Thread other = new Thread(() -> Download.fetch(remote, target, false, DownloadProgress.SILENT));
        other.start();
        Download.fetch(remote, target, false, DownloadProgress.SILENT);
        other.join();
        assertEquals(1, ranges.size());
    }

    @Test
    void proxiesOfTheEnvironmentAreUsedUnlessExcluded() {
        Map<String, String> environment =
                Map.of("https_proxy", "http://proxy.example:3128", "NO_PROXY", "inside.example, .other.example");
        ProxySelector selector = EnvironmentProxies.of(environment, ProxySelector.of(null));
        Proxy used = selector.select(URI.create("https://data.example/x")).get(0);
        assertEquals(InetSocketAddress.createUnresolved("proxy.example", 3128), used.address());
        for (String direct : new String[] {
            "http://data.example/x",
            "https://inside.example/",
            "https://a.inside.example/",
            "https://b.other.example/",
            "https://127.0.0.1/"
        }) {
            assertEquals(List.of(Proxy.NO_PROXY), selector.select(URI.create(direct)), direct);
        }
        ProxySelector set = ProxySelector.of(InetSocketAddress.createUnresolved("own.example", 1));
        URI uri = URI.create("https://data.example/x");
        assertEquals(set.select(uri), EnvironmentProxies.of(environment, set).select(uri));
    }
}
