package conv4j.cli;

import conv4j.applications.Application;
import conv4j.bench.Group;
import conv4j.data.Dataset;
import java.util.List;
import java.util.Map;

/**
 * A network whose steps are measured.
 *
 * @param network which one
 * @param batch images of a step
 */
record NetworkWork(Application network, int batch) {

    static final String TRAINING = "training";
    static final String INFERENCE = "inference";

    /** What is measured where whole groups are asked for, the quickest first. */
    static final List<NetworkWork> ALL = List.of(
            new NetworkWork(Application.FIRST_CNN, 32),
            new NetworkWork(Application.FIRST_CNN, 128),
            new NetworkWork(Application.FIRST_CNN, 1024),
            new NetworkWork(Application.RESNET_18, 128));

    /** The network and its batch, in words. */
    String title() {
        return network.title() + " batch " + batch;
    }

    /** The name of its training or inference in tables. */
    String name(String mode) {
        return network.title() + " " + mode + " batch " + batch;
    }

    /** What tells its training or inference from other work. */
    Map<String, Object> identity(String mode) {
        return BenchReport.identity(Group.TRAINING, name(mode), batch, sizes(mode));
    }

    /** All sizes by name. */
    Map<String, Object> sizes(String mode) {
        return Map.of("network", network.title(), "mode", mode);
    }

    /** The data's first whole batches, so that every step does the same work. */
    Dataset wholeBatches(Dataset data) {
        return data.take(data.size() / batch * batch);
    }
}
