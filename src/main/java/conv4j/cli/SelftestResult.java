package conv4j.cli;

import conv4j.backend.DeviceInfo;
import conv4j.selftest.OperationResult;
import conv4j.selftest.Selftest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a self-test found on one device.
 *
 * @param device the device
 * @param variant the variant of its kernels, or null for its own choice
 * @param checks how many checks were run
 * @param operations what was found of each operation
 * @param failures the checks that are not true of it
 * @param seconds what it took
 */
record SelftestResult(
        DeviceInfo device,
        String variant,
        int checks,
        List<OperationResult> operations,
        List<Selftest.Failure> failures,
        double seconds) {

    boolean passed() {
        return failures.isEmpty();
    }

    /** The device's id with the variant, for headings. */
    String title() {
        return device.id() + (variant == null ? "" : " " + variant);
    }

    Map<String, Object> json() {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("device", device.id());
        result.put("name", device.name());
        result.put("driver", device.driver());
        result.put("variant", variant);
        result.put("checks", checks);
        result.put("seconds", seconds);
        result.put("operations", operations.stream().map(SelftestResult::json).toList());
        result.put(
                "failures",
                failures.stream()
                        .map(failure -> Map.of("check", failure.check(), "message", failure.message()))
                        .toList());
        return result;
    }

    private static Map<String, Object> json(OperationResult one) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("operation", one.operation());
        result.put("cases", one.cases());
        result.put("worst_share_of_bound", one.worstShare());
        result.put("seconds", one.seconds());
        return result;
    }
}
