package conv4j.bench;

import conv4j.backend.Backend;
import conv4j.backend.Profile;
import conv4j.data.Dataset;
import conv4j.model.Callback;
import conv4j.model.FitOptions;
import conv4j.model.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Times the training steps of a network and its inference, on a data set of whole batches that lies on the device. */
public final class NetworkBench {

    private static final double NANOS = 1e-9;

    private final GraphWatch watch;
    private final int runs;

    /**
     * A bench.
     *
     * @param backend the device
     * @param runs how many timed epochs the median is taken of
     */
    public NetworkBench(Backend backend, int runs) {
        this.watch = new GraphWatch(backend);
        this.runs = runs;
    }

    /**
     * The backend to put models on.
     *
     * @return the device, watched for what is prepared on it
     */
    public Backend backend() {
        return watch;
    }

    /**
     * Times training: epochs, of which the first one is left out.
     *
     * @param model compiled, on {@link #backend()}
     * @param name its name
     * @param data whole batches
     * @param batch items of a step
     * @return the time of a step
     */
    public Measurement training(Model model, String name, Dataset data, int batch) {
        List<Double> seconds = new ArrayList<>();
        model.fit(data, new FitOptions().epochs(runs + 1).batchSize(batch).callbacks(new Clock(seconds)));
        return measurement(name + " training", data, batch, seconds);
    }

    /**
     * Times inference: going through all items, the first time left out.
     *
     * @param model compiled, on {@link #backend()}
     * @param name its name
     * @param data whole batches
     * @param batch items of a run
     * @return the time of a batch
     */
    public Measurement inference(Model model, String name, Dataset data, int batch) {
        List<Double> seconds = new ArrayList<>();
        for (int run = 0; run <= runs; run++) {
            double measured = model.evaluate(data, batch).seconds();
            if (run > 0) {
                seconds.add(measured);
            }
        }
        return measurement(name + " inference", data, batch, seconds);
    }

    private Measurement measurement(String name, Dataset data, int batch, List<Double> seconds) {
        Times times = Times.of(seconds.stream().mapToDouble(Double::doubleValue).toArray());
        return new Measurement(
                Group.TRAINING,
                name + " batch " + batch,
                batch,
                watch.last(),
                times.dividedBy(data.size() / batch),
                null);
    }

    /**
     * What is put in the place of times that would take too long.
     *
     * @param name of the network, and what was left out
     * @param batch items of a step
     * @param reason why it was left out
     * @return a measurement without times
     */
    public Measurement skipped(String name, int batch, String reason) {
        return new Measurement(Group.TRAINING, name + " batch " + batch, batch, new Work(0, 0), null, reason);
    }

    /**
     * Trains with every kernel timed: one epoch to warm up, then one that counts.
     *
     * @param model compiled, on {@link #backend()}
     * @param data whole batches
     * @param batch items of a step
     * @return the time of an epoch by kernel or operation
     */
    public Profile profile(Model model, Dataset data, int batch) {
        Profile profile = new Profile();
        watch.profile(profile);
        Callback warmUpEnds = new Callback() {
            @Override
            public void onEpochBegin(Model trained, int epoch) {
                watch.finish();
                profile.clear();
            }
        };
        model.fit(data, new FitOptions().epochs(2).batchSize(batch).callbacks(warmUpEnds));
        watch.finish();
        return profile;
    }

    /** Notes the time of every epoch but the first. */
    private static final class Clock implements Callback {

        private final List<Double> seconds;
        private long begin;

        Clock(List<Double> seconds) {
            this.seconds = seconds;
        }

        @Override
        public void onEpochBegin(Model trained, int epoch) {
            begin = System.nanoTime();
        }

        @Override
        public void onEpochEnd(Model trained, int epoch, Map<String, Double> logs) {
            if (epoch > 0) {
                seconds.add((System.nanoTime() - begin) * NANOS);
            }
        }
    }
}
