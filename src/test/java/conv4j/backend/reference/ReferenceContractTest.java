package conv4j.backend.reference;

import conv4j.backend.Backend;
import conv4j.backend.BackendContract;

/** The contract run by the reference backend: what the comparison with itself leaves are memory, canaries and vectors. */
class ReferenceContractTest extends BackendContract {

    @Override
    protected Backend open() {
        return new ReferenceBackend();
    }
}
