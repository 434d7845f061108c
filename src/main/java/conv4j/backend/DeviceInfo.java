package conv4j.backend;

/**
 * What is known of a device.
 *
 * @param id how the user chooses it: {@code cpu}, {@code reference} or {@code opencl:N}
 * @param name the device's own name
 * @param kind {@code GPU}, {@code CPU} or {@code ACCELERATOR}
 * @param platform the OpenCL platform, or what else runs the operations
 * @param driver the driver's version
 * @param memoryBytes the device's memory
 * @param largestAllocation the most bytes in one piece
 * @param computeUnits cores or compute units
 * @param localMemoryBytes local memory of a work-group, 0 where there is none
 * @param maxWorkGroup the most work-items of a group, 1 where there are none
 */
public record DeviceInfo(
        String id,
        String name,
        String kind,
        String platform,
        String driver,
        long memoryBytes,
        long largestAllocation,
        int computeUnits,
        long localMemoryBytes,
        int maxWorkGroup) {

    /**
     * The device in one line.
     *
     * @return id, name and platform
     */
    public String describe() {
        return id + " (" + name + ", " + platform + ")";
    }
}
