package conv4j.dashboard;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Chromium without a screen, driven by chromedriver in the protocol of W3C's WebDriver. */
final class Chromium implements AutoCloseable {

    private static final Pattern STARTED = Pattern.compile("successfully on port (\\d+)");
    private static final long MOST_MILLIS = 60_000;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Process driver;
    private final URI session;

    /**
     * Starts it.
     *
     * @param folder an empty one, for its profile
     */
    Chromium(Path folder) throws Exception {
        driver = new ProcessBuilder("chromedriver", "--port=0")
                .redirectErrorStream(true)
                .start();
        URI address = URI.create("http://127.0.0.1:" + port(driver.inputReader()) + "/session");
        JsonElement answer;
        try {
            answer = send("POST", address, Map.of("capabilities", Map.of("alwaysMatch", capabilities(folder))));
        } catch (Exception e) {
            driver.destroy();
            throw e;
        }
        session = URI.create(
                address + "/" + answer.getAsJsonObject().get("sessionId").getAsString());
    }

    /** Skips the calling test, or fails it with {@code -Dconv4j.requireChromium=true}, when a program is missing. */
    static void require() {
        List<String> missing = Stream.of("chromium", "chromedriver")
                .filter(name -> find(name) == null)
                .toList();
        String problem = "not on the PATH: " + missing + " (Debian: apt-get install chromium chromium-driver)";
        if (!missing.isEmpty() && Boolean.getBoolean("conv4j.requireChromium")) {
            fail("Chromium is required, but " + problem);
        }
        assumeTrue(missing.isEmpty(), problem);
    }

    private static Path find(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    private static int port(BufferedReader lines) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher matcher = STARTED.matcher(line);
            if (matcher.find()) {
                return Integer.parseInt(matcher.group(1));
            }
        }
        throw new IOException("chromedriver did not start");
    }

    private static Map<String, Object> capabilities(Path folder) {
        List<String> flags = List.of(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + folder);
        return Map.of("goog:chromeOptions", Map.of("binary", find("chromium").toString(), "args", flags));
    }

    private JsonElement send(String method, URI uri, Object body) throws IOException, InterruptedException {
        HttpRequest.BodyPublisher publisher = body == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(new Gson().toJson(body));
        HttpRequest request = HttpRequest.newBuilder(uri)
                .method(method, publisher)
                .timeout(Duration.ofMillis(MOST_MILLIS))
                .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        JsonObject answer = JsonParser.parseString(response.body()).getAsJsonObject();
        if (response.statusCode() != 200) {
            throw new IOException(method + " " + uri.getPath() + ": " + response.body());
        }
        return answer.get("value");
    }

    private JsonElement command(String method, String name, Object body) throws IOException, InterruptedException {
        return send(method, URI.create(session + "/" + name), body);
    }

    /** Goes to a page. */
    void open(URI url) throws IOException, InterruptedException {
        command("POST", "url", Map.of("url", url.toString()));
    }

    /** Makes the window so large. */
    void resize(int width, int height) throws IOException, InterruptedException {
        command("POST", "window/rect", Map.of("width", width, "height", height));
    }

    /** Runs JavaScript in the page. */
    JsonElement run(String script) throws IOException, InterruptedException {
        return command("POST", "execute/sync", Map.of("script", script, "args", List.of()));
    }

    /** The text of an element. */
    String text(String selector) throws IOException, InterruptedException {
        return run("return document.querySelector('" + selector + "').textContent")
                .getAsString();
    }

    /** Runs JavaScript again and again, until it returns true. */
    void await(String condition) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MOST_MILLIS);
        while (!run("return Boolean(" + condition + ")").getAsBoolean()) {
            if (System.nanoTime() > end) {
                fail("never true: " + condition + "; the page says: " + run("return document.body.innerText"));
            }
            Thread.sleep(50);
        }
    }

    /** Clicks on an element as a mouse does: what is hidden or disabled does nothing. */
    void click(String selector) throws IOException, InterruptedException {
        JsonElement found = command("POST", "element", Map.of("using", "css selector", "value", selector));
        String id =
                found.getAsJsonObject().entrySet().iterator().next().getValue().getAsString();
        command("POST", "element/" + id + "/click", Map.of());
    }

    /** What stands in the browser's console as errors. */
    List<String> errors() throws IOException, InterruptedException {
        return command("POST", "se/log", Map.of("type", "browser")).getAsJsonArray().asList().stream()
                .map(JsonElement::toString)
                .filter(entry -> entry.contains("SEVERE"))
                .toList();
    }

    /** A picture of the window, as PNG. */
    byte[] screenshot() throws IOException, InterruptedException {
        return Base64.getDecoder().decode(command("GET", "screenshot", null).getAsString());
    }

    /** Waits for the end of every process, so that nothing is written to the profile's folder afterwards. */
    @Override
    public void close() throws IOException {
        List<ProcessHandle> processes = driver.descendants().toList();
        try {
            send("DELETE", session, null);
            for (ProcessHandle process : processes) {
                process.onExit().get(MOST_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            processes.forEach(ProcessHandle::destroyForcibly);
            throw new IOException("Chromium does not end", e);
        } finally {
            driver.destroy();
        }
    }
}
