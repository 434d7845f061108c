package conv4j.data;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The proxies of the environment ({@code https_proxy}, {@code http_proxy}, {@code no_proxy}, also in capitals), which
 * Java ignores. Java's own settings ({@code -Dhttps.proxyHost} and so on) go first.
 */
final class EnvironmentProxies extends ProxySelector {

    private final Map<String, String> environment;
    private final ProxySelector settings;

    private EnvironmentProxies(Map<String, String> environment, ProxySelector settings) {
        this.environment = environment;
        this.settings = settings;
    }

    /** A selector that asks Java's settings, then the environment. */
    static ProxySelector of(Map<String, String> environment, ProxySelector settings) {
        return new EnvironmentProxies(environment, settings);
    }

    @Override
    public List<Proxy> select(URI uri) {
        List<Proxy> set = settings == null ? List.of(Proxy.NO_PROXY) : settings.select(uri);
        boolean direct = set.stream().allMatch(proxy -> proxy.type() == Proxy.Type.DIRECT);
        String named = value(uri.getScheme().toLowerCase(Locale.ROOT) + "_proxy");
        return !direct || named.isBlank() || excluded(uri.getHost()) ? set : List.of(parsed(named));
    }

    private String value(String name) {
        String lower = environment.getOrDefault(name, "");
        return lower.isBlank() ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "") : lower;
    }

    private boolean excluded(String host) {
        if (host.equals("localhost") || host.startsWith("127.")) {
            return true;
        }
        for (String entry : value("no_proxy").split(",")) {
            String suffix = entry.strip();
            String domain = suffix.startsWith(".") ? suffix : "." + suffix;
            if (suffix.equals("*") || (!suffix.isEmpty() && ("." + host).endsWith(domain))) {
                return true;
            }
        }
        return false;
    }

    private static Proxy parsed(String text) {
        URI uri = URI.create(text.contains("://") ? text : "http://" + text);
        int port = uri.getPort() < 0 ? 80 : uri.getPort();
        return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(uri.getHost(), port));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // The request itself fails and is reported.
    }
}
