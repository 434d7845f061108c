package conv4j.backend.opencl;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jocl.CL;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;

/**
 * The OpenCL context of a device and the programs built in it, which all backends of this process that use the device
 * share, one after another or at once: in a new context a driver loads its compiler's library again, and builds every
 * program again. It lives as long as the process, unless it fails. Buffers, queues and kernel objects are each backend's own.
 */
final class DeviceContext {

    /** Backends that keep programs in different folders, or nowhere, share no context. */
    private record Key(OpenCl.Device device, Path cacheFolder) {}

    private static final Map<Key, DeviceContext> SHARED = new HashMap<>();

    private final OpenCl.Device device;
    private final cl_context context;
    private final Programs programs;
    private int users;

    private DeviceContext(OpenCl.Device device, Path cacheFolder) {
        this.device = device;
        cl_context_properties properties = new cl_context_properties();
        properties.addProperty(CL.CL_CONTEXT_PLATFORM, device.platform());
        context = CL.clCreateContext(properties, 1, new cl_device_id[] {device.id()}, null, null, null);
        programs = new Programs(device, context, ProgramCache.of(device.info(), cacheFolder));
    }

    /** A device's context, for a backend that {@linkplain #leave leaves} it in the end. */
    static DeviceContext enter(OpenCl.Device device, Path cacheFolder) {
        synchronized (SHARED) {
            DeviceContext shared =
                    SHARED.computeIfAbsent(new Key(device, cacheFolder), key -> new DeviceContext(device, cacheFolder));
            shared.users++;
            return shared;
        }
    }

    /** Called after a failure: a driver may refuse every further call in this context, and later backends get another. */
    void forget() {
        synchronized (SHARED) {
            SHARED.values().remove(this);
        }
    }

    /** Called once by each backend, after it released all that it made in the context. */
    void leave() {
        synchronized (SHARED) {
            users--;
            if (users == 0 && !SHARED.containsValue(this)) {
                programs.close();
                CL.clReleaseContext(context);
            }
        }
    }

    OpenCl.Device device() {
        return device;
    }

    cl_context context() {
        return context;
    }

    Programs programs() {
        return programs;
    }
}
