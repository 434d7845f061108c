package conv4j.backend.opencl;

import conv4j.backend.Backend;
import conv4j.backend.BackendContract;

/** The contract on the first OpenCL device, with the kernels that suit it. */
class OpenClContractTest extends BackendContract {

    @Override
    protected Backend open() {
        return TestDevice.open();
    }
}
