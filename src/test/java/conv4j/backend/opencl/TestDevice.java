package conv4j.backend.opencl;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.function.Function;

/** The OpenCL device that tests use: the first one. Without one they are skipped, or fail where one is required. */
public final class TestDevice {

    private TestDevice() {}

    /** Skips the calling test, or fails it with {@code -Dconv4j.requireOpenCl=true}, when there is no device. */
    public static void require() {
        String problem = OpenClDevices.problem().orElse(null);
        if (problem != null && Boolean.getBoolean("conv4j.requireOpenCl")) {
            fail("an OpenCL device is required, but " + problem);
        }
        assumeTrue(problem == null, problem);
    }

    /** The device with the style that suits it. */
    public static OpenClBackend open() {
        require();
        return OpenClBackend.open(0, null);
    }

    /** The device with a named variant of the kernels; skips where it has none of that name. */
    static OpenClBackend open(String variant) {
        require();
        assumeTrue(variants().contains(variant), () -> "opencl:0 cannot run " + variant);
        return OpenClBackend.open(0, null, variant);
    }

    /** The variants that the device can run, and those that it only plays. */
    static List<String> variants() {
        return Style.all(OpenCl.device(0).info()).stream().map(Style::name).toList();
    }

    /** The device with another style. */
    static OpenClBackend open(Function<Integer, Style> style) {
        require();
        return OpenClBackend.open(0, null, style.apply(OpenCl.device(0).info().maxWorkGroup()));
    }
}
