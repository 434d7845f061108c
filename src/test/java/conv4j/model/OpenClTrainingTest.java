package conv4j.model;

import conv4j.backend.Backend;
import conv4j.backend.opencl.TestDevice;

class OpenClTrainingTest extends TrainingContract {

    @Override
    Backend open() {
        return TestDevice.open();
    }
}
