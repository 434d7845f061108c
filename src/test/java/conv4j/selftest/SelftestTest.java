package conv4j.selftest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.Backend;
import conv4j.backend.reference.ReferenceBackend;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The self-test finds what is wrong, names it, and repeats it. */
class SelftestTest {

    private static final Selftest.Progress SILENT = (number, count, title) -> {};
    private static final Pattern REPRODUCE = Pattern.compile(
            "\\./conv4j selftest --device reference --only \"([^\"]+)\" --seed (-?\\d+) --random (\\d+) --case (\\d+)");

    private static List<Selftest.Failure> run(Backend backend, Settings settings, String words) {
        return new Selftest(new Subject(backend, null, settings)).run(words, SILENT);
    }

    @Test
    void aGoodBackendPassesAndEveryOperationIsCounted() {
        try (Backend reference = new ReferenceBackend()) {
            Subject subject = new Subject(reference, null, Settings.TINY);
            assertEquals(List.of(), new Selftest(subject).run("", SILENT));
            List<String> names =
                    subject.results().stream().map(OperationResult::operation).toList();
            assertTrue(
                    names.containsAll(List.of("Conv2d", "Conv2d.KernelGradient", "MatMul", "Update")), names::toString);
        }
    }

    @Test
    void checksMayBeLeftOut() {
        Selftest selftest = new Selftest(new Subject(null, null, Settings.TINY));
        int all = selftest.titles().size();
        selftest.leaveOut("Pooling: ");
        assertTrue(selftest.titles().stream().noneMatch(title -> title.startsWith("pooling")));
        assertTrue(selftest.titles().size() < all);
        assertThrows(IllegalArgumentException.class, () -> selftest.leaveOut("pooling: "), "nothing is left of it");
    }

    @Test
    void everyTitleIsThereOnce() {
        List<String> titles = Selftest.allTitles();
        assertEquals(titles.size(), new HashSet<>(titles).size());
    }

    @Test
    void aFaultyOperationFailsWithTheCommandThatRepeatsJustThatCase() {
        try (Backend faulty = FaultyBackend.wrongIn("Conv2d.InputGradient")) {
            List<Selftest.Failure> failures = run(faulty, Settings.SHORT, "");
            assertTrue(failures.stream()
                    .anyMatch(one -> one.check().equals("convolution: input gradient is exact on integers")));
            assertTrue(failures.stream().noneMatch(one -> one.check().startsWith("pooling")));
            Matcher line = REPRODUCE.matcher(failures.get(0).message());
            assertTrue(line.find(), failures.get(0).message());
            Settings one = Settings.SHORT
                    .withSeed(Long.parseLong(line.group(2)))
                    .withRandomCases(Integer.parseInt(line.group(3)))
                    .withOnlyCase(Integer.parseInt(line.group(4)));
            List<Selftest.Failure> again = run(faulty, one, line.group(1));
            assertEquals(1, again.size());
            String first = failures.get(0).message().lines().skip(1).findFirst().orElseThrow();
            assertEquals(
                    first, again.get(0).message().lines().skip(1).findFirst().orElseThrow(), "the same numbers again");
        }
    }

    @Test
    void aBackendThatThrowsFailsTheCheckAndNotTheRun() {
        try (Backend broken = new FaultyBackend((graph, placement, run) -> {
            throw new IllegalStateException("the driver is gone");
        })) {
            List<Selftest.Failure> failures = run(broken, Settings.TINY, "softmax");
            assertEquals(4, failures.size());
            assertTrue(
                    failures.get(1).message().contains("the driver is gone"),
                    failures.get(1).message());
        }
    }

    @Test
    void aCaseThatNoCheckHasIsRefused() {
        try (Backend reference = new ReferenceBackend()) {
            Settings beyond = Settings.SHORT.withOnlyCase(100_000);
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> run(reference, beyond, "bound of its sums"));
            assertTrue(e.getMessage().contains("has a case 100000"), e.getMessage());
        }
    }

    @Test
    void unknownWordsAreRefused() {
        try (Backend reference = new ReferenceBackend()) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> run(reference, Settings.TINY, "convultion"));
            assertTrue(e.getMessage().contains("convultion"), e.getMessage());
        }
    }

    @Test
    void randomNumbersDependOnSeedCheckAndCaseOnly() {
        Check a = new Check("family", "a", () -> {});
        Subject subject = new Subject(null, null, Settings.SHORT);
        subject.enter(a);
        subject.enterCase(3);
        long first = subject.random().nextLong();
        assertEquals(first, subject.random().nextLong(), "every call begins anew");
        subject.enterCase(4);
        assertNotEquals(first, subject.random().nextLong());
        subject.enter(new Check("family", "b", () -> {}));
        subject.enterCase(3);
        assertNotEquals(first, subject.random().nextLong());
        Subject other = new Subject(null, null, Settings.SHORT.withSeed(1));
        other.enter(a);
        other.enterCase(3);
        assertNotEquals(first, other.random().nextLong());
    }

    @Test
    void ofMoreCasesSomeAreTakenAtEvenDistances() {
        Settings three = Settings.TINY;
        assertEquals(List.of(0, 4, 7), chosen(three, 10));
        assertEquals(List.of(0, 1, 2), chosen(three, 3));
        assertEquals(List.of(0), chosen(three, 1));
        assertEquals(List.of(5), chosen(three.withOnlyCase(5), 10));
        for (int count = 1; count < 200; count++) {
            assertEquals(Math.min(3, count), chosen(three, count).size());
        }
    }

    private static List<Integer> chosen(Settings settings, int count) {
        List<Integer> chosen = new ArrayList<>();
        IntStream.range(0, count).filter(i -> settings.chooses(i, count)).forEach(chosen::add);
        return chosen;
    }

    @Test
    void settingsThatRunNothingAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Settings(1, -1, 1, Settings.ALL));
        assertThrows(IllegalArgumentException.class, () -> new Settings(1, 0, 0, Settings.ALL));
        assertThrows(IllegalArgumentException.class, () -> new Settings(1, 0, 1, -2));
        assertFalse(new Settings(1, 0, 1, Settings.ALL).chooses(1, 2));
    }
}
