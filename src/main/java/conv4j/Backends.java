package conv4j;

import conv4j.backend.Backend;
import conv4j.backend.BackendException;
import conv4j.backend.DeviceInfo;
import conv4j.backend.cpu.CpuBackend;
import conv4j.backend.opencl.OpenClBackend;
import conv4j.backend.opencl.OpenClDevices;
import conv4j.backend.reference.ReferenceBackend;
import conv4j.data.CacheFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Opens backends; the only class that names their implementations. */
public final class Backends {

    /** The variable that names the device when nobody else does. */
    public static final String VARIABLE = "CONV4J_DEVICE";

    private static final String OPENCL_PREFIX = "opencl:";
    private static final String NAMES = "auto, cpu, reference or opencl:N, as './conv4j devices' lists them";

    private Backends() {}

    /**
     * An open backend and why it was taken.
     *
     * @param backend the backend; whoever asked closes it
     * @param reason one sentence for the user
     */
    public record Choice(Backend backend, String reason) {}

    /**
     * Opens the device that the variable {@value #VARIABLE} names, else the best one.
     *
     * @return the backend; the caller closes it
     * @throws BackendException when the variable names a device that is not there
     */
    public static Backend best() {
        return choose(null).backend();
    }

    /**
     * Opens a device.
     *
     * @param device {@code auto}, {@code cpu}, {@code reference} or {@code opencl:N}
     * @return the backend; the caller closes it
     * @throws IllegalArgumentException when that is no name of a device
     * @throws BackendException when the device is not there or refuses
     */
    public static Backend open(String device) {
        return choose(device).backend();
    }

    /**
     * Opens a device and says why it was taken. A device that was asked for by name is opened or refused, never replaced.
     *
     * @param device {@code auto}, {@code cpu}, {@code reference}, {@code opencl:N}, or null for what the variable {@value
     *     #VARIABLE} says and else {@code auto}
     * @return the backend and the reason
     * @throws IllegalArgumentException when that is no name of a device
     * @throws BackendException when the device is not there or refuses
     */
    public static Choice choose(String device) {
        String variable = System.getenv(VARIABLE);
        boolean fromVariable = device == null && variable != null && !variable.isBlank();
        String name = fromVariable ? variable.trim() : device == null ? "auto" : device;
        if (name.equals("auto")) {
            return automatic();
        }
        return new Choice(named(name), fromVariable ? "named by the variable " + VARIABLE : "asked for");
    }

    private static Backend named(String name) {
        if (name.equals("cpu")) {
            return new CpuBackend();
        }
        if (name.equals("reference")) {
            return new ReferenceBackend();
        }
        if (name.matches(OPENCL_PREFIX + "\\d{1,4}")) {
            return openCl(Integer.parseInt(name.substring(OPENCL_PREFIX.length())));
        }
        throw new IllegalArgumentException("there is no device '" + name + "'; use " + NAMES);
    }

    private static Backend openCl(int index) {
        return OpenClBackend.open(index, CacheFolder.get("kernels"));
    }

    /** A GPU if there is one; the cpu backend is faster than OpenCL on a CPU for most networks. */
    private static Choice automatic() {
        List<DeviceInfo> found = OpenClDevices.list();
        for (int i = 0; i < found.size(); i++) {
            if (found.get(i).kind().equals("GPU")) {
                return new Choice(openCl(i), "the first GPU found");
            }
        }
        String reason = openClProblem()
                .map(problem -> "no GPU can be used: " + problem)
                .orElse("no GPU was found among " + found.size() + " OpenCL devices");
        return new Choice(new CpuBackend(), reason);
    }

    /**
     * Every device that can be opened: those of OpenCL in the order of their numbers, then {@code cpu} and {@code
     * reference}.
     *
     * @return their descriptions
     */
    public static List<DeviceInfo> devices() {
        List<DeviceInfo> devices = new ArrayList<>(OpenClDevices.list());
        try (Backend cpu = new CpuBackend();
                Backend reference = new ReferenceBackend()) {
            devices.add(cpu.device());
            devices.add(reference.device());
        }
        return devices;
    }

    /**
     * Why there is no OpenCL device, and what to install.
     *
     * @return empty when there is one
     */
    public static Optional<String> openClProblem() {
        return OpenClDevices.problem();
    }
}
