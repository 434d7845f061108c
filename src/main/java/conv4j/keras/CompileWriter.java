package conv4j.keras;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import conv4j.losses.Loss;
import conv4j.metrics.Accuracy;
import conv4j.metrics.Metric;
import conv4j.model.Model;
import conv4j.optimizers.LossScaleOptimizer;
import conv4j.optimizers.Optimizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes optimizer, loss and metrics as Keras does. */
final class CompileWriter {

    private CompileWriter() {}

    /** The settings, or null with a warning where Keras has no counterpart. */
    static JsonElement write(Model model, List<String> warnings) {
        try {
            JsonObject settings = new JsonObject();
            settings.add("optimizer", optimizer(model.optimizer()));
            settings.add("loss", loss(model.compiled().loss()));
            settings.add("loss_weights", null);
            JsonArray metrics = new JsonArray();
            model.compiled().metrics().forEach(metric -> metrics.add(metric(metric)));
            settings.add("metrics", metrics.isEmpty() ? null : metrics);
            settings.add("weighted_metrics", null);
            settings.addProperty("run_eagerly", false);
            settings.addProperty("steps_per_execution", 1);
            settings.addProperty("jit_compile", false);
            return settings;
        } catch (IllegalArgumentException none) {
            warnings.add("Keras has no counterpart of " + none.getMessage()
                    + "; the file is written without compile settings and optimizer state");
            return null;
        }
    }

    private static JsonObject optimizer(Optimizer optimizer) {
        Map<String, Object> config = new LinkedHashMap<>(optimizer.config());
        if (optimizer instanceof LossScaleOptimizer scaled) {
            config.put("inner_optimizer", optimizer(scaled.innerOptimizer()));
        }
        if (Boolean.TRUE.equals(config.get("epsilon_outside"))) {
            throw new IllegalArgumentException("RMSprop with epsilonOutside");
        }
        if (config.get("learning_rate") instanceof Map<?, ?> schedule) {
            config.put("learning_rate", schedule(Json.map(Json.GSON.toJsonTree(schedule))));
        }
        return Json.described("keras.optimizers", optimizer.className(), config);
    }

    private static JsonObject schedule(Map<String, Object> schedule) {
        String className = (String) schedule.get("class_name");
        Map<String, Object> config = arguments(schedule);
        if (className.equals("LinearWarmup")) {
            return warmup(config);
        }
        return Json.described("keras.optimizers.schedules", className, config);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> arguments(Map<String, Object> described) {
        return (Map<String, Object>) described.get("config");
    }

    /** Keras knows a warm-up within CosineDecay only. */
    @SuppressWarnings("unchecked")
    private static JsonObject warmup(Map<String, Object> config) {
        Map<String, Object> next = (Map<String, Object>) config.get("next");
        Map<String, Object> cosine = new LinkedHashMap<>(arguments(next));
        if (!"CosineDecay".equals(next.get("class_name")) || cosine.get("warmup_target") != null) {
            throw new IllegalArgumentException("LinearWarmup before " + next.get("class_name"));
        }
        cosine.put("warmup_target", cosine.get("initial_learning_rate"));
        cosine.put("initial_learning_rate", config.get("initial_learning_rate"));
        cosine.put("warmup_steps", config.get("warmup_steps"));
        return Json.described("keras.optimizers.schedules", "CosineDecay", cosine);
    }

    private static JsonObject loss(Loss loss) {
        Map<String, Object> config = new LinkedHashMap<>(loss.config());
        if (loss.className().startsWith("Sparse") && config.containsKey("label_smoothing")) {
            throw new IllegalArgumentException("SparseCategoricalCrossentropy with label smoothing");
        }
        config.put("reduction", "sum_over_batch_size");
        return Json.described("keras.losses", loss.className(), config);
    }

    private static JsonElement metric(Metric metric) {
        return metric instanceof Accuracy
                ? new JsonPrimitive(metric.name().equals("acc") ? "acc" : "accuracy")
                : Json.described("keras.metrics", metric.className(), metric.config());
    }
}
