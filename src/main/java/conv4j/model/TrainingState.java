package conv4j.model;

import java.util.List;
import java.util.Map;

/**
 * Where a training is, so that it can go on as if it had never stopped.
 *
 * @param epoch the epoch that comes next or is under way, from 0
 * @param batch batches of that epoch that are done
 * @param step all steps that are done
 * @param totals the epoch's running totals; empty between epochs
 * @param slots the optimizer's slots by {@code layer/parameter/slot}, and a loss's scale
 * @param logs the losses and metrics of every finished epoch, as {@link EpochLogs} keeps them
 * @param callbacks what callbacks remember
 */
record TrainingState(
        int epoch,
        int batch,
        int step,
        float[] totals,
        Map<String, float[]> slots,
        List<Map<String, Double>> logs,
        List<CallbackEntry> callbacks) {

    static final TrainingState BEGINNING = new TrainingState(0, 0, 0, new float[0], Map.of(), List.of(), List.of());

    TrainingState {
        logs = List.copyOf(logs);
        callbacks = List.copyOf(callbacks);
    }
}
