package conv4j.augmentation;

import conv4j.config.Config;
import conv4j.graph.Augment;
import conv4j.graph.Value;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Replaces a rectangle in every image by one value, after KerasCV's layer of that name. Its centre is any pixel, so
 * that a part of it may lie outside. DeVries and Taylor 2017.
 *
 * <p>The constructor throws {@link IllegalArgumentException} when a factor is beyond 0 to 1.
 *
 * @param heightFactor its height as a share of the image's, rounded to whole pixels
 * @param widthFactor its width as a share of the image's, rounded to whole pixels
 * @param fillValue what is put there, in the units of the data set
 */
public record RandomCutout(Interval heightFactor, Interval widthFactor, double fillValue) implements Augmentation {

    public RandomCutout {
        heightFactor.within(0, 1, "the height factor of RandomCutout");
        widthFactor.within(0, 1, "the width factor of RandomCutout");
        Outside.check(Augment.Edge.CONSTANT, fillValue);
    }

    /**
     * Black rectangles of any size up to a largest one.
     *
     * @param heightFactor the largest height as a share of the image's
     * @param widthFactor the largest width as a share of the image's
     */
    public RandomCutout(double heightFactor, double widthFactor) {
        this(new Interval(0, heightFactor), new Interval(0, widthFactor), 0);
    }

    @Override
    public Value emit(AugmentationContext context, Value images) {
        Value cut = images.like("images with a part cut out");
        context.graph()
                .add(new Augment(
                        images,
                        Outside.fill(context, Augment.Edge.CONSTANT, fillValue),
                        cut,
                        Augment.Kind.CUTOUT,
                        heightFactor.times(images.shape().dim(0)),
                        widthFactor.times(images.shape().dim(1)),
                        Augment.Edge.CONSTANT,
                        context.stream()));
        return cut;
    }

    static RandomCutout from(Config config) {
        return new RandomCutout(
                Interval.from(config, "height_factor", upper -> new Interval(0, upper)),
                Interval.from(config, "width_factor", upper -> new Interval(0, upper)),
                Outside.value(config));
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("height_factor", heightFactor.toList());
        config.put("width_factor", widthFactor.toList());
        config.put("fill_value", fillValue);
        return config;
    }
}
