package conv4j.dashboard;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;

/**
 * Serves the page, what it shows and its buttons, on the loopback interface of this machine alone. Other programs and other
 * users of the machine, and web pages in the same browser, can reach that interface too; what keeps them out:
 *
 * <ul>
 *   <li>a random token is the first part of every path;
 *   <li>the {@code Host} header must name this machine, which a site that has its own name resolve to 127.0.0.1 (DNS
 *       rebinding) cannot achieve;
 *   <li>buttons are POST requests, and an {@code Origin} header must be the page's own; no answer allows another origin
 *       anything (CORS).
 * </ul>
 */
final class Server implements AutoCloseable {

    private static final int TOKEN_BYTES = 24;
    private static final int MOST_PAGES = 16;
    private static final long HEARTBEAT_MILLIS = 5000;
    private static final Set<String> LOCAL_NAMES = Set.of("127.0.0.1", "localhost", "[::1]");
    private static final Map<String, String> FILES = Map.of(
            "", "text/html; charset=utf-8",
            "dashboard.css", "text/css; charset=utf-8",
            "charts.js", "text/javascript; charset=utf-8",
            "dashboard.js", "text/javascript; charset=utf-8");

    private final String token = randomToken();
    private final Journal journal;
    private final Map<String, Runnable> buttons;
    private final Semaphore pages = new Semaphore(MOST_PAGES);
    private final ExecutorService threads = Executors.newCachedThreadPool(daemons());
    private final HttpServer server;

    /**
     * Starts to serve.
     *
     * @param port 0 for one that is free
     * @param journal what pages show
     * @param buttons what the POST requests do, by the last part of their path
     * @throws UncheckedIOException when the port is taken
     */
    Server(int port, Journal journal, Map<String, Runnable> buttons) {
        this.journal = journal;
        this.buttons = buttons;
        try {
            InetAddress loopback = InetAddress.getByAddress("127.0.0.1", new byte[] {127, 0, 0, 1});
            server = HttpServer.create(new InetSocketAddress(loopback, port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the dashboard cannot listen on port " + port + " of 127.0.0.1 (" + e.getMessage()
                            + "); choose another port, or 0 for any",
                    e);
        }
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        startAsDaemon();
    }

    private static String randomToken() {
        byte[] bytes = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static ThreadFactory daemons() {
        return task -> {
            Thread thread = new Thread(task, "dashboard");
            thread.setDaemon(true);
            return thread;
        };
    }

    /** The server's own thread is a daemon when the one that starts it is: it must not keep a process alive. */
    private void startAsDaemon() {
        Thread starter = daemons().newThread(server::start);
        starter.start();
        try {
            starter.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/" + token + "/");
    }

    InetSocketAddress address() {
        return server.getAddress();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            protect(exchange.getResponseHeaders());
            String rest = pathBehindToken(exchange.getRequestURI().getRawPath());
            if (rest == null || !isLocal(exchange.getRequestHeaders())) {
                send(exchange, 403, "Forbidden. Open the whole address that the training printed.\n");
            } else if (buttons.containsKey(rest)) {
                press(exchange, buttons.get(rest));
            } else if (!exchange.getRequestMethod().equals("GET")) {
                send(exchange, 405, "Only GET is answered here.\n");
            } else if (rest.equals("events")) {
                stream(exchange);
            } else if (FILES.containsKey(rest)) {
                exchange.getResponseHeaders().set("Content-Type", FILES.get(rest));
                send(exchange, 200, file(rest.isEmpty() ? "dashboard.html" : rest));
            } else {
                send(exchange, 404, "There is nothing of this name.\n");
            }
        }
    }

    private static void protect(Headers headers) {
        headers.set("Cache-Control", "no-store");
        headers.set("Content-Type", "text/plain; charset=utf-8");
        headers.set(
                "Content-Security-Policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:;"
                        + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("X-Frame-Options", "DENY");
    }

    /** {@return what follows the token and a slash, null when the token is not right} */
    private String pathBehindToken(String path) {
        int slash = path.indexOf('/', 1);
        String given = slash < 0 ? path : path.substring(1, slash);
        // Takes the same time wherever the first difference is.
        boolean right =
                MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
        return right && slash >= 0 ? path.substring(slash + 1) : null;
    }

    /** Any port is right: the page may be looked at through a tunnel that has another one. */
    private static boolean isLocal(Headers headers) {
        String host = headers.getFirst("Host");
        String origin = headers.getFirst("Origin");
        return host != null
                && LOCAL_NAMES.contains(host.replaceFirst(":\\d+$", ""))
                && (origin == null || origin.equals("http://" + host));
    }

    private static void press(HttpExchange exchange, Runnable button) throws IOException {
        if (!exchange.getRequestMethod().equals("POST")) {
            send(exchange, 405, "Buttons are pressed with POST.\n");
            return;
        }
        button.run();
        exchange.sendResponseHeaders(204, -1);
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static String file(String name) throws IOException {
        try (InputStream in = Server.class.getResourceAsStream("/conv4j/dashboard/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Server-sent events: everything so far, then all news, until the training is over or the page has gone. */
    private void stream(HttpExchange exchange) throws IOException {
        if (!pages.tryAcquire()) {
            send(exchange, 503, MOST_PAGES + " pages are open already; close one.\n");
            return;
        }
        try (Journal.Reader reader = journal.new Reader()) {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
            exchange.sendResponseHeaders(200, 0);
            // Ended before the reader is, for whom the end of training waits.
            try (OutputStream out = exchange.getResponseBody()) {
                for (String news = reader.next(HEARTBEAT_MILLIS); news != null; news = reader.next(HEARTBEAT_MILLIS)) {
                    // A comment, when there is no news: a page that has gone is noticed by writing to it.
                    String event = news.isEmpty() ? ":\n\n" : "data: " + news + "\n\n";
                    out.write(event.getBytes(StandardCharsets.UTF_8));
                    out.flush();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            pages.release();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
