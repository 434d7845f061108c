package conv4j.callbacks;

import conv4j.metrics.Metric;
import conv4j.model.Callback;
import conv4j.model.CallbackState;
import conv4j.model.Model;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What callbacks have in common that watch one number of the logs: its name, whether less or more of it is better, and by
 * how much it must change to count.
 *
 * @param <C> the callback's own type
 */
abstract class MonitorCallback<C extends MonitorCallback<C>> implements Callback {

    private enum Mode {
        AUTO,
        MIN,
        MAX
    }

    private static final String VALIDATION = "val_";

    private String monitor = "val_loss";
    private Mode mode = Mode.AUTO;
    private double minDelta;
    private boolean verbose;
    private PrintStream messages = System.err;
    private Boolean moreIsBetter;
    private boolean warned;

    MonitorCallback(double minDelta) {
        this.minDelta = minDelta;
    }

    /**
     * Sets what is watched.
     *
     * @param name {@code loss}, a metric's name, or either with {@code val_} before it; by default {@code val_loss}
     * @return this
     */
    public final C monitor(String name) {
        this.monitor = name;
        return self();
    }

    /**
     * Sets whether less or more is better.
     *
     * @param name {@code min}, {@code max}, or {@code auto} to go by the name of what is watched; by default auto
     * @return this
     * @throws IllegalArgumentException for any other name
     */
    public final C mode(String name) {
        this.mode = switch (name) {
            case "auto" -> Mode.AUTO;
            case "min" -> Mode.MIN;
            case "max" -> Mode.MAX;
            default -> throw new IllegalArgumentException(
                    className() + " has no mode '" + name + "'; there are auto, min and max");
        };
        return self();
    }

    /**
     * Sets whether it is said what is done.
     *
     * @param says by default false
     * @return this
     */
    public final C verbose(boolean says) {
        this.verbose = says;
        return self();
    }

    /**
     * Sets where messages and warnings go.
     *
     * @param out by default {@code System.err}
     * @return this
     */
    public final C messages(PrintStream out) {
        this.messages = out;
        return self();
    }

    final C minDelta(double least, C self) {
        this.minDelta = Math.abs(least);
        return self;
    }

    final String monitor() {
        return monitor;
    }

    /** The name of what is watched, whether less or more of it is better once that is known, and the best, null for none. */
    final Map<String, Object> remembered(Double best) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("monitor", monitor);
        if (moreIsBetter != null) {
            values.put("mode", modeName(moreIsBetter));
        }
        if (best != null) {
            values.put("best", best);
        }
        return values;
    }

    private static String modeName(boolean moreIsBetter) {
        return moreIsBetter ? "max" : "min";
    }

    /**
     * The best of a state, null for none.
     *
     * @throws IllegalArgumentException when another number was watched, or less of it was better instead of more
     */
    final Double bestOf(Model model, CallbackState state) {
        String mode = modeName(moreIsBetter(model));
        String modeBefore = state.has("mode") ? state.text("mode") : mode;
        if (!state.text("monitor").equals(monitor) || !modeBefore.equals(mode)) {
            throw new IllegalArgumentException("it watched monitor=" + state.text("monitor") + " with mode="
                    + modeBefore + ", but now monitor=" + monitor + " with mode=" + mode + " is asked for");
        }
        Double best = state.has("best") ? state.number("best") : null;
        moreIsBetter = mode.equals("max");
        return best;
    }

    final void say(String message) {
        if (verbose) {
            messages.println(message);
        }
    }

    /** The number that is watched; null, with a warning the first time, when it is not there. */
    final Double watched(Model model, Map<String, Double> logs, String purpose) {
        if (moreIsBetter == null) {
            moreIsBetter = moreIsBetter(model);
        }
        Double value = logs.get(monitor);
        if (value == null && !warned) {
            warned = true;
            messages.println("Warning: " + purpose + " `" + monitor
                    + "` which is not available. Available metrics are: " + String.join(",", logs.keySet()));
        }
        return value;
    }

    private boolean moreIsBetter(Model model) {
        if (mode != Mode.AUTO) {
            return mode == Mode.MAX;
        }
        String name = monitor.startsWith(VALIDATION) ? monitor.substring(VALIDATION.length()) : monitor;
        if (name.equals("loss")) {
            return false;
        }
        return model.compiled().metrics().stream()
                .filter(metric -> metric.name().equals(name))
                .findFirst()
                .map(Metric::higherIsBetter)
                .orElseThrow(
                        () -> new IllegalArgumentException(
                                className() + " received monitor=" + monitor
                                        + ", of which it is not known whether more or less is better; the model was compiled with loss"
                                        + model.compiled().metrics().stream()
                                                .map(metric -> ", " + metric.name())
                                                .reduce("", String::concat)
                                        + ". Use one of these, with val_ before it for validation, or set mode(\"max\") or mode(\"min\")"));
    }

    /** Whether a number is better than another one, null for none yet, by more than the least change. */
    final boolean isImprovement(double value, Double reference) {
        if (reference == null) {
            return true;
        }
        return moreIsBetter ? value - minDelta > reference : value + minDelta < reference;
    }

    final String className() {
        return getClass().getSimpleName();
    }

    static String fiveDigits(Double value) {
        return value == null ? "None" : String.format(Locale.ROOT, "%.5f", value);
    }

    /** This callback under its own type; every subclass names itself as {@code C}. */
    @SuppressWarnings("unchecked")
    private C self() {
        return (C) this;
    }
}
