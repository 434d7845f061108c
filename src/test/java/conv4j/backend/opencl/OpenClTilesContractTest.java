package conv4j.backend.opencl;

import conv4j.backend.Backend;
import conv4j.backend.BackendContract;

/** The contract with the kernels for GPUs, on whatever device there is. */
class OpenClTilesContractTest extends BackendContract {

    @Override
    protected Backend open() {
        return TestDevice.open(Style::tiles);
    }
}
