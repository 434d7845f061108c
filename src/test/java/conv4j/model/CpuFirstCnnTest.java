package conv4j.model;

import conv4j.Backends;
import conv4j.backend.Backend;

class CpuFirstCnnTest extends FirstCnnContract {

    @Override
    Backend open() {
        return Backends.open("cpu");
    }
}
