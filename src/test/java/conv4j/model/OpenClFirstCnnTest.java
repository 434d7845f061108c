package conv4j.model;

import conv4j.backend.Backend;
import conv4j.backend.opencl.TestDevice;

class OpenClFirstCnnTest extends FirstCnnContract {

    @Override
    Backend open() {
        return TestDevice.open();
    }
}
