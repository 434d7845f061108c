package conv4j.augmentation;

import conv4j.config.Config;
import conv4j.graph.Augment;
import conv4j.graph.Value;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Mirrors half of the images; in both directions independently of each other where both are asked for.
 *
 * @param mode the directions
 */
public record RandomFlip(Mode mode) implements Augmentation {

    /** Directions. */
    public enum Mode {
        /** Left and right are exchanged. */
        HORIZONTAL,
        /** Top and bottom are exchanged. */
        VERTICAL,
        /** Each of both with probability 1/2. */
        HORIZONTAL_AND_VERTICAL;

        private static Mode of(String name) {
            return Arrays.stream(values())
                    .filter(mode -> mode.name().equalsIgnoreCase(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("RandomFlip has no mode '" + name
                            + "'; there are horizontal, vertical and horizontal_and_vertical"));
        }
    }

    /** Mirrors in both directions. */
    public RandomFlip() {
        this(Mode.HORIZONTAL_AND_VERTICAL);
    }

    public RandomFlip {
        Objects.requireNonNull(mode, "mode");
    }

    @Override
    public Value emit(AugmentationContext context, Value images) {
        Value flipped = images.like("flipped images");
        Augment.Range rows = new Augment.Range(0, mode == Mode.HORIZONTAL ? 0 : 1);
        Augment.Range columns = new Augment.Range(0, mode == Mode.VERTICAL ? 0 : 1);
        context.graph()
                .add(new Augment(
                        images,
                        null,
                        flipped,
                        Augment.Kind.FLIP,
                        rows,
                        columns,
                        Augment.Edge.CONSTANT,
                        context.stream()));
        return flipped;
    }

    static RandomFlip from(Config config) {
        return new RandomFlip(Mode.of(config.text("mode", "horizontal_and_vertical")));
    }

    @Override
    public Map<String, Object> config() {
        return Map.of("mode", mode.name().toLowerCase(Locale.ROOT));
    }
}
