package conv4j.backend.opencl;

import conv4j.backend.DeviceInfo;
import java.util.List;
import java.util.Optional;

/** The OpenCL devices of this machine. Asking never fails: without a library the lists are empty. */
public final class OpenClDevices {

    /**
     * An installed OpenCL platform.
     *
     * @param name its name
     * @param version the version of OpenCL and the vendor's own
     * @param devices its devices; there may be none
     */
    public record Platform(String name, String version, List<DeviceInfo> devices) {}

    private OpenClDevices() {}

    /**
     * Every device, numbered {@code opencl:0} and up: platform by platform, in the order the system lists them.
     *
     * @return the devices, empty when there is none
     */
    public static List<DeviceInfo> list() {
        return OpenCl.devices().stream().map(OpenCl.Device::info).toList();
    }

    /**
     * Every platform with its devices.
     *
     * @return the platforms, also those without devices
     */
    public static List<Platform> platforms() {
        return OpenCl.platforms().stream()
                .map(p -> new Platform(
                        p.name(),
                        p.version(),
                        p.devices().stream().map(OpenCl.Device::info).toList()))
                .toList();
    }

    /**
     * Why there is no device, and what to install.
     *
     * @return one sentence, or nothing when there is a device
     */
    public static Optional<String> problem() {
        return Optional.ofNullable(OpenCl.problem());
    }
}
