package conv4j.selftest;

import conv4j.backend.Backend;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** What every backend must do with one family of operations. */
abstract class Contract {

    private static final int SHOWN = 12;

    private final Subject subject;
    private final String family;

    Contract(String family, Subject subject) {
        this.family = family;
        this.subject = subject;
    }

    /** Everything that must be true. */
    abstract List<Check> checks();

    final Check check(String sentence, Runnable body) {
        return new Check(family, sentence, body);
    }

    final Subject subject() {
        return subject;
    }

    final Backend backend() {
        return subject.backend();
    }

    /** Random numbers of the running check and case, the same ones at every call. */
    final Random random() {
        return subject.random();
    }

    /** How many random geometries a check should try. */
    final int randomCases() {
        return subject.settings().randomCases();
    }

    /** Runs a body on each of the chosen cases and reports every one that fails, with the command that repeats it. */
    final <C> void each(Collection<C> cases, Consumer<C> body) {
        List<String> failures = new ArrayList<>();
        Throwable first = null;
        int number = 0;
        int run = 0;
        for (C one : cases) {
            subject.enterCase(number);
            if (subject.settings().chooses(number++, cases.size())) {
                run++;
                try {
                    body.accept(one);
                } catch (AssertionError | RuntimeException e) {
                    first = first == null ? e : first;
                    failures.add(describe(one, e) + "\n  " + subject.reproduce());
                }
            }
        }
        subject.enterCase(Settings.ALL);
        subject.countCases(number, run);
        if (!failures.isEmpty()) {
            throw failure(failures, cases.size(), first);
        }
    }

    private static String describe(Object one, Throwable e) {
        return e instanceof AssertionError ? e.getMessage() : one + ": " + e;
    }

    private static AssertionError failure(List<String> failures, int cases, Throwable first) {
        List<String> shown = failures.subList(0, Math.min(SHOWN, failures.size()));
        return new AssertionError(
                failures.size() + " of " + cases + " cases fail:\n" + String.join("\n", shown), first);
    }
}
