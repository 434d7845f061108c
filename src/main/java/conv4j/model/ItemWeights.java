package conv4j.model;

import conv4j.data.DataException;
import conv4j.data.Dataset;
import java.util.Arrays;
import java.util.Map;

/** How much every item of a data set counts in the loss, from Keras' {@code class_weight} and {@code sample_weight}. */
final class ItemWeights {

    private ItemWeights() {}

    /**
     * The weight of every item's class; 1 for classes that have none. A target of several numbers is of the class of the
     * largest one, as in Keras.
     *
     * @param sparse whether targets are class indices
     * @throws DataException when items have no single class
     */
    static float[] ofClasses(Map<Integer, Double> classWeight, Dataset data, boolean sparse) {
        int size = data.targetShape().size();
        if (data.targetShape().rank() > 1 || sparse && size > 1) {
            throw new DataException("class weights need one class per item, but the data set has targets of shape "
                    + data.targetShape() + "; use sample weights");
        }
        float[] weights = new float[data.size()];
        float[] target = new float[size];
        for (int i = 0; i < weights.length; i++) {
            data.target(i, target, 0);
            int label = size == 1 ? Math.round(target[0]) : largest(target);
            weights[i] = classWeight.getOrDefault(label, 1.0).floatValue();
        }
        return weights;
    }

    private static int largest(float[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return best;
    }

    /** The weights of some items that follow each other. */
    static float[] part(float[] all, int from, Dataset items) {
        return all == null ? null : Arrays.copyOfRange(all, from, from + items.size());
    }
}
