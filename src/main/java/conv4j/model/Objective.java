package conv4j.model;

import java.util.Objects;

/**
 * A number that a model computes of an image, to be differentiated or made large: the mean of one channel of a layer's
 * output over all positions, or one class.
 *
 * @param layer the layer's name; null for the model's output
 * @param channel the channel: the index along the last axis, which is a filter of a convolution, a unit of a dense layer or
 *     a class, from 0
 * @param beforeSoftmax whether the class is measured before the model's last softmax
 */
public record Objective(String layer, int channel, boolean beforeSoftmax) {

    /**
     * The mean activation of a filter or unit.
     *
     * @param layer the layer's name, as in {@code model.summary()}
     * @param channel the filter or unit, from 0
     * @return the objective
     */
    public static Objective filter(String layer, int channel) {
        return new Objective(Objects.requireNonNull(layer, "layer"), channel, false);
    }

    /**
     * The probability of a class, or whatever the model's output says of it.
     *
     * @param index the class, from 0
     * @return the objective
     */
    public static Objective probability(int index) {
        return new Objective(null, index, false);
    }

    /**
     * The logit of a class: what goes into the softmax at the model's end. Without one it is the model's output. Made
     * large, it gives clearer images than the probability, which also grows as other classes shrink (Simonyan, Vedaldi,
     * Zisserman 2014, section 2).
     *
     * @param index the class, from 0
     * @return the objective
     */
    public static Objective logit(int index) {
        return new Objective(null, index, true);
    }

    /** What is measured, without the channel. */
    Objective whole() {
        return new Objective(layer, 0, beforeSoftmax);
    }

    @Override
    public String toString() {
        String where = layer != null ? layer : beforeSoftmax ? "logit" : "output";
        return where + "[" + channel + "]";
    }
}
