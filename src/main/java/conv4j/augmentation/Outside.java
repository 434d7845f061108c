package conv4j.augmentation;

import conv4j.config.Config;
import conv4j.graph.Augment;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The arguments {@code fill_mode} and {@code fill_value}. */
final class Outside {

    private static final String FILL_MODE = "fill_mode";
    private static final String FILL_VALUE = "fill_value";

    private Outside() {}

    static void check(Augment.Edge fillMode, double fillValue) {
        Objects.requireNonNull(fillMode, FILL_MODE);
        if (!Double.isFinite(fillValue)) {
            throw new IllegalArgumentException("the fill value must be a finite number, but is " + fillValue);
        }
    }

    static Augment.Edge mode(Config config) {
        String name = config.text(FILL_MODE, "reflect");
        return Arrays.stream(Augment.Edge.values())
                .filter(edge -> edge.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is no fill_mode '" + name + "'; there are constant, reflect, wrap and nearest"));
    }

    static double value(Config config) {
        return config.number(FILL_VALUE, 0);
    }

    static void write(Map<String, Object> config, Augment.Edge fillMode, double fillValue) {
        config.put(FILL_MODE, fillMode.name().toLowerCase(Locale.ROOT));
        config.put(FILL_VALUE, fillValue);
    }

    /** The operation's fill: a raw value as the model sees it, or null where pixels stand for those outside. */
    static Value fill(AugmentationContext context, Augment.Edge fillMode, double fillValue) {
        if (fillMode != Augment.Edge.CONSTANT) {
            return null;
        }
        float[] colors = context.normalized(fillValue);
        return context.constant("fill", Shape.of(colors.length), colors);
    }
}
