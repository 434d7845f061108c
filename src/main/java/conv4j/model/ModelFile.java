package conv4j.model;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.ToNumberPolicy;
import com.google.gson.reflect.TypeToken;
import conv4j.augmentation.Augmentation;
import conv4j.augmentation.Augmentations;
import conv4j.data.Normalization;
import conv4j.files.Checkpoint;
import conv4j.files.FileFormatException;
import conv4j.layers.Input;
import conv4j.layers.Layer;
import conv4j.layers.Layers;
import conv4j.layers.Tensor;
import conv4j.losses.Losses;
import conv4j.metrics.Metric;
import conv4j.metrics.Metrics;
import conv4j.optimizers.Optimizers;
import conv4j.shape.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Turns models into {@link Checkpoint}s and back. */
final class ModelFile {

    private static final Gson GSON = new GsonBuilder()
            .serializeNulls()
            .serializeSpecialFloatingPointValues()
            .setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE)
            .create();
    private static final String OPTIMIZER_PREFIX = "optimizer/";
    private static final String TOTALS = "training/totals";

    private ModelFile() {}

    static void write(Model model, Path file) {
        TrainingState training = model.training().currentState();
        JsonObject document = new JsonObject();
        document.addProperty("name", model.name());
        document.addProperty("class", model instanceof Sequential ? "Sequential" : "Functional");
        document.add("layers", layers(model.network()));
        document.addProperty("seed", model.seed());
        document.add("normalization", GSON.toJsonTree(normalization(model.normalization())));
        document.add("augmentation", augmentation(model));
        document.add("class_names", GSON.toJsonTree(model.classNames()));
        if (model.isCompiled()) {
            document.add("compile", compile(model.compiled()));
            document.add("training", position(training));
        }
        Checkpoint checkpoint = new Checkpoint(document);
        for (Variables.Variable variable : model.variables().all()) {
            if (variable.isSaved()) {
                checkpoint.put(
                        variable.value().name(),
                        variable.value().shape(),
                        model.weights().read(variable));
            }
        }
        if (model.isCompiled()) {
            training.slots()
                    .forEach(
                            (name, values) -> checkpoint.put(OPTIMIZER_PREFIX + name, Shape.of(values.length), values));
            if (training.totals().length > 0) {
                checkpoint.put(TOTALS, Shape.of(training.totals().length), training.totals());
            }
            CallbackEntry.putArrays(training.callbacks(), checkpoint);
        }
        checkpoint.write(file);
    }

    private static JsonArray layers(Network network) {
        JsonArray list = new JsonArray();
        Map<Tensor, Integer> indices = new IdentityHashMap<>();
        for (Tensor tensor : network.order()) {
            JsonObject use =
                    described(tensor.layer().className(), tensor.layer().config());
            JsonArray inputs = new JsonArray();
            tensor.inputs().forEach(input -> inputs.add(indices.get(input)));
            use.add("inputs", inputs);
            indices.put(tensor, list.size());
            list.add(use);
        }
        return list;
    }

    private static JsonObject described(String className, Map<String, Object> config) {
        JsonObject object = new JsonObject();
        object.addProperty("class_name", className);
        object.add("config", GSON.toJsonTree(config));
        return object;
    }

    private static Map<String, Object> normalization(Normalization normalization) {
        return Map.of("scale", normalization.scale(), "shift", normalization.shift());
    }

    private static JsonArray augmentation(Model model) {
        JsonArray list = new JsonArray();
        model.augmentation().forEach(one -> list.add(described(one.className(), one.config())));
        return list;
    }

    private static JsonObject compile(Compiled compiled) {
        JsonObject object = new JsonObject();
        object.add(
                "optimizer",
                described(compiled.optimizer().className(), compiled.optimizer().config()));
        object.add(
                "loss", described(compiled.loss().className(), compiled.loss().config()));
        JsonArray metrics = new JsonArray();
        compiled.metrics().forEach(metric -> metrics.add(described(metric.className(), metric.config())));
        object.add("metrics", metrics);
        return object;
    }

    private static JsonObject position(TrainingState training) {
        JsonObject object = new JsonObject();
        object.addProperty("epoch", training.epoch());
        object.addProperty("batch", training.batch());
        object.addProperty("step", training.step());
        object.add("logs", EpochLogs.toJson(training.logs()));
        if (!training.callbacks().isEmpty()) {
            object.add("callbacks", CallbackEntry.toJson(training.callbacks()));
        }
        return object;
    }

    static Model read(Path file) {
        Checkpoint checkpoint = Checkpoint.read(file);
        try {
            Model model = build(checkpoint.document());
            restore(model, checkpoint);
            model.lastSaved(file);
            return model;
        } catch (IllegalArgumentException
                | IllegalStateException
                | JsonParseException
                | NullPointerException
                | ClassCastException
                | IndexOutOfBoundsException
                | UnsupportedOperationException e) {
            throw new FileFormatException(
                    file + " holds no model that this version can build: " + e.getMessage()
                            + "; use another copy of it, or train the model again",
                    e);
        }
    }

    private static Model build(JsonObject document) {
        if (document.has(WeightsFile.WEIGHTS_OF)) {
            throw new IllegalArgumentException("it has weights alone, without layers; build the model that they are of"
                    + " and read them with loadWeights");
        }
        Map<Integer, Tensor> tensors = new LinkedHashMap<>();
        Map<String, Layer> layers = new LinkedHashMap<>();
        List<Layer> line = new ArrayList<>();
        for (JsonElement element : document.getAsJsonArray("layers")) {
            JsonObject use = element.getAsJsonObject();
            Map<String, Object> config = map(use.get("config"));
            Layer layer = layers.computeIfAbsent(
                    String.valueOf(config.get("name")),
                    unused -> Layers.fromConfig(use.get("class_name").getAsString(), config));
            line.add(layer);
            if (!isSequential(document)) {
                List<Tensor> inputs = new ArrayList<>();
                use.getAsJsonArray("inputs").forEach(index -> inputs.add(tensors.get(index.getAsInt())));
                tensors.put(tensors.size(), layer.apply(inputs.toArray(Tensor[]::new)));
            }
        }
        String name = document.get("name").getAsString();
        Model model = isSequential(document)
                ? new Sequential(
                        name, (Input) line.get(0), line.subList(1, line.size()).toArray(Layer[]::new))
                : functional(name, tensors);
        settings(model, document);
        return model;
    }

    private static boolean isSequential(JsonObject document) {
        return document.get("class").getAsString().equals("Sequential");
    }

    private static Model functional(String name, Map<Integer, Tensor> tensors) {
        Tensor input = tensors.values().stream()
                .filter(tensor -> tensor.layer() instanceof Input)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the model has no input"));
        return new Model(name, input, tensors.get(tensors.size() - 1));
    }

    private static void settings(Model model, JsonObject document) {
        model.seed(document.get("seed").getAsLong());
        JsonObject scaling = document.getAsJsonObject("normalization");
        model.normalization(new Normalization(
                GSON.fromJson(scaling.get("scale"), float[].class),
                GSON.fromJson(scaling.get("shift"), float[].class)));
        if (document.has("augmentation")) { // files of earlier versions have none
            List<Augmentation> augmentations = new ArrayList<>();
            document.getAsJsonArray("augmentation")
                    .forEach(element -> augmentations.add(Augmentations.fromConfig(
                            className(element.getAsJsonObject()),
                            map(element.getAsJsonObject().get("config")))));
            model.augmentation(augmentations.toArray(Augmentation[]::new));
        }
        model.classNames(List.of(GSON.fromJson(document.get("class_names"), String[].class)));
        if (document.has("compile")) {
            JsonObject compile = document.getAsJsonObject("compile");
            JsonObject optimizer = compile.getAsJsonObject("optimizer");
            JsonObject loss = compile.getAsJsonObject("loss");
            List<Metric> metrics = new ArrayList<>();
            compile.getAsJsonArray("metrics")
                    .forEach(element -> metrics.add(Metrics.fromConfig(
                            className(element.getAsJsonObject()),
                            map(element.getAsJsonObject().get("config")))));
            model.training()
                    .compile(new Compiled(
                            Optimizers.fromConfig(className(optimizer), map(optimizer.get("config"))),
                            Losses.fromConfig(className(loss), map(loss.get("config"))),
                            metrics));
        }
    }

    private static String className(JsonObject described) {
        return described.get("class_name").getAsString();
    }

    private static Map<String, Object> map(JsonElement config) {
        return GSON.fromJson(config, new TypeToken<Map<String, Object>>() {}.getType());
    }

    private static void restore(Model model, Checkpoint checkpoint) {
        for (String name : model.weights().names()) {
            model.weights().set(name, checkpoint.floats(name));
        }
        JsonObject document = checkpoint.document();
        if (document.has("training")) {
            JsonObject position = document.getAsJsonObject("training");
            Map<String, float[]> slots = new LinkedHashMap<>();
            for (String name : checkpoint.names()) {
                if (name.startsWith(OPTIMIZER_PREFIX)) {
                    slots.put(name.substring(OPTIMIZER_PREFIX.length()), checkpoint.floats(name));
                }
            }
            TrainingState state = new TrainingState(
                    position.get("epoch").getAsInt(),
                    position.get("batch").getAsInt(),
                    position.get("step").getAsInt(),
                    checkpoint.names().contains(TOTALS) ? checkpoint.floats(TOTALS) : new float[0],
                    slots,
                    EpochLogs.fromJson(position.get("logs")),
                    CallbackEntry.read(position.get("callbacks"), checkpoint));
            check(model, state);
            model.training().state(state);
        }
    }

    /** Numbers of a file go into the device's memory as they are: none may come to lie beside its place. */
    private static void check(Model model, TrainingState state) {
        if (state.epoch() < 0 || state.batch() < 0 || state.step() < 0) {
            throw new IllegalArgumentException("its training stands at epoch " + state.epoch() + ", batch "
                    + state.batch() + ", step " + state.step());
        }
        if (state.epoch() == 0
                && state.callbacks().stream().anyMatch(entry -> !entry.missed().isEmpty())) {
            throw new IllegalArgumentException("callbacks missed an epoch, but none was trained");
        }
        int totals = Prepared.TOTAL * (1 + model.compiled().metrics().size());
        if (state.totals().length != 0 && state.totals().length != totals) {
            throw new IllegalArgumentException(
                    "it has " + state.totals().length + " totals, but loss and metrics have " + totals);
        }
        OptimizerState.check(model, state.slots());
    }
}
