package conv4j.data;

/**
 * Two sets without a common example.
 *
 * @param train the examples to learn from
 * @param test the examples to validate or test with
 */
public record Split(Dataset train, Dataset test) {}
