package conv4j.backend.opencl;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/**
 * Runs all cases of {@link FarCases} in a process of its own, because an index that is wrong ends the process on CPU
 * devices. Says which case it begins, so that the last one said is the one that ended it; exits with 1 when a case
 * fails. The last line names the kernels of which the end of a large range was run.
 */
final class FarProcess {

    /** What the last line begins with. */
    static final String KERNELS = "kernels:";

    private FarProcess() {}

    /**
     * Runs the cases.
     *
     * @param variants names of the variants to run them with, see {@link OpenClBackend#variants}
     */
    public static void main(String[] variants) {
        Set<String> kernels = new TreeSet<>();
        boolean passed =
                Arrays.stream(variants).map(variant -> run(variant, kernels)).allMatch(ok -> ok);
        System.out.println(KERNELS + " " + String.join(" ", kernels));
        System.exit(passed ? 0 : 1);
    }

    private static boolean run(String variant, Set<String> kernels) {
        boolean passed = true;
        try (OpenClBackend backend = OpenClBackend.open(0, null, variant)) {
            for (FarCase one : FarCases.of(backend.style())) {
                System.out.println(variant + ", " + one);
                FarLaunch launch = new FarLaunch();
                String difference = one.run(backend, launch);
                if (difference != null) {
                    System.out.println("FAILED " + variant + ", " + one + ", " + launch.started() + ": " + difference);
                    passed = false;
                }
                kernels.addAll(launch.started());
            }
        }
        return passed;
    }
}
