package conv4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.model.Model;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code train --dashboard} as a process: its page, its buttons, and that it ends. */
class DashboardOptionTest {

    private static final List<String> TRAINING =
            List.of("train", "--dashboard", "--quiet", "--limit", "64", "--image-size", "16x16", "--network", "lenet");

    @TempDir
    Path folder;

    private CommandLineProcess conv4j() {
        return new CommandLineProcess(folder, Map.of());
    }

    private static String[] with(String... more) {
        return Stream.concat(TRAINING.stream(), Stream.of(more)).toArray(String[]::new);
    }

    private static URI awaitPage(CommandLineProcess conv4j, Process process) throws Exception {
        for (int i = 0; i < 600 && process.isAlive(); i++) {
            Matcher matcher = Pattern.compile("Dashboard: (\\S+/)\\R").matcher(conv4j.errors());
            if (matcher.find()) {
                return URI.create(matcher.group(1));
            }
            Thread.sleep(50);
        }
        throw new AssertionError("no address was printed: " + conv4j.errors());
    }

    private static int press(HttpClient client, URI button) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(button)
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void theStopButtonIsAsGoodAsCtrlC() throws Exception {
        CommandLineProcess conv4j = conv4j();
        Process process = conv4j.start(with("--epochs", "100000", "--save", "model"));
        URI page = awaitPage(conv4j, process);
        HttpClient client = HttpClient.newHttpClient();
        Stream<String> events = client.send(
                        HttpRequest.newBuilder(page.resolve("events")).build(), HttpResponse.BodyHandlers.ofLines())
                .body();
        List<String> news = new ArrayList<>();
        events.forEach(line -> {
            // The stream goes on until training ends, which the button brings about.
            if (news.stream().noneMatch(earlier -> earlier.contains("\"val_loss\"")) && line.contains("\"val_loss\"")) {
                pressAll(client, page);
            }
            news.add(line);
        });
        CommandResult result = conv4j.finish(process);
        assertEquals(ExitCode.INTERRUPTED, result.exitCode(), result.err());
        assertTrue(news.stream().anyMatch(line -> line.contains("\"name\":\"paused\"")), news.toString());
        assertTrue(news.stream().anyMatch(line -> line.contains("\"name\":\"stopped\"")), news.toString());
        assertTrue(news.stream().anyMatch(line -> line.contains("\"over\":true")), news.toString());
        try (Model saved = Model.load(folder.resolve("model"))) {
            assertTrue(saved.trainedEpochs() >= 1);
        }
    }

    /** A paused training stops too. */
    private static void pressAll(HttpClient client, URI page) {
        try {
            assertEquals(204, press(client, page.resolve("pause")));
            Thread.sleep(300);
            assertEquals(204, press(client, page.resolve("stop")));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aPausedTrainingStopsOnASignal() throws Exception {
        CommandLineProcess conv4j = conv4j();
        Process process = conv4j.start(with("--epochs", "100000"));
        URI page = awaitPage(conv4j, process);
        HttpClient client = HttpClient.newHttpClient();
        awaitTraining(client, page);
        assertEquals(204, press(client, page.resolve("pause")));
        Thread.sleep(300);
        process.destroy(); // TERM, which is treated as Ctrl-C
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), "the process does not end");
        assertEquals(ExitCode.INTERRUPTED, process.exitValue(), conv4j.errors());
    }

    private static void awaitTraining(HttpClient client, URI page) throws Exception {
        try (Stream<String> events = client.send(
                        HttpRequest.newBuilder(page.resolve("events")).build(), HttpResponse.BodyHandlers.ofLines())
                .body()) {
            assertTrue(events.anyMatch(line -> line.contains("\"batches\":{\"from\":0,\"points\":[{")));
        }
    }

    @Test
    void theProcessEndsWhenTrainingEndsAlthoughAPageIsOpen() throws Exception {
        CommandLineProcess conv4j = conv4j();
        Process process = conv4j.start(with("--epochs", "2"));
        URI page = awaitPage(conv4j, process);
        List<String> news = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(page.resolve("events")).build(), HttpResponse.BodyHandlers.ofLines())
                .body()
                .toList();
        assertTrue(news.stream().anyMatch(line -> line.contains("\"name\":\"finished\"")), news.toString());
        assertEquals(ExitCode.OK, conv4j.finish(process).exitCode());
        assertEquals(
                1,
                Pattern.compile("Dashboard: ")
                        .matcher(conv4j.errors())
                        .results()
                        .count());
    }

    @Test
    void aPortWithoutAPageIsRefused() throws Exception {
        CommandResult result = conv4j().run("train", "--dashboard-port", "8080");
        assertEquals(ExitCode.USAGE, result.exitCode());
        assertTrue(result.err().contains("--dashboard-port needs --dashboard"), result.err());
    }

    @Test
    void aJavaRuntimeWithoutTheServerIsToldWhatItLacks() throws Exception {
        CommandLineProcess conv4j = conv4j();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--limit-modules",
                "java.se,jdk.unsupported",
                "-cp",
                System.getProperty("java.class.path"),
                "conv4j.cli.Main"));
        command.addAll(List.of(with("--epochs", "1")));
        CommandResult result = conv4j.finish(conv4j.start(command));
        assertTrue(result.err().contains("the dashboard needs the module jdk.httpserver"), result.err());
        assertEquals(ExitCode.USAGE, result.exitCode(), result.err());
    }
}
