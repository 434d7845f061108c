package conv4j.model;

import conv4j.model.CallbackEntry.Key;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The callbacks of one training, called in the order in which they were given, and what they remember. A callback that
 * saves the model at the end of an epoch does so before those after it know of that end; the file then says so, and they
 * are told when the training goes on from it.
 */
final class Callbacks {

    private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);

    private final Model model;
    private final Map<Key, Callback> all = new LinkedHashMap<>();
    private final Map<Key, CallbackEntry> notGivenYet = new LinkedHashMap<>();
    private final Map<Key, Map<String, Double>> toBeTold = new LinkedHashMap<>();

    /**
     * Callbacks of a model.
     *
     * @param before what those of the training that goes on remembered; empty for a training that begins
     */
    Callbacks(Model model, List<Callback> callbacks, List<CallbackEntry> before) {
        this.model = model;
        for (Callback callback : callbacks) {
            String className = callback.getClass().getName();
            int place = (int) all.keySet().stream()
                    .filter(key -> key.className().equals(className))
                    .count();
            all.put(new Key(className, place), callback);
        }
        before.forEach(entry -> notGivenYet.put(entry.key(), entry));
    }

    /**
     * Before the first epoch: every callback begins, and then gets back what it remembered.
     *
     * @param epoch the first epoch, from 0
     */
    void trainBegin(int epoch) {
        all.forEach((key, callback) -> {
            callback.onTrainBegin(model);
            CallbackEntry entry = notGivenYet.remove(key);
            if (entry != null) {
                give(callback, entry);
            }
        });
        notGivenYet
                .keySet()
                .forEach(key -> LOG.warn(
                        "The training that goes on had the callback {}, which was not given now; what it remembered is"
                                + " left aside",
                        key));
        notGivenYet.clear();
        tell(epoch - 1);
    }

    private void give(Callback callback, CallbackEntry entry) {
        try {
            callback.restore(model, entry.state());
            entry.missed().forEach(logs -> toBeTold.put(entry.key(), new LinkedHashMap<>(logs)));
        } catch (IllegalArgumentException doesNotFit) {
            LOG.warn(
                    "{} begins anew, because what it remembered does not fit: {}",
                    entry.key(),
                    doesNotFit.getMessage());
        }
    }

    void epochBegin(int epoch) {
        all.values().forEach(callback -> callback.onEpochBegin(model, epoch));
    }

    void batchEnd(BatchProgress progress) {
        all.values().forEach(callback -> callback.onBatchEnd(model, progress));
    }

    void epochEnd(int epoch, Map<String, Double> logs) {
        all.keySet().forEach(key -> toBeTold.put(key, logs));
        tell(epoch);
    }

    private void tell(int epoch) {
        all.forEach((key, callback) -> {
            Map<String, Double> logs = toBeTold.remove(key);
            if (logs != null) {
                callback.onEpochEnd(model, epoch, logs);
            }
        });
    }

    /** {@return whether a callback prevents the failure} */
    boolean divergence(int batch, DivergedException failure) {
        boolean prevented = false;
        for (Callback callback : all.values()) {
            prevented |= callback.onDivergence(model, batch, failure);
        }
        return prevented;
    }

    void trainEnd() {
        all.values().forEach(callback -> callback.onTrainEnd(model));
    }

    /** What there is to be remembered now. */
    List<CallbackEntry> entries() {
        List<CallbackEntry> entries = new ArrayList<>();
        all.forEach((key, callback) -> {
            CallbackEntry before = notGivenYet.get(key);
            CallbackState state = callback.state();
            if (before != null) {
                entries.add(before);
            } else if (!state.isEmpty()) {
                Map<String, Double> logs = toBeTold.get(key);
                entries.add(
                        new CallbackEntry(key, state, logs == null ? List.of() : List.of(new LinkedHashMap<>(logs))));
            }
        });
        return entries;
    }
}
