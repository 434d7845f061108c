package conv4j.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is answered, and what. */
class ServerTest {

    private final Journal journal = new Journal();
    private final List<String> pressed = new ArrayList<>();
    private final Server server =
            new Server(0, journal, Map.of("pause", () -> pressed.add("pause"), "stop", () -> pressed.add("stop")));
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        server.close();
    }

    private HttpResponse<String> send(String method, String path, String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.url().resolve(path)).method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The status that a request gets which names another host; the JDK's clients do not let one say that. */
    private int statusForHost(String host) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.url().getPort())) {
            String request = "GET " + server.url().getPath() + " HTTP/1.1\r\n"
                    + (host == null ? "" : "Host: " + host + "\r\n") + "Connection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            return Integer.parseInt(in.readLine().split(" ")[1]);
        }
    }

    @Test
    void thePageAndItsFilesComeFromHereAlone() throws Exception {
        HttpResponse<String> page = send("GET", "");
        assertEquals(200, page.statusCode());
        assertTrue(page.body().contains("<title>conv4j training</title>"), page.body());
        String policy = page.headers().firstValue("Content-Security-Policy").orElseThrow();
        assertTrue(policy.startsWith("default-src 'none'; script-src 'self'; style-src 'self';"), policy);
        Map<String, String> protecting = Map.of(
                "Cache-Control", "no-store",
                "Content-Type", "text/html; charset=utf-8",
                "Cross-Origin-Resource-Policy", "same-origin",
                "X-Content-Type-Options", "nosniff",
                "X-Frame-Options", "DENY");
        protecting.forEach((name, value) ->
                assertEquals(value, page.headers().firstValue(name).orElse("none"), name));
        assertEquals("no-referrer", page.headers().firstValue("Referrer-Policy").orElseThrow());
        assertTrue(page.headers().firstValue("Access-Control-Allow-Origin").isEmpty());
        for (String file : List.of("dashboard.css", "charts.js", "dashboard.js")) {
            String text = send("GET", file).body();
            assertTrue(page.body().contains("\"" + file + "\""), file);
            assertFalse(text.replace("http://www.w3.org/2000/svg", "").contains("://"), file);
        }
        HttpResponse<String> missing = send("GET", "nothing");
        assertEquals(404, missing.statusCode());
        assertEquals(
                "text/plain; charset=utf-8",
                missing.headers().firstValue("Content-Type").orElse("none"));
    }

    @Test
    void withoutTheTokenEverythingIsForbidden() throws Exception {
        String token = server.url().getPath().split("/")[1];
        assertEquals(32, token.length());
        String wrong = (token.charAt(0) == 'A' ? "B" : "A") + token.substring(1);
        for (String path :
                List.of("/", "/events", "/" + token, "/" + wrong + "/", "/" + token + "A/", "/x/../" + token)) {
            assertEquals(403, send("GET", path).statusCode(), path);
        }
        assertEquals(403, send("POST", "/stop").statusCode());
        assertEquals(403, send("POST", "/" + wrong + "/stop").statusCode());
        assertEquals(List.of(), pressed);
    }

    @Test
    void noTwoServersHaveTheSameToken() {
        try (Server other = new Server(0, journal, Map.of())) {
            assertFalse(server.url().getPath().equals(other.url().getPath()));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:%d, 200",
        "localhost:%d, 200",
        "[::1]:%d, 200",
        "localhost:8080, 200",
        "example.com:%d, 403",
        "127.0.0.1.example.com:%d, 403",
        "localhost.example.com, 403",
        "127.0.0.1:%d:80, 403"
    })
    void theHostMustBeThisMachine(String host, int status) throws Exception {
        assertEquals(status, statusForHost(host.formatted(server.url().getPort())));
    }

    @Test
    void aRequestWithoutAHostIsRefused() throws Exception {
        assertTrue(statusForHost(null) >= 400);
    }

    @Test
    void buttonsAreForPostsOfThePageItself() throws Exception {
        String origin = "http://127.0.0.1:" + server.url().getPort();
        assertEquals(405, send("GET", "pause").statusCode());
        assertEquals(405, send("POST", "").statusCode());
        assertEquals(405, send("PUT", "stop").statusCode());
        assertEquals(403, send("POST", "pause", "Origin", "http://example.com").statusCode());
        assertEquals(403, send("POST", "pause", "Origin", "null").statusCode());
        assertEquals(List.of(), pressed);
        assertEquals(204, send("POST", "pause", "Origin", origin).statusCode());
        assertEquals(204, send("POST", "stop").statusCode());
        assertEquals(List.of("pause", "stop"), pressed);
    }

    @Test
    void itListensOnTheLoopbackInterfaceAlone() throws Exception {
        assertTrue(server.address().getAddress().isLoopbackAddress());
        List<InetSocketAddress> others = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .map(address -> new InetSocketAddress(address, server.url().getPort()))
                .toList();
        for (InetSocketAddress other : others) {
            try (Socket socket = new Socket()) {
                assertThrows(IOException.class, () -> socket.connect(other, 1000), other.toString());
            }
        }
    }

    /** A program that forgets to close the dashboard ends all the same. */
    @Test
    void noThreadKeepsTheProcessAlive() throws Exception {
        send("GET", "");
        List<Thread> threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread ->
                        thread.getName().equals("dashboard") || thread.getName().equals("HTTP-Dispatcher"))
                .toList();
        assertTrue(threads.size() >= 2, threads::toString);
        threads.forEach(thread -> assertTrue(thread.isDaemon(), thread::getName));
    }

    @Test
    void anInterruptionWhileItStartsStaysToBeSeen() throws Exception {
        Thread.currentThread().interrupt();
        try (Server other = new Server(0, journal, Map.of())) {
            assertTrue(Thread.interrupted());
            HttpRequest page = HttpRequest.newBuilder(other.url()).build();
            assertEquals(
                    200,
                    client.send(page, HttpResponse.BodyHandlers.discarding()).statusCode());
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() {
        int port = server.url().getPort();
        UncheckedIOException failure =
                assertThrows(UncheckedIOException.class, () -> new Server(port, journal, Map.of()));
        assertTrue(failure.getMessage().contains("cannot listen on port " + port), failure.getMessage());
    }

    private Iterator<JsonObject> events(Stream<String> lines) {
        return lines.filter(line -> line.startsWith("data: "))
                .map(line -> JsonParser.parseString(line.substring(6)).getAsJsonObject())
                .iterator();
    }

    private Stream<String> openEvents() throws Exception {
        HttpResponse<Stream<String>> response = client.send(
                HttpRequest.newBuilder(server.url().resolve("events")).build(), HttpResponse.BodyHandlers.ofLines());
        assertEquals(
                "text/event-stream; charset=utf-8",
                response.headers().firstValue("Content-Type").orElseThrow());
        return response.body();
    }

    @Test
    void everyPageGetsTheWholeHistoryAndThenTheNews() throws Exception {
        journal.set("state", "early");
        journal.add(new Journal.Epoch(1, Map.of("loss", 2.5)));
        try (Stream<String> oneLines = openEvents()) {
            Iterator<JsonObject> one = events(oneLines);
            JsonObject first = one.next();
            assertEquals("early", first.get("state").getAsString());
            assertEquals(2.5, loss(first, 0));
            journal.add(new Journal.Epoch(2, Map.of("loss", Double.NaN)));
            JsonObject second = one.next();
            assertFalse(second.has("state"), "sent twice");
            assertEquals(1, second.getAsJsonObject("epochs").get("from").getAsInt());
            try (Stream<String> lateLines = openEvents()) {
                Iterator<JsonObject> late = events(lateLines);
                JsonObject all = late.next();
                assertEquals(0, all.getAsJsonObject("epochs").get("from").getAsInt());
                assertEquals(
                        2,
                        all.getAsJsonObject("epochs").getAsJsonArray("points").size());
                journal.end(1000);
                assertTrue(one.next().get("over").getAsBoolean());
                assertTrue(late.next().get("over").getAsBoolean());
                assertFalse(one.hasNext());
                assertFalse(late.hasNext());
            }
        }
    }

    private static double loss(JsonObject news, int point) {
        return news.getAsJsonObject("epochs")
                .getAsJsonArray("points")
                .get(point)
                .getAsJsonObject()
                .getAsJsonObject("means")
                .get("loss")
                .getAsDouble();
    }

    /** What pages that went away leave behind is seen by opening more of them than may be open. */
    @Test
    void pagesThatGoAwayMakeRoomForOthers() throws Exception {
        List<HttpURLConnection> open = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            open.add(connect());
            assertEquals(200, open.get(i).getResponseCode());
        }
        HttpURLConnection tooMany = connect();
        assertEquals(503, tooMany.getResponseCode());
        open.forEach(HttpURLConnection::disconnect);
        for (int i = 0; i < 100; i++) {
            journal.set("state", "news " + i);
            Thread.sleep(20);
            HttpURLConnection next = connect();
            int status = next.getResponseCode();
            next.disconnect();
            if (status == 200) {
                return;
            }
        }
        throw new AssertionError("pages that have gone still count");
    }

    private HttpURLConnection connect() throws IOException {
        URI events = server.url().resolve("events");
        return (HttpURLConnection) events.toURL().openConnection();
    }
}
