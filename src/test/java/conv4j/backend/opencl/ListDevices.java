package conv4j.backend.opencl;

import conv4j.backend.BackendException;

/** Prints the devices, or why there is none; run as a process of its own by {@link OpenClDevicesTest}. */
final class ListDevices {

    private ListDevices() {}

    public static void main(String[] args) {
        OpenClDevices.list().forEach(device -> System.out.println(device.describe()));
        OpenClDevices.problem().ifPresent(System.out::println);
        try (OpenClBackend backend = OpenClBackend.open(0, null)) {
            System.out.println("opened " + backend.device().id());
        } catch (BackendException e) {
            System.out.println("refused: " + e.getMessage());
        }
    }
}
