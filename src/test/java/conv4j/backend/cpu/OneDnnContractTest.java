package conv4j.backend.cpu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import conv4j.backend.Backend;
import conv4j.backend.BackendContract;

/** The contract run with oneDNN where it loads. */
class OneDnnContractTest extends BackendContract {

    @Override
    protected Backend open() {
        Backend backend = new CpuBackend(2, true);
        boolean loaded = backend.device().platform().startsWith("oneDNN");
        if (!loaded) {
            backend.close();
        }
        assumeTrue(loaded, "oneDNN is not on the class path or does not load");
        return backend;
    }
}
