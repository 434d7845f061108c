package conv4j.keras;

import java.util.AbstractMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A configuration that shows its reader only what the reader asks for, so that arguments of newer versions of Keras, for
 * which nobody asks, do not fail; {@link #unasked} tells them afterwards.
 */
final class AskedConfig extends AbstractMap<String, Object> {

    private final Map<String, Object> all;
    private final Set<Object> asked = new HashSet<>();

    AskedConfig(Map<String, Object> all) {
        this.all = all;
    }

    @Override
    public Object get(Object key) {
        asked.add(key);
        return all.get(key);
    }

    @Override
    public boolean containsKey(Object key) {
        asked.add(key);
        return all.containsKey(key);
    }

    @Override
    public Set<Entry<String, Object>> entrySet() {
        Map<String, Object> seen = new LinkedHashMap<>(all);
        seen.keySet().retainAll(asked);
        return seen.entrySet();
    }

    /** What has a value and was never asked for. */
    Map<String, Object> unasked() {
        Map<String, Object> rest = new LinkedHashMap<>(all);
        rest.keySet().removeAll(asked);
        rest.values().removeIf(value -> value == null || Boolean.FALSE.equals(value));
        return rest;
    }
}
