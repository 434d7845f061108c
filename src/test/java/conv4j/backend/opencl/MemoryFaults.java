package conv4j.backend.opencl;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/** Prints who handles memory faults after each step of opening a device; run as a process by {@link OpenClDevicesTest}. */
final class MemoryFaults {

    private MemoryFaults() {}

    public static void main(String[] args) throws JMException {
        System.out.println("devices listed: " + OpenClDevices.list().size() + ", " + handler());
        try (OpenClBackend backend = OpenClBackend.open(0, null)) {
            backend.peak();
            System.out.println("kernels built and run: " + backend.device().id() + ", " + handler());
        }
    }

    /** The line on SIGSEGV in the JVM's account of itself. */
    private static String handler() throws JMException {
        ObjectName commands = new ObjectName("com.sun.management:type=DiagnosticCommand");
        String account = (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(commands, "vmInfo", new Object[] {new String[0]}, new String[] {String[].class.getName()});
        return account.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("SIGSEGV:"))
                .findFirst()
                .orElse("no line on SIGSEGV");
    }
}
