package conv4j.augmentation;

import conv4j.config.Config;
import conv4j.graph.Augment;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * The numbers between two limits, from which one is drawn for every image.
 *
 * <p>The constructor throws {@link IllegalArgumentException} when a limit is not finite or they are out of order.
 *
 * @param lower the smallest
 * @param upper the largest
 */
public record Interval(double lower, double upper) {

    public Interval {
        if (!(lower <= upper && Double.isFinite(lower) && Double.isFinite(upper))) {
            throw new IllegalArgumentException(
                    "an interval needs two finite limits, the lower one first, but was given " + lower + ", " + upper);
        }
    }

    /**
     * The interval about 0.
     *
     * @param size its upper limit, 0 or more
     * @return from -size to size
     */
    public static Interval around(double size) {
        return new Interval(-size, size);
    }

    /**
     * The interval of one number.
     *
     * @param value the number
     * @return from it to itself
     */
    public static Interval of(double value) {
        return new Interval(value, value);
    }

    /** An argument: two numbers, or one that stands for an interval. */
    static Interval from(Config config, String key, DoubleFunction<Interval> single) {
        if (!(config.value(key) instanceof List)) {
            return single.apply(config.number(key));
        }
        double[] limits = config.numbers(key);
        if (limits.length != 2) {
            throw new IllegalArgumentException(
                    "the argument " + key + " must be one or two numbers, but is " + config.value(key));
        }
        return new Interval(limits[0], limits[1]);
    }

    List<Double> toList() {
        return List.of(lower, upper);
    }

    /** Refuses limits beyond others. */
    Interval within(double least, double most, String what) {
        if (lower < least || upper > most) {
            throw new IllegalArgumentException(
                    what + " must lie between " + least + " and " + most + ", but goes from " + lower + " to " + upper);
        }
        return this;
    }

    /** The whole numbers that lie nearest to the limits times a factor. */
    Augment.Range times(double factor) {
        return new Augment.Range((int) Math.round(lower * factor), (int) Math.round(upper * factor));
    }
}
