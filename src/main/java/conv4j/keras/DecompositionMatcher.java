package conv4j.keras;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import conv4j.graph.UnaryFunction;
import conv4j.graph.UnaryFunction.Kind;
import conv4j.keras.Container.Call;
import conv4j.keras.Container.Use;
import conv4j.layers.Elementwise;
import conv4j.layers.Layer;
import conv4j.layers.Layers;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Matches nested functional models with the decompositions that {@link LayerDecomposition} writes of layers that Keras has no
 * word for, and finds those layers again. A model is known by its term: {@code MaxPooling2D(Pad(x))} is a MaxPooling2D with
 * padding by numbers.
 */
final class DecompositionMatcher {

    /** Calls of the largest such model. */
    private static final int MOST_CALLS = 8;

    private static final String WEIGHT = "Reshape(Embedding(Sum(ZerosLike(x))))";
    private static final String PADDING = "padding";
    private static final String POOLED = "AveragePooling2D(ZeroPadding2D(%s))";

    private final Container model;
    private final Map<Use, Call> calls = new HashMap<>();
    private final Map<String, Integer> indices = new HashMap<>();

    /**
     * What a model is.
     *
     * @param entry the index of the entry that has its weights, if it has any
     * @param layer the layer
     * @param stored the shape of its weight in the file, or null where it is the weight's own
     */
    private record Match(int entry, Layer layer, Shape stored) {}

    private DecompositionMatcher(Container model) {
        this.model = model;
        model.calls().forEach(call -> calls.put(call.use(), call));
        for (int i = 0; i < model.entries().size(); i++) {
            indices.put(model.entries().get(i).className(), i);
        }
    }

    /** The model as one layer of its name where it is known, else as it is. */
    static Container of(Container model) {
        boolean large = model.calls().size() > MOST_CALLS
                || model.calls().stream().anyMatch(call -> call.inputs().size() > 2);
        if (model.sequential() || large || model.inputShape() == null || !unlike(model.entries())) {
            return model;
        }
        DecompositionMatcher matcher = new DecompositionMatcher(model);
        try {
            Match match = matcher.match(matcher.term(model.output(), 0));
            return match == null ? model : matcher.only(match);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(
                    "layer '" + model.name() + "' (Functional): " + wrong.getMessage(), wrong);
        }
    }

    /** Whether no two entries are of one class, but for Reshape: terms do not tell them apart. */
    private static boolean unlike(List<LayerEntry> entries) {
        Set<String> classes = new HashSet<>();
        return entries.stream()
                .allMatch(entry -> entry.className().equals("Reshape") || classes.add(entry.className()));
    }

    private String term(Use use, int depth) {
        if (use.entry() == model.input()) {
            return "x";
        }
        Call call = calls.get(use);
        if (call == null || depth > MOST_CALLS) {
            return "?";
        }
        List<String> inputs =
                call.inputs().stream().map(input -> term(input, depth + 1)).toList();
        return model.entries().get(use.entry()).className() + "(" + String.join(",", inputs) + ")";
    }

    private Container only(Match match) {
        List<LayerEntry> entries = new ArrayList<>();
        for (int i = 0; i < model.entries().size(); i++) {
            LayerEntry entry = model.entries().get(i);
            boolean input = i == model.input();
            entries.add(
                    i == match.entry()
                            ? entry.with(match.layer(), match.stored())
                            : input ? entry : entry.with(null, null));
        }
        match.layer().name(LayerReader.legal(model.name()));
        Use use = new Use(match.entry(), 0);
        Call call = new Call(use, List.of(new Use(model.input(), 0)), false);
        return new Container(
                false, model.name(), entries, List.of(call), model.input(), use, model.inputShape(), model.inputName());
    }

    private LayerEntry entry(String className) {
        return model.entries().get(indices.get(className));
    }

    private Map<String, Object> settings(String className) {
        return entry(className).layer() == null
                ? Map.of()
                : entry(className).layer().config();
    }

    private UnaryFunction function(String className) {
        return entry(className).layer() instanceof Elementwise elementwise
                ? elementwise.function()
                : UnaryFunction.of(Kind.ABSOLUTE);
    }

    private Match match(String term) {
        return switch (term) {
            case "MaxPooling2D(Pad(x))" -> padded("MaxPooling2D", least());
            case "Cropping2D(Conv2DTranspose(x))" -> cut();
            case "Clip(Rescaling(x))" -> hardSigmoid();
            case "Rescaling(Elu(x))" -> scaledElu();
            case "Subtract(HardShrink(x),Rescaling(Sign(HardShrink(x))))" -> shrink();
            default -> {
                if (term.equals("Divide(" + POOLED.formatted("x") + "," + POOLED.formatted("OnesLike(x)") + ")")) {
                    yield padded("AveragePooling2D", settings("ZeroPadding2D").get(PADDING));
                }
                yield term.startsWith("Gelu(") ? geluTanh(term.substring(5, term.length() - 1)) : weighted(term);
            }
        };
    }

    /** The entry, which has a layer, with other settings. */
    private Match changed(String className, Map<String, Object> changes) {
        Layer layer = entry(className).layer();
        Map<String, Object> config = new HashMap<>(layer.config());
        config.putAll(changes);
        return new Match(indices.get(className), Layers.fromConfig(layer.className(), config), null);
    }

    private Match padded(String className, Object pads) {
        return pads != null && "valid".equals(settings(className).get(PADDING))
                ? changed(className, Map.of(PADDING, pads))
                : null;
    }

    /** How far an image is surrounded by minus infinity, or null where it is by something else. */
    private Object least() {
        JsonObject pad = entry("Pad").unmatched();
        JsonObject config = Json.object(pad, "config");
        JsonArray nodes = Json.array(pad, "inbound_nodes");
        JsonObject named = Json.object(nodes.get(0).getAsJsonObject(), "kwargs");
        boolean least = named.get("constant_values") instanceof JsonPrimitive value
                && value.getAsString().equals("-Infinity");
        if (!least
                || !Json.text(config, "mode", "").equals("constant")
                || !(Json.map(config).get("pad_width") instanceof List<?> width)) {
            return null;
        }
        boolean image = width.size() == 4 && isNone(width.get(0)) && isNone(width.get(3));
        return image ? width.subList(1, 3) : null;
    }

    private static boolean isNone(Object sides) {
        return List.of(0L, 0L).equals(sides);
    }

    private Match cut() {
        Map<String, Object> config = settings("Conv2DTranspose");
        Object appended = config.get("output_padding");
        if (!"valid".equals(config.get(PADDING)) || appended == null) {
            return null;
        }
        Map<String, Object> changes = new HashMap<>();
        changes.put(PADDING, settings("Cropping2D").get("cropping"));
        changes.put("output_padding", List.of(0, 0).equals(appended) ? null : appended);
        return changed("Conv2DTranspose", changes);
    }

    private Match geluTanh(String inner) {
        int end = inner.indexOf("(x)");
        boolean approximate = "gelu_tanh".equals(settings("Gelu").get("activation"));
        boolean single = end > 0 && end == inner.length() - 3;
        Match before = !approximate ? null : single ? own(inner.substring(0, end)) : match(inner);
        if (before == null || !"linear".equals(before.layer().config().get("activation"))) {
            return null;
        }
        Map<String, Object> config = new HashMap<>(before.layer().config());
        config.put("activation", "gelu_tanh");
        return new Match(before.entry(), Layers.fromConfig(before.layer().className(), config), null);
    }

    /** The entry as it is, or null where it is no layer. */
    private Match own(String className) {
        Layer layer = entry(className).layer();
        return layer == null ? null : new Match(indices.get(className), layer, null);
    }

    private Match elementwise(String className, Kind kind, float alpha, float beta) {
        return new Match(indices.get(className), new Elementwise(new UnaryFunction(kind, alpha, beta)), null);
    }

    private Match hardSigmoid() {
        UnaryFunction affine = function("Rescaling");
        boolean fits = affine.kind() == Kind.AFFINE && function("Clip").equals(new UnaryFunction(Kind.CLIP, 0, 1));
        return fits ? elementwise("Clip", Kind.HARD_SIGMOID, affine.alpha(), affine.beta()) : null;
    }

    private Match scaledElu() {
        UnaryFunction affine = function("Rescaling");
        Object alpha = settings("Elu").get("alpha");
        return affine.kind() == Kind.AFFINE && affine.beta() == 0 && alpha instanceof Number number
                ? elementwise("Elu", Kind.SCALED_ELU, number.floatValue(), affine.alpha())
                : null;
    }

    private Match shrink() {
        UnaryFunction affine = function("Rescaling");
        UnaryFunction hard = function("HardShrink");
        return affine.kind() == Kind.AFFINE && affine.beta() == 0
                ? elementwise("HardShrink", Kind.SHRINK, hard.alpha(), affine.alpha())
                : null;
    }

    /** A weight that is an Embedding's only row, and the function that joins it with the input; or null. */
    private Match weighted(String term) {
        boolean cast = term.startsWith("Cast(");
        if (cast
                && !Json.text(Json.object(entry("Cast").unmatched(), "config"), "dtype", "")
                        .equals("float32")) {
            return null;
        }
        String joined = cast ? term.substring(5, term.length() - 1) : term;
        Map<String, String> operations = cast ? WeightedDecomposition.COMPARISONS : WeightedDecomposition.OPERATIONS;
        for (Map.Entry<String, String> operation : operations.entrySet()) {
            for (String weight : List.of(WEIGHT, "Reshape(" + WEIGHT + ")")) {
                boolean first = joined.equals(operation.getValue() + "(" + weight + ",x)");
                if (first || joined.equals(operation.getValue() + "(x," + weight + ")")) {
                    return weighted(
                            operation.getKey(),
                            first,
                            Json.object(entry("Embedding").unmatched(), "config"));
                }
            }
        }
        return null;
    }

    private Match weighted(String function, boolean reversed, JsonObject embedding) {
        List<Integer> shape = weightShape();
        Map<String, Object> config = new HashMap<>();
        config.put("trainable", !Boolean.FALSE.equals(Json.map(embedding).get("trainable")));
        config.put("function", function);
        config.put("reversed", reversed);
        config.put("weight_shape", shape);
        if (Json.has(embedding, "embeddings_initializer")) {
            config.put("weight_initializer", Json.map(embedding).get("embeddings_initializer"));
        }
        return shape != null && WeightedDecomposition.isOnlyRow(embedding, shape)
                ? new Match(
                        indices.get("Embedding"),
                        Layers.fromConfig("Weighted", config),
                        Shape.of(
                                1,
                                Shape.of(shape.stream().mapToInt(dim -> dim).toArray())
                                        .size()))
                : null;
    }

    /** The shape that the row is given first; the one after it is the same with ones before it, or takes its place. */
    private List<Integer> weightShape() {
        List<Integer> own = null;
        List<Integer> whole = null;
        for (Call call : model.calls()) {
            LayerEntry entry = model.entries().get(call.use().entry());
            if (entry.className().equals("Reshape") && entry.layer() != null) {
                List<Integer> target = new ArrayList<>();
                ((List<?>) entry.layer().config().get("target_shape")).forEach(dim -> target.add((Integer) dim));
                boolean first = call.inputs().get(0).entry() == indices.get("Embedding");
                own = first ? target : own;
                whole = first && whole != null ? whole : target;
            }
        }
        if (own == null || whole.size() != model.inputShape().rank()) {
            return null;
        }
        List<Integer> before = whole.subList(0, whole.size() - Math.min(own.size(), whole.size()));
        boolean same = whole.subList(before.size(), whole.size()).equals(own)
                && before.stream().allMatch(dim -> dim == 1);
        return same ? own : whole;
    }
}
