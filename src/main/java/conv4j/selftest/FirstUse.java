package conv4j.selftest;

import conv4j.backend.Backend;
import conv4j.backend.BackendException;
import conv4j.backend.DeviceInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The question whether a device computes what it should, asked once for each device, driver and version of conv4j: a
 * self-test of a few cases of every check. A pass is kept on disk; whatever failed is tried again the next time.
 */
public final class FirstUse {

    private static final Logger LOG = LoggerFactory.getLogger(FirstUse.class);

    private final Path folder;

    /**
     * A memory of what passed.
     *
     * @param folder where it is kept
     */
    public FirstUse(Path folder) {
        this.folder = folder;
    }

    /**
     * What is wrong with a device.
     *
     * @param backend the device, which runs the self-test unless it has passed it before
     * @return the first check that is not true of it and the number of others, or nothing when it passes
     */
    public Optional<String> problem(Backend backend) {
        Path pass = folder.resolve(key(backend.device()));
        if (Files.isRegularFile(pass)) {
            return Optional.empty();
        }
        LOG.info("first use of {}: running a short self-test", backend.device().describe());
        Optional<String> problem = test(backend);
        if (problem.isEmpty()) {
            keep(pass, backend.device());
        }
        return problem;
    }

    private static Optional<String> test(Backend backend) {
        try {
            List<Selftest.Failure> failures = new Selftest(new Subject(backend, null, Settings.TINY))
                    .run("", (number, count, title) -> LOG.debug("{}", title));
            return failures.isEmpty() ? Optional.empty() : Optional.of(summary(failures));
        } catch (BackendException e) {
            return e.getMessage().lines().findFirst();
        }
    }

    private static String summary(List<Selftest.Failure> failures) {
        String others = failures.size() == 1 ? "" : " and " + (failures.size() - 1) + " other checks fail";
        return "'" + failures.get(0).check() + "'" + (others.isEmpty() ? " fails" : others);
    }

    /** A name for everything that decides whether a pass still counts. */
    private static String key(DeviceInfo device) {
        String version = String.valueOf(FirstUse.class.getPackage().getImplementationVersion());
        String all = String.join("\n", device.platform(), device.name(), device.driver(), version);
        return UUID.nameUUIDFromBytes(all.getBytes(StandardCharsets.UTF_8)) + ".passed";
    }

    private static void keep(Path pass, DeviceInfo device) {
        try {
            Files.createDirectories(pass.getParent());
            Files.writeString(pass, device.describe() + ", driver " + device.driver() + "\n");
        } catch (IOException e) {
            LOG.debug("a passed self-test could not be kept as {}: {}", pass, e.toString());
        }
    }
}
