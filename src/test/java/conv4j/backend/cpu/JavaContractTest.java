package conv4j.backend.cpu;

import conv4j.backend.Backend;
import conv4j.backend.BackendContract;

/** The contract run by Java's loops alone. */
class JavaContractTest extends BackendContract {

    @Override
    protected Backend open() {
        return new CpuBackend(2, false);
    }
}
