package conv4j.model;

import conv4j.Backends;
import conv4j.backend.Backend;

class CpuTrainingTest extends TrainingContract {

    @Override
    Backend open() {
        return Backends.open("cpu");
    }

    /** {@inheritDoc} oneDNN's kernels in its own layout and a scratchpad for every thread that came to run a part. */
    @Override
    long bytesBesideThePlan() {
        return 1 << 16;
    }
}
