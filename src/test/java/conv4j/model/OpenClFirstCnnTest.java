package conv4j.model;

import conv4j.Backends;
import conv4j.backend.Backend;

class OpenClFirstCnnTest extends FirstCnnContract {

    @Override
    Backend open() {
        return Backends.open("opencl:0");
    }
}
