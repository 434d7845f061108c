package conv4j.cli;

import conv4j.Backends;
import conv4j.backend.DeviceInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;

/** Lists what networks can run on. */
@Command(
        name = "devices",
        mixinStandardHelpOptions = true,
        description = "Lists every device that networks can run on, OpenCL platforms and devices included.",
        footerHeading = "%nExamples:%n",
        footer = {"  conv4j devices", "  conv4j train --device opencl:0", "  CONV4J_DEVICE=cpu conv4j train"})
final class DevicesCommand extends Subcommand {

    @Override
    public Integer call() {
        List<DeviceInfo> devices = Backends.devices();
        if (main().json()) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("command", "devices");
            result.put("devices", devices.stream().map(DevicesCommand::json).toList());
            result.put("opencl_problem", Backends.openClProblem().orElse(null));
            printJson(result);
        } else {
            devices.forEach(this::print);
            Backends.openClProblem().ifPresent(problem -> messages().println("No OpenCL device: " + problem));
        }
        return ExitCode.OK;
    }

    private void print(DeviceInfo device) {
        StringBuilder text = new StringBuilder();
        text.append(String.format("%-10s %s%n", device.id(), device.name()));
        line(text, "kind", device.kind() + ", " + device.platform());
        line(text, "driver", device.driver());
        line(
                text,
                "memory",
                Words.bytes(device.memoryBytes()) + ", at most " + Words.bytes(device.largestAllocation())
                        + " in one piece");
        line(text, "units", Words.count(device.computeUnits(), "compute unit"));
        if (device.localMemoryBytes() > 0) {
            line(
                    text,
                    "local",
                    Words.bytes(device.localMemoryBytes()) + " local memory, work-groups of up to "
                            + device.maxWorkGroup());
        }
        main().out().print(text);
        main().out().flush();
    }

    private static void line(StringBuilder text, String what, String value) {
        text.append(String.format("           %-7s %s%n", what, value));
    }

    private static Map<String, Object> json(DeviceInfo device) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", device.id());
        map.put("name", device.name());
        map.put("kind", device.kind());
        map.put("platform", device.platform());
        map.put("driver", device.driver());
        map.put("memory_bytes", device.memoryBytes());
        map.put("largest_allocation_bytes", device.largestAllocation());
        map.put("compute_units", device.computeUnits());
        map.put("local_memory_bytes", device.localMemoryBytes());
        map.put("max_work_group", device.maxWorkGroup());
        return map;
    }
}
