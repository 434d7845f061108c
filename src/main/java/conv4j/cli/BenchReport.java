package conv4j.cli;

import conv4j.backend.DeviceInfo;
import conv4j.backend.Peak;
import conv4j.backend.Profile;
import conv4j.bench.Group;
import conv4j.bench.Measurement;
import conv4j.bench.Times;
import conv4j.bench.Work;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a benchmark measured: a table that grows line by line, and everything as one object in the end. */
final class BenchReport {

    private static final double GIGA = 1e9;
    private static final double TERA = 1e12;
    private static final double MILLI = 1e3;
    private static final double PERCENT = 100;

    /** How far a peak may change while nothing else runs. */
    private static final double QUIET = 0.15;

    private final PrintStream out;
    private final Peak peak;
    private final List<Map<String, Object>> measurements = new ArrayList<>();
    private final List<Map<String, Object>> profiles = new ArrayList<>();
    private Group last;

    /**
     * An empty report.
     *
     * @param out where the table goes
     * @param peak of the device
     */
    BenchReport(PrintStream out, Peak peak) {
        this.out = out;
        this.peak = peak;
        out.println("peak: " + rate(peak.flops(), "GFLOP/s") + " multiply-adds, " + rate(peak.bytes(), "GB/s")
                + " copy (own kernels)");
    }

    private static String rate(double perSecond, String unit) {
        return Double.isNaN(perSecond) ? "- " + unit : number("%.1f ", perSecond / GIGA) + unit;
    }

    /**
     * Adds a line.
     *
     * @param measurement what was measured
     * @param sizes all sizes by name
     */
    void add(Measurement measurement, Map<String, Object> sizes) {
        if (measurement.group() != last) {
            last = measurement.group();
            String unit = last.countsOperations() ? "GFLOP/s" : "GB/s";
            out.printf("%n%-52s %10s %21s %9s %8s%n", last.title(), "ms", "least - most", unit, "of peak");
        }
        out.println(line(measurement));
        measurements.add(json(measurement, sizes));
    }

    private String line(Measurement measurement) {
        Times times = measurement.times();
        if (times == null) {
            return number("%-52s ", measurement.name()) + "skipped: " + measurement.skipped();
        }
        double share = measurement.share(peak);
        String spread = number("%.3f - ", times.least() * MILLI) + number("%.3f", times.most() * MILLI);
        return String.format(
                Locale.ROOT,
                "%-52s %10.3f %21s %9.1f %8s",
                measurement.name(),
                times.median() * MILLI,
                spread,
                measurement.rate() / GIGA,
                Double.isNaN(share) ? "-" : number("%.0f %%", share * PERCENT));
    }

    private Map<String, Object> json(Measurement measurement, Map<String, Object> sizes) {
        Work work = measurement.work();
        Times times = measurement.times();
        double seconds = times == null ? Double.NaN : times.median();
        Map<String, Object> row = identity(measurement.group(), measurement.name(), measurement.batch(), sizes);
        row.put("flops", work.flops());
        row.put("bytes", work.bytes());
        row.put("seconds", seconds);
        row.put("seconds_least", times == null ? Double.NaN : times.least());
        row.put("seconds_most", times == null ? Double.NaN : times.most());
        row.put("runs", times == null ? 0 : times.runs());
        row.put("tflops", measurement.group().countsOperations() ? work.flops() / seconds / TERA : Double.NaN);
        row.put("gb_per_second", work.bytes() / seconds / GIGA);
        row.put("share_of_peak", measurement.share(peak));
        row.put("skipped", measurement.skipped());
        return row;
    }

    /** What tells a piece of work from others. */
    static Map<String, Object> identity(Group group, String name, int batch, Map<String, Object> sizes) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("group", group.title());
        row.put("name", name);
        row.put("batch", batch);
        row.put("sizes", sizes);
        return row;
    }

    /**
     * Shows how many images a second networks take.
     *
     * @param results one row for each network and batch
     */
    void addRates(List<Map<String, Object>> results) {
        if (!results.isEmpty()) {
            out.println();
        }
        for (Map<String, Object> row : results) {
            out.printf(
                    Locale.ROOT,
                    "%s, batch %d: training %.1f ms/step, %.0f images/s; inference %.1f ms/batch, %.0f images/s%n",
                    row.get("network"),
                    row.get("batch_size"),
                    row.get("train_ms_per_step"),
                    row.get("train_images_per_second"),
                    row.get("inference_ms_per_batch"),
                    row.get("inference_images_per_second"));
        }
    }

    /**
     * Adds the shares of a training step.
     *
     * @param name of the network and the batch
     * @param profile of some steps
     * @param steps how many
     */
    void add(String name, Profile profile, int steps) {
        out.printf("%n%-52s %10s %10s %8s%n", "profile of " + name, "ms/step", "runs/step", "share");
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Profile.Share share : profile.shares()) {
            double part = (double) share.nanos() / profile.nanos();
            double perStep = share.nanos() / GIGA / steps;
            double count = (double) share.count() / steps;
            out.printf(
                    Locale.ROOT,
                    "%-52s %10.3f %10.1f %8s%n",
                    share.name(),
                    perStep * MILLI,
                    count,
                    number("%.1f %%", part * PERCENT));
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("name", share.name());
            row.put("seconds_per_step", perStep);
            row.put("runs_per_step", count);
            row.put("share", part);
            rows.add(row);
        }
        profiles.add(Map.of("name", name, "shares", rows));
    }

    /**
     * Compares the peak with what it is in the end; both are the same where nothing else keeps the device busy.
     *
     * @param end the peak, measured again
     * @return what to say where they differ
     */
    Optional<String> endsWith(Peak end) {
        double change = Math.max(change(peak.flops(), end.flops()), change(peak.bytes(), end.bytes()));
        return change <= QUIET
                ? Optional.empty()
                : Optional.of(
                        "The device was not quiet: its peak was " + describe(peak) + " at first and " + describe(end)
                                + " in the end. Times and shares of the peak mean little; stop other programs and measure again.");
    }

    /** By how much the larger rate is above the smaller one, as a share; 0 where they are not known. */
    private static double change(double first, double second) {
        return Double.isNaN(first) || Double.isNaN(second) ? 0 : Math.max(first, second) / Math.min(first, second) - 1;
    }

    private static String describe(Peak peak) {
        return rate(peak.flops(), "GFLOP/s") + " and " + rate(peak.bytes(), "GB/s");
    }

    /** Everything that was added, and the device. */
    Map<String, Object> json(DeviceInfo device) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("command", "bench");
        result.put("device", device.id());
        result.put("device_name", device.name());
        result.put("platform", device.platform());
        result.put("driver", device.driver());
        result.put("peak_tflops", peak.flops() / TERA);
        result.put("peak_gb_per_second", peak.bytes() / GIGA);
        result.put("measurements", measurements);
        result.put("profiles", profiles);
        return result;
    }

    private static String number(String format, Object number) {
        return String.format(Locale.ROOT, format, number);
    }
}
