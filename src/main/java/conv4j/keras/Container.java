package conv4j.keras;

import conv4j.shape.Shape;
import java.util.List;

/**
 * A model of a file, the whole one or one that is nested in it: its entries and how they are applied to each other.
 *
 * @param sequential whether Keras calls it a Sequential
 * @param name the model's name
 * @param entries its layers in the order of the file
 * @param calls which entry is applied to what, in the order of the file
 * @param input the index of the entry that stands for the input
 * @param output the result
 * @param inputShape the shape of an item, or null where the configuration does not say it
 * @param inputName the name of the input layer
 */
record Container(
        boolean sequential,
        String name,
        List<LayerEntry> entries,
        List<Call> calls,
        int input,
        Use output,
        Shape inputShape,
        String inputName) {

    /**
     * One use of an entry, a node in Keras' words.
     *
     * @param entry the entry's index
     * @param node which of its uses
     */
    record Use(int entry, int node) {}

    /**
     * An entry applied to others.
     *
     * @param use which use of the entry this is
     * @param inputs what it is applied to
     * @param inference whether it behaves as in predictions while the model is trained
     */
    record Call(Use use, List<Use> inputs, boolean inference) {}
}
