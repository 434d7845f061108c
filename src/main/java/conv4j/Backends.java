package conv4j;

import conv4j.backend.Backend;
import conv4j.backend.BackendException;
import conv4j.backend.DeviceInfo;
import conv4j.backend.cpu.CpuBackend;
import conv4j.backend.opencl.OpenClBackend;
import conv4j.backend.opencl.OpenClDevices;
import conv4j.backend.reference.ReferenceBackend;
import conv4j.data.CacheFolder;
import conv4j.selftest.FirstUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

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
        if (openClIndex(name) >= 0) {
            return openCl(openClIndex(name));
        }
        throw new IllegalArgumentException("there is no device '" + name + "'; use " + NAMES);
    }

    private static Backend openCl(int index) {
        return OpenClBackend.open(index, CacheFolder.get("kernels"));
    }

    private static int openClIndex(String device) {
        return device.matches(OPENCL_PREFIX + "\\d{1,4}")
                ? Integer.parseInt(device.substring(OPENCL_PREFIX.length()))
                : -1;
    }

    /**
     * The variants of kernels that a device can run, whether they suit it or not.
     *
     * @param device {@code cpu}, {@code reference} or {@code opencl:N}
     * @return their names; none where there is no choice
     * @throws BackendException when there is no such OpenCL device
     */
    public static List<String> variants(String device) {
        int index = openClIndex(device);
        return index >= 0 ? OpenClBackend.variants(index) : device.equals("cpu") ? CpuBackend.variants() : List.of();
    }

    /**
     * Opens a device with one of its {@link #variants}, to test or to measure it.
     *
     * @param device {@code cpu} or {@code opencl:N}
     * @param variant the variant's name
     * @return the backend; the caller closes it
     * @throws IllegalArgumentException when the device has no such variant
     * @throws BackendException when the device is not there or refuses
     */
    public static Backend open(String device, String variant) {
        int index = openClIndex(device);
        if (index >= 0) {
            // Kept programs would not pay: on a CPU a driver compiles every kernel of a program before it hands out a
            // binary.
            return OpenClBackend.open(index, null, variant);
        }
        if (device.equals("cpu")) {
            return CpuBackend.open(variant);
        }
        throw new IllegalArgumentException(device + " has no variants; leave out '" + variant + "'");
    }

    /** A GPU that computes what it should; the cpu backend is faster than OpenCL on a CPU for most networks. */
    private static Choice automatic() {
        List<DeviceInfo> found = OpenClDevices.list();
        List<Supplier<Backend>> gpus = IntStream.range(0, found.size())
                .filter(i -> found.get(i).kind().equals("GPU"))
                .<Supplier<Backend>>mapToObj(i -> () -> openCl(i))
                .toList();
        String reason = openClProblem()
                .map(problem -> "no GPU can be used: " + problem)
                .orElse("no GPU was found among " + found.size() + " OpenCL devices");
        return firstGood(gpus, new FirstUse(CacheFolder.get("selftest")), CpuBackend::new, reason);
    }

    /** The first of some devices that passes its self-test, or another one when none does. */
    static Choice firstGood(
            List<Supplier<Backend>> devices, FirstUse firstUse, Supplier<Backend> otherwise, String reason) {
        List<String> refused = new ArrayList<>();
        for (Supplier<Backend> device : devices) {
            Backend backend;
            try {
                backend = device.get();
            } catch (BackendException e) {
                refused.add(e.getMessage().lines().findFirst().orElse("a GPU does not start"));
                continue;
            }
            Optional<String> problem = firstUse.problem(backend);
            if (problem.isEmpty()) {
                return new Choice(
                        backend, "the first GPU " + (refused.isEmpty() ? "found" : "that works") + join(refused));
            }
            refused.add(refusal(backend.device(), problem.get()));
            backend.close();
        }
        return new Choice(otherwise.get(), refused.isEmpty() ? reason : "no GPU works" + join(refused));
    }

    private static String refusal(DeviceInfo device, String problem) {
        return device.describe() + " is not used because it fails its self-test: " + problem
                + "; './conv4j selftest --device " + device.id() + "' shows all";
    }

    private static String join(List<String> refused) {
        return refused.stream().map(one -> "; " + one).collect(Collectors.joining());
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
