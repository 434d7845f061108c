package conv4j.selftest;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** All contracts on one device. */
public final class Selftest {

    /** Is told how far a self-test has come. */
    @FunctionalInterface
    public interface Progress {

        /**
         * A check begins.
         *
         * @param number which one, counted from 1
         * @param count how many there are
         * @param title the check in words
         */
        void begins(int number, int count, String title);
    }

    /**
     * A check that is not true of the device.
     *
     * @param check the check in words
     * @param message what came and what was wanted, with the command that repeats it
     */
    public record Failure(String check, String message) {}

    private final Subject subject;
    private final List<Check> checks = new ArrayList<>();

    /**
     * A self-test of a device.
     *
     * @param subject the device
     */
    public Selftest(Subject subject) {
        this.subject = subject;
        for (Contract contract : contracts(subject)) {
            checks.addAll(contract.checks());
        }
    }

    private static List<Contract> contracts(Subject subject) {
        return List.of(
                new MemoryContract(subject),
                new ConvolutionContract(subject),
                new PooledConvolutionContract(subject),
                new PooledGradientContract(subject),
                new ArithmeticContract(subject),
                new MatrixContract(subject),
                new ElementwiseContract(subject),
                new PoolingContract(subject),
                new NormalizationContract(subject),
                new ProbabilityContract(subject),
                new LossContract(subject),
                new PenaltyContract(subject),
                new MetricContract(subject),
                new GeneralContract(subject),
                new GeneralGradientContract(subject),
                new ImageContract(subject),
                new AugmentationContract(subject),
                new ColorsContract(subject),
                new DataSetContract(subject),
                new OptimizerContract(subject),
                new LossScaleContract(subject),
                new GraphContract(subject),
                new GradientContract(subject),
                new AdjointContract(subject));
    }

    /**
     * The titles of all checks there are.
     *
     * @return {@code family: sentence}, in running order
     */
    public static List<String> allTitles() {
        return new Selftest(new Subject(null, null, Settings.SHORT)).titles();
    }

    /**
     * The titles of this self-test's checks.
     *
     * @return {@code family: sentence}, in running order
     */
    public List<String> titles() {
        return checks.stream().map(Check::title).toList();
    }

    /**
     * Leaves out the checks whose title contains some words.
     *
     * @param words in any case
     * @throws IllegalArgumentException when no check has these words
     */
    public void leaveOut(String words) {
        checks.removeAll(with(words));
    }

    private List<Check> with(String words) {
        String wanted = words.toLowerCase(Locale.ROOT);
        List<Check> found = checks.stream()
                .filter(check -> check.title().toLowerCase(Locale.ROOT).contains(wanted))
                .toList();
        if (found.isEmpty()) {
            throw new IllegalArgumentException(
                    "no check has the words '" + words + "'; './conv4j selftest --list' lists them all");
        }
        return found;
    }

    /**
     * Runs the checks whose title contains some words.
     *
     * @param words in any case; empty for every check
     * @param progress is told of every check
     * @return those that are not true of the device; what was found of each operation is in {@link Subject#results()}
     * @throws IllegalArgumentException when no check has these words, or none of them has the one case that is wanted
     */
    public List<Failure> run(String words, Progress progress) {
        List<Check> chosen = with(words);
        List<Failure> failures = new ArrayList<>();
        for (int i = 0; i < chosen.size(); i++) {
            progress.begins(i + 1, chosen.size(), chosen.get(i).title());
            run(chosen.get(i), failures);
        }
        if (subject.choseNone()) {
            throw new IllegalArgumentException(
                    "none of the " + chosen.size() + " checks with the words '" + words + "' has a case "
                            + subject.settings().onlyCase() + "; give a smaller number, or more random cases");
        }
        return failures;
    }

    private void run(Check check, List<Failure> failures) {
        try {
            run(check);
        } catch (AssertionError e) {
            failures.add(new Failure(check.title(), e.getMessage()));
        }
    }

    /**
     * Runs one check.
     *
     * @param title its title
     * @throws AssertionError when it is not true of the device
     */
    public void run(String title) {
        run(checks.stream()
                .filter(check -> check.title().equals(title))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no check '" + title + "'")));
    }

    private void run(Check check) {
        subject.enter(check);
        try {
            check.body().run();
        } catch (AssertionError e) {
            String message = String.valueOf(e.getMessage());
            throw message.contains("./conv4j selftest") ? e : repeatable(message, e);
        } catch (RuntimeException e) {
            throw repeatable(e.toString(), e);
        }
    }

    private AssertionError repeatable(String message, Throwable cause) {
        return new AssertionError(message + "\n  " + subject.reproduce(), cause);
    }
}
