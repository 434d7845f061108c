package conv4j.augmentation;

import conv4j.config.Config;
import conv4j.graph.Augment;
import conv4j.graph.Value;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Shifts every image by whole pixels: a crop of the image with a border around it. In CIFAR-10's usual form, up to 4
 * pixels with black outside, {@code new RandomTranslation(Interval.around(4 / 32.0), Interval.around(4 / 32.0),
 * Augment.Edge.CONSTANT, 0)} (He et al. 2015, section 4.2).
 *
 * <p>The constructor throws {@link IllegalArgumentException} when a factor is beyond -1 to 1.
 *
 * @param heightFactor how far down as a share of the height; negative upwards
 * @param widthFactor how far to the right as a share of the width; negative to the left
 * @param fillMode what lies outside of an image
 * @param fillValue the constant outside, in the units of the data set
 */
public record RandomTranslation(Interval heightFactor, Interval widthFactor, Augment.Edge fillMode, double fillValue)
        implements Augmentation {

    public RandomTranslation {
        heightFactor.within(-1, 1, "the height factor of RandomTranslation");
        widthFactor.within(-1, 1, "the width factor of RandomTranslation");
        Outside.check(fillMode, fillValue);
    }

    /**
     * Shifts in all directions; outside lies the mirrored image.
     *
     * @param heightFactor the largest shift as a share of the height
     * @param widthFactor the largest shift as a share of the width
     */
    public RandomTranslation(double heightFactor, double widthFactor) {
        this(Interval.around(heightFactor), Interval.around(widthFactor), Augment.Edge.REFLECT, 0);
    }

    @Override
    public Value emit(AugmentationContext context, Value images) {
        Value shifted = images.like("shifted images");
        context.graph()
                .add(new Augment(
                        images,
                        Outside.fill(context, fillMode, fillValue),
                        shifted,
                        Augment.Kind.TRANSLATION,
                        heightFactor.times(images.shape().dim(0)),
                        widthFactor.times(images.shape().dim(1)),
                        fillMode,
                        context.stream()));
        return shifted;
    }

    static RandomTranslation from(Config config) {
        return new RandomTranslation(
                Interval.from(config, "height_factor", Interval::around),
                Interval.from(config, "width_factor", Interval::around),
                Outside.mode(config),
                Outside.value(config));
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("height_factor", heightFactor.toList());
        config.put("width_factor", widthFactor.toList());
        Outside.write(config, fillMode, fillValue);
        return config;
    }
}
