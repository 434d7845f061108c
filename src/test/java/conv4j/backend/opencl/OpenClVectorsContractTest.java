package conv4j.backend.opencl;

import conv4j.backend.Backend;
import conv4j.backend.BackendContract;

/** The contract with the kernels for CPUs with short vectors, on whatever device there is. */
class OpenClVectorsContractTest extends BackendContract {

    @Override
    protected Backend open() {
        return TestDevice.open(maxWorkGroup -> Style.vectors(4));
    }
}
