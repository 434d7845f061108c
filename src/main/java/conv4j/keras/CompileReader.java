package conv4j.keras;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import conv4j.losses.Loss;
import conv4j.losses.Losses;
import conv4j.metrics.Metric;
import conv4j.metrics.Metrics;
import conv4j.model.Model;
import conv4j.optimizers.Optimizer;
import conv4j.optimizers.Optimizers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compiles a model with the settings of a file: optimizer, loss and metrics. */
final class CompileReader {

    /** Arguments of optimizers that change nothing. */
    private static final Set<String> NEUTRAL = Set.of(
            "name",
            "jit_compile",
            "is_legacy_optimizer",
            "ema_momentum",
            "ema_overwrite_frequency",
            "loss_scale_factor");

    private static final Set<String> ESSENTIAL = Set.of("use_ema", "gradient_accumulation_steps");

    private final LayerReader notes;

    CompileReader(LayerReader notes) {
        this.notes = notes;
    }

    /** Compiles the model, or notes why it stays without. */
    void compile(Model model, JsonObject settings, String optimizerKey) {
        if (!Json.has(settings, optimizerKey) && !Json.has(settings, "loss")) {
            return; // saved without being compiled
        }
        try {
            Loss loss = loss(settings.get("loss"));
            Optimizer optimizer = optimizer(settings.get(optimizerKey));
            if (settings.get("loss_weights") != null
                    && !settings.get("loss_weights").isJsonNull()) {
                throw new IllegalArgumentException("loss_weights = " + settings.get("loss_weights"));
            }
            List<Metric> metrics = new ArrayList<>();
            addMetrics(settings.get("metrics"), metrics);
            if (Json.has(settings, "weighted_metrics")) {
                notes.warn("weighted_metrics are left out");
            }
            model.compile(optimizer, loss, metrics.toArray(Metric[]::new));
        } catch (IllegalArgumentException
                | IllegalStateException
                | ClassCastException
                | UnsupportedOperationException e) {
            notes.warn("it was compiled with something that conv4j does not have: " + e.getMessage()
                    + "; it is loaded without, call compile before training or evaluating it");
        }
    }

    private Optimizer optimizer(JsonElement element) {
        String className = className(element);
        Map<String, Object> config = config(element);
        if (config.containsKey("lr")) {
            config.put("learning_rate", config.remove("lr"));
        }
        if (config.get("decay") instanceof Number decay && decay.doubleValue() == 0) {
            config.remove("decay");
        }
        if (className.equals("LossScaleOptimizer") && element instanceof JsonObject scaled) {
            // With its own arguments that change nothing left out.
            Optimizer inner = optimizer(Json.object(scaled, "config").get("inner_optimizer"));
            config.put("inner_optimizer", Map.of("class_name", inner.className(), "config", inner.config()));
        }
        AskedConfig asked = new AskedConfig(config);
        Optimizer optimizer = Optimizers.fromConfig(className, asked);
        asked.unasked().forEach((key, value) -> {
            if (ESSENTIAL.contains(key)) {
                throw new IllegalArgumentException(className + " with " + key + " = " + value);
            }
            if (!NEUTRAL.contains(key)) {
                notes.warn("optimizer " + className + ": the argument " + key + " = " + value
                        + " is not known and left out");
            }
        });
        return optimizer;
    }

    /** The class of an object or the name itself; Keras 2.11 to 2.15 put {@code Custom>} before it. */
    private static String className(JsonElement element) {
        if (element instanceof JsonObject object) {
            boolean function =
                    object.get("config") != null && object.get("config").isJsonPrimitive();
            String name = function ? object.get("config").getAsString() : Json.text(object, "class_name", "");
            return name.substring(name.indexOf('>') + 1);
        }
        if (element != null && element.isJsonPrimitive()) {
            return element.getAsString();
        }
        throw new IllegalArgumentException("no name of an optimizer, loss or metric, but " + element);
    }

    private static Map<String, Object> config(JsonElement element) {
        return element instanceof JsonObject object
                ? withoutName(Json.map(object.get("config")))
                : new LinkedHashMap<>();
    }

    /** A schedule's arguments include its own name, which may be null. */
    @SuppressWarnings("unchecked")
    private static Map<String, Object> withoutName(Map<String, Object> config) {
        if (config.get("learning_rate") instanceof Map<?, ?> schedule
                && schedule.get("config") instanceof Map<?, ?> inner) {
            ((Map<String, Object>) inner).remove("name");
        }
        return config;
    }

    private Loss loss(JsonElement element) {
        JsonElement one = only(element);
        String className = className(one);
        Map<String, Object> config = config(one);
        if ("auto".equals(config.get("reduction"))) {
            config.put("reduction", "sum_over_batch_size");
        }
        AskedConfig asked = new AskedConfig(config);
        Loss loss = Losses.fromConfig(className.equals("bce") ? "binary_crossentropy" : className, asked);
        asked.unasked().forEach((key, value) -> {
            if (!Set.of("name", "dtype", "fn").contains(key)) {
                throw new IllegalArgumentException(className + " with " + key + " = " + value);
            }
        });
        return loss;
    }

    /** Models with one output may have their loss in a list or an object of one. */
    private static JsonElement only(JsonElement element) {
        if (element instanceof JsonArray list && list.size() == 1) {
            return list.get(0);
        }
        if (element instanceof JsonObject object && object.size() == 1) {
            return object.asMap().values().iterator().next();
        }
        return element;
    }

    private void addMetrics(JsonElement element, List<Metric> metrics) {
        if (element == null || element.isJsonNull()) {
            return;
        }
        if (element instanceof JsonArray list) {
            list.forEach(one -> addMetrics(one, metrics));
        } else if (element instanceof JsonObject object && !object.has("class_name")) {
            object.asMap().values().forEach(one -> addMetrics(one, metrics));
        } else {
            addMetric(element, metrics);
        }
    }

    private void addMetric(JsonElement element, List<Metric> metrics) {
        try {
            Map<String, Object> config = config(element);
            String className = className(element);
            if (className.equals("MeanMetricWrapper") && config.get("fn") instanceof String function) {
                className = function;
            }
            if (className.equals("Accuracy")) {
                throw new IllegalArgumentException("it compares for equality");
            }
            metrics.add(Metrics.fromConfig(className, new AskedConfig(config)));
        } catch (IllegalArgumentException unknown) {
            notes.warn("the metric " + element + " is left out: " + unknown.getMessage());
        }
    }
}
