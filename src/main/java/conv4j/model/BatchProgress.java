package conv4j.model;

import java.util.Map;
import java.util.function.Supplier;

/**
 * How far training is.
 *
 * @param epoch the epoch, from 0
 * @param epochs the number of epochs
 * @param batch batches of this epoch that were started, from 1
 * @param batches batches of an epoch
 * @param seconds since this epoch began
 * @param means the loss and the metrics over this epoch so far; asking waits for the device
 */
public record BatchProgress(
        int epoch, int epochs, int batch, int batches, double seconds, Supplier<Map<String, Double>> means) {}
