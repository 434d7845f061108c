package conv4j.data;

/**
 * Some examples, ready for the first layer. The arrays are used again: they are valid until the next batch is asked for.
 *
 * @param count how many examples
 * @param inputs (count, inputShape), perhaps followed by space that is not used
 * @param targets (count, targetShape), perhaps followed by space that is not used
 */
public record Batch(int count, float[] inputs, float[] targets) {}
