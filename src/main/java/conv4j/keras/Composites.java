package conv4j.keras;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
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
 * Finds layers again that Keras has no word for, so that {@link LayerForms} wrote them as functional models of several layers.
 * Such a model is known by its term: {@code MaxPooling2D(Pad(x))} is a MaxPooling2D with padding by numbers.
 */
final class Composites {

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
     * @param part the index of the part that has its weights, if it has any
     * @param layer the layer
     * @param stored the shape of its weight in the file, or null where it is the weight's own
     */
    private record Whole(int part, Layer layer, Shape stored) {}

    private Composites(Container model) {
        this.model = model;
        model.calls().forEach(call -> calls.put(call.use(), call));
        for (int i = 0; i < model.parts().size(); i++) {
            indices.put(model.parts().get(i).className(), i);
        }
    }

    /** The model as one layer of its name where it is known, else as it is. */
    static Container of(Container model) {
        boolean large = model.calls().size() > MOST_CALLS
                || model.calls().stream().anyMatch(call -> call.inputs().size() > 2);
        if (model.sequential() || large || model.inputShape() == null || !unlike(model.parts())) {
            return model;
        }
        Composites composites = new Composites(model);
        Whole whole = composites.whole(composites.term(model.output(), 0));
        return whole == null ? model : composites.only(whole);
    }

    /** Whether no two parts are of one class, but for Reshape: terms do not tell them apart. */
    private static boolean unlike(List<Part> parts) {
        Set<String> classes = new HashSet<>();
        return parts.stream().allMatch(part -> part.className().equals("Reshape") || classes.add(part.className()));
    }

    private String term(Use use, int depth) {
        if (use.part() == model.input()) {
            return "x";
        }
        Call call = calls.get(use);
        if (call == null || depth > MOST_CALLS) {
            return "?";
        }
        List<String> inputs =
                call.inputs().stream().map(input -> term(input, depth + 1)).toList();
        return model.parts().get(use.part()).className() + "(" + String.join(",", inputs) + ")";
    }

    private Container only(Whole whole) {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < model.parts().size(); i++) {
            Part part = model.parts().get(i);
            boolean input = i == model.input();
            parts.add(
                    i == whole.part()
                            ? part.with(whole.layer(), whole.stored())
                            : input ? part : part.with(null, null));
        }
        whole.layer().name(LayerReader.legal(model.name()));
        Use use = new Use(whole.part(), 0);
        Call call = new Call(use, List.of(new Use(model.input(), 0)), false);
        return new Container(
                false, model.name(), parts, List.of(call), model.input(), use, model.inputShape(), model.inputName());
    }

    private Part part(String className) {
        return model.parts().get(indices.get(className));
    }

    private Map<String, Object> settings(String className) {
        return part(className).layer() == null
                ? Map.of()
                : part(className).layer().config();
    }

    private UnaryFunction function(String className) {
        return part(className).layer() instanceof Elementwise elementwise
                ? elementwise.function()
                : UnaryFunction.of(Kind.ABSOLUTE);
    }

    private Whole whole(String term) {
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

    private Whole changed(String className, Map<String, Object> changes) {
        Map<String, Object> config = new HashMap<>(settings(className));
        config.putAll(changes);
        return new Whole(indices.get(className), Layers.fromConfig(className, config), null);
    }

    private Whole padded(String className, Object pads) {
        return pads != null && "valid".equals(settings(className).get(PADDING))
                ? changed(className, Map.of(PADDING, pads))
                : null;
    }

    /** How far an image is surrounded by minus infinity, or null where it is by something else. */
    private Object least() {
        JsonObject pad = part("Pad").piece();
        JsonObject config = Json.object(pad, "config");
        JsonArray nodes = Json.array(pad, "inbound_nodes");
        JsonObject named = Json.object(nodes.get(0).getAsJsonObject(), "kwargs");
        boolean least = Json.has(named, "constant_values")
                && named.get("constant_values").getAsString().equals("-Infinity");
        List<?> width = (List<?>) Json.map(config).get("pad_width");
        boolean image = width.size() == 4 && isNone(width.get(0)) && isNone(width.get(3));
        return least && image && Json.text(config, "mode", "").equals("constant") ? width.subList(1, 3) : null;
    }

    private static boolean isNone(Object sides) {
        return List.of(0L, 0L).equals(sides);
    }

    private Whole cut() {
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

    private Whole geluTanh(String inner) {
        int end = inner.indexOf("(x)");
        boolean plain = end > 0 && end == inner.length() - 3 && indices.containsKey(inner.substring(0, end));
        Whole whole = plain ? changed(inner.substring(0, end), Map.of()) : whole(inner);
        boolean approximate = "gelu_tanh".equals(settings("Gelu").get("activation"));
        if (whole == null
                || !approximate
                || !"linear".equals(whole.layer().config().get("activation"))) {
            return null;
        }
        Map<String, Object> config = new HashMap<>(whole.layer().config());
        config.put("activation", "gelu_tanh");
        return new Whole(whole.part(), Layers.fromConfig(whole.layer().className(), config), null);
    }

    private Whole elementwise(String className, Kind kind, float alpha, float beta) {
        return new Whole(indices.get(className), new Elementwise(new UnaryFunction(kind, alpha, beta)), null);
    }

    private Whole hardSigmoid() {
        UnaryFunction affine = function("Rescaling");
        boolean fits = affine.kind() == Kind.AFFINE && function("Clip").equals(new UnaryFunction(Kind.CLIP, 0, 1));
        return fits ? elementwise("Clip", Kind.HARD_SIGMOID, affine.alpha(), affine.beta()) : null;
    }

    private Whole scaledElu() {
        UnaryFunction affine = function("Rescaling");
        Object alpha = settings("Elu").get("alpha");
        return affine.kind() == Kind.AFFINE && affine.beta() == 0 && alpha instanceof Number number
                ? elementwise("Elu", Kind.SCALED_ELU, number.floatValue(), affine.alpha())
                : null;
    }

    private Whole shrink() {
        UnaryFunction affine = function("Rescaling");
        UnaryFunction hard = function("HardShrink");
        return affine.kind() == Kind.AFFINE && affine.beta() == 0
                ? elementwise("HardShrink", Kind.SHRINK, hard.alpha(), affine.alpha())
                : null;
    }

    /** A weight that is an Embedding's only row, and the function that joins it with the input; or null. */
    private Whole weighted(String term) {
        boolean cast = term.startsWith("Cast(");
        if (cast
                && !Json.text(Json.object(part("Cast").piece(), "config"), "dtype", "")
                        .equals("float32")) {
            return null;
        }
        String joined = cast ? term.substring(5, term.length() - 1) : term;
        Map<String, String> operations = cast ? WeightedForm.COMPARISONS : WeightedForm.OPERATIONS;
        for (Map.Entry<String, String> operation : operations.entrySet()) {
            for (String weight : List.of(WEIGHT, "Reshape(" + WEIGHT + ")")) {
                boolean first = joined.equals(operation.getValue() + "(" + weight + ",x)");
                if (first || joined.equals(operation.getValue() + "(x," + weight + ")")) {
                    return weighted(
                            operation.getKey(),
                            first,
                            Json.object(part("Embedding").piece(), "config"));
                }
            }
        }
        return null;
    }

    private Whole weighted(String function, boolean reversed, JsonObject embedding) {
        List<Integer> shape = weightShape();
        Map<String, Object> config = new HashMap<>();
        config.put("trainable", !Boolean.FALSE.equals(Json.map(embedding).get("trainable")));
        config.put("function", function);
        config.put("reversed", reversed);
        config.put("weight_shape", shape);
        if (Json.has(embedding, "embeddings_initializer")) {
            config.put("weight_initializer", Json.map(embedding).get("embeddings_initializer"));
        }
        int size = shape == null ? -1 : shape.stream().reduce(1, Math::multiplyExact);
        boolean row = embedding.get("input_dim").getAsInt() == 1
                && embedding.get("output_dim").getAsInt() == size;
        return row
                ? new Whole(indices.get("Embedding"), Layers.fromConfig("Weighted", config), Shape.of(1, size))
                : null;
    }

    /** The shape that the row is given first; the one after it is the same with ones before it, or takes its place. */
    private List<Integer> weightShape() {
        List<Integer> own = null;
        List<Integer> whole = null;
        for (Call call : model.calls()) {
            Part part = model.parts().get(call.use().part());
            if (part.className().equals("Reshape") && part.layer() != null) {
                List<Integer> target = new ArrayList<>();
                ((List<?>) part.layer().config().get("target_shape")).forEach(dim -> target.add((Integer) dim));
                boolean first = call.inputs().get(0).part() == indices.get("Embedding");
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
