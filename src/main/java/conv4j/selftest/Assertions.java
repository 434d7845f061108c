package conv4j.selftest;

import java.util.Arrays;
import java.util.function.Supplier;

/** What a check expects; whatever is not so is an {@link AssertionError} that says what was wanted and what came. */
final class Assertions {

    private Assertions() {}

    static <T> T fail(String message) {
        throw new AssertionError(message);
    }

    static void assertTrue(boolean condition, String message) {
        if (!condition) {
            fail(message);
        }
    }

    static void assertTrue(boolean condition, Supplier<String> message) {
        if (!condition) {
            fail(message.get());
        }
    }

    static void assertEquals(Object want, Object got, String what) {
        assertTrue(want.equals(got), () -> what + " should be " + want + ", but is " + got);
    }

    static void assertEquals(double want, double got, String what) {
        assertEquals(want, got, 0, what);
    }

    /** NaN equals NaN only. */
    static void assertEquals(double want, double got, double tolerance, String what) {
        boolean near = Double.compare(want, got) == 0 || Math.abs(want - got) <= tolerance;
        assertTrue(near, () -> what + " should be " + want + " within " + tolerance + ", but is " + got);
    }

    static void assertArrayEquals(float[] want, float[] got, String what) {
        if (!Arrays.equals(want, got)) {
            fail(what + ": " + firstDifference(want, got));
        }
    }

    private static String firstDifference(float[] want, float[] got) {
        int at = Arrays.mismatch(want, got);
        return at == Math.min(want.length, got.length)
                ? got.length + " elements came instead of " + want.length
                : "element " + at + " should be " + want[at] + ", but is " + got[at];
    }

    static void assertArrayEquals(float[] want, float[] got, float tolerance, String what) {
        assertTrue(want.length == got.length, () -> what + ": " + firstDifference(want, got));
        for (int i = 0; i < want.length; i++) {
            assertEquals(want[i], got[i], tolerance, what + ", element " + i);
        }
    }

    static <T extends Throwable> T assertThrows(Class<T> type, Runnable body, String what) {
        try {
            body.run();
        } catch (Throwable e) {
            return type.isInstance(e)
                    ? type.cast(e)
                    : fail(what + " should be refused with " + type.getSimpleName() + ", but ends in " + e);
        }
        return fail(what + " should be refused with " + type.getSimpleName() + ", but is not");
    }
}
