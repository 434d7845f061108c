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
 * @param items items of this epoch whose steps were started
 * @param seconds since this epoch began
 * @param dataSeconds the part of them in which training stood still because no batch had been read yet; 0 for a data set
 *     that lies on the device
 * @param means the loss and the metrics over this epoch so far; asking waits for the device
 */
public record BatchProgress(
        int epoch,
        int epochs,
        int batch,
        int batches,
        long items,
        double seconds,
        double dataSeconds,
        Supplier<Map<String, Double>> means) {}
