package conv4j.backend.opencl;

import conv4j.backend.BackendException;
import conv4j.backend.DeviceInfo;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/**
 * The door to JOCL: finds out once whether there is an OpenCL library, and which devices it has. Devices are numbered
 * platform by platform in the order in which the library lists them.
 */
final class OpenCl {

    /** A device, its platform and what is known of it. */
    record Device(cl_platform_id platform, cl_device_id id, DeviceInfo info) {}

    /** A platform, which may have no device at all. */
    record Platform(String name, String version, List<Device> devices) {}

    // Not CL_DEVICE_TYPE_ALL: JOCL's is -1 in 64 bits, which some platforms refuse.
    private static final long ANY_TYPE = CL.CL_DEVICE_TYPE_GPU | CL.CL_DEVICE_TYPE_CPU | CL.CL_DEVICE_TYPE_ACCELERATOR;
    private static final int PLATFORM_NOT_FOUND_KHR = -1001;

    private static List<Platform> platforms;
    private static String problem;

    private OpenCl() {}

    /** All platforms; empty when there is no library or none is installed. */
    static synchronized List<Platform> platforms() {
        if (platforms == null) {
            platforms = List.copyOf(find());
        }
        return platforms;
    }

    /** Why there is no device and what to do, or null when there is one. */
    static synchronized String problem() {
        List<Platform> found = platforms();
        if (problem == null && found.isEmpty()) {
            problem = "the OpenCL library is there, but no platform is installed; " + OpenClLoader.advice();
        } else if (problem == null && devices().isEmpty()) {
            problem = "no OpenCL platform has a device (found: "
                    + String.join(", ", found.stream().map(Platform::name).toList()) + "); " + OpenClLoader.advice();
        }
        return problem;
    }

    /** All devices of all platforms. */
    static List<Device> devices() {
        return platforms().stream().flatMap(p -> p.devices().stream()).toList();
    }

    /** The device of a number, or an error that says what there is. */
    static Device device(int index) {
        List<Device> devices = devices();
        if (devices.isEmpty()) {
            throw new BackendException("opencl:" + index + " was asked for, but " + problem());
        }
        if (index < 0 || index >= devices.size()) {
            String found = String.join(
                    ", ", devices.stream().map(d -> d.info().describe()).toList());
            throw new BackendException(
                    "opencl:" + index + " was asked for, but there is no such device; choose one of: " + found);
        }
        return devices.get(index);
    }

    /** What a failed call means, in the form {@code CL_OUT_OF_RESOURCES}. */
    static String reason(CLException e) {
        return e.getStatus() == 0 ? e.getMessage() : CL.stringFor_errorCode(e.getStatus());
    }

    private static List<Platform> find() {
        if (!OpenClLoader.present()) {
            problem = "there is no OpenCL library on this machine; " + OpenClLoader.advice();
            return List.of();
        }
        try {
            CL.setExceptionsEnabled(true);
            return listPlatforms();
        } catch (UnsatisfiedLinkError | NoClassDefFoundError | ExceptionInInitializerError e) {
            problem = "the OpenCL library could not be loaded (" + e.getMessage() + "); " + OpenClLoader.advice();
            return List.of();
        } finally {
            SignalHandlers.restore();
        }
    }

    private static List<Platform> listPlatforms() {
        int[] count = new int[1];
        try {
            CL.clGetPlatformIDs(0, null, count);
        } catch (CLException e) {
            if (e.getStatus() == PLATFORM_NOT_FOUND_KHR) {
                return List.of();
            }
            throw new BackendException("OpenCL does not list its platforms: " + reason(e), e);
        }
        cl_platform_id[] ids = new cl_platform_id[count[0]];
        CL.clGetPlatformIDs(ids.length, ids, null);
        List<Platform> found = new ArrayList<>();
        int index = 0;
        for (cl_platform_id id : ids) {
            Platform platform = platform(id, index);
            index += platform.devices().size();
            found.add(platform);
        }
        return found;
    }

    private static Platform platform(cl_platform_id id, int firstIndex) {
        String name = text(id, CL.CL_PLATFORM_NAME);
        List<Device> devices = new ArrayList<>();
        for (cl_device_id device : deviceIds(id)) {
            devices.add(new Device(id, device, describe(device, firstIndex + devices.size(), name)));
        }
        return new Platform(name, text(id, CL.CL_PLATFORM_VERSION), List.copyOf(devices));
    }

    private static cl_device_id[] deviceIds(cl_platform_id platform) {
        int[] count = new int[1];
        try {
            CL.clGetDeviceIDs(platform, ANY_TYPE, 0, null, count);
        } catch (CLException e) {
            // CL_DEVICE_NOT_FOUND is usual; a platform that fails otherwise must not hide the others.
            return new cl_device_id[0];
        }
        cl_device_id[] ids = new cl_device_id[count[0]];
        CL.clGetDeviceIDs(platform, ANY_TYPE, ids.length, ids, null);
        return ids;
    }

    private static DeviceInfo describe(cl_device_id id, int index, String platform) {
        long type = number(id, CL.CL_DEVICE_TYPE);
        String kind = (type & CL.CL_DEVICE_TYPE_GPU) != 0
                ? "GPU"
                : (type & CL.CL_DEVICE_TYPE_CPU) != 0 ? "CPU" : "ACCELERATOR";
        return new DeviceInfo(
                "opencl:" + index,
                text(id, CL.CL_DEVICE_NAME),
                kind,
                platform,
                text(id, CL.CL_DRIVER_VERSION),
                number(id, CL.CL_DEVICE_GLOBAL_MEM_SIZE),
                number(id, CL.CL_DEVICE_MAX_MEM_ALLOC_SIZE),
                (int) number(id, CL.CL_DEVICE_MAX_COMPUTE_UNITS),
                number(id, CL.CL_DEVICE_LOCAL_MEM_SIZE),
                (int) number(id, CL.CL_DEVICE_MAX_WORK_GROUP_SIZE));
    }

    /** A number that a device tells of itself; 32-bit answers leave the upper half zero. */
    static long number(cl_device_id device, int what) {
        long[] value = new long[1];
        CL.clGetDeviceInfo(device, what, Sizeof.cl_ulong, Pointer.to(value), null);
        return value[0];
    }

    private static String text(cl_device_id device, int what) {
        long[] size = new long[1];
        CL.clGetDeviceInfo(device, what, 0, null, size);
        byte[] bytes = new byte[(int) size[0]];
        CL.clGetDeviceInfo(device, what, size[0], Pointer.to(bytes), null);
        return text(bytes);
    }

    private static String text(cl_platform_id platform, int what) {
        long[] size = new long[1];
        CL.clGetPlatformInfo(platform, what, 0, null, size);
        byte[] bytes = new byte[(int) size[0]];
        CL.clGetPlatformInfo(platform, what, size[0], Pointer.to(bytes), null);
        return text(bytes);
    }

    /** A C string: up to the first zero byte. */
    static String text(byte[] bytes) {
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8).strip();
    }
}
