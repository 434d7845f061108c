package conv4j.shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class WindowTest {

    /** Counts the places of a dilated kernel on a padded input by trying every one. */
    private static int count(int input, int kernel, int stride, int dilation, int low, int high) {
        int places = 0;
        for (int start = -low; start + (kernel - 1) * dilation < input + high; start += stride) {
            places++;
        }
        return places;
    }

    @Test
    void outputsAreTheCountedPlaces() {
        int valid = 0;
        for (int input = 1; input <= 9; input++) {
            for (int kernel = 1; kernel <= 5; kernel++) {
                for (int stride = 1; stride <= 4; stride++) {
                    for (int dilation = 1; dilation <= 3; dilation++) {
                        for (int pads = 0; pads < 16; pads++) {
                            valid += check(input, kernel, stride, dilation, pads / 4, pads % 4);
                        }
                    }
                }
            }
        }
        assertTrue(valid > 5000, () -> "only so many windows are valid");
    }

    private static int check(int input, int kernel, int stride, int dilation, int low, int high) {
        int places = count(input, kernel, stride, dilation, low, high);
        if (places == 0) {
            assertThrows(IllegalArgumentException.class, () -> new Window(input, kernel, stride, dilation, low, high));
            return 0;
        }
        Window window = new Window(input, kernel, stride, dilation, low, high);
        assertEquals(places, window.output(), window::toString);
        assertEquals(low + high == 0, window.unpadded());
        return 1;
    }

    @Test
    void samePaddingGivesOneOutputPerStride() {
        for (int input = 1; input <= 12; input++) {
            for (int kernel = 1; kernel <= 5; kernel++) {
                for (int stride = 1; stride <= 4; stride++) {
                    for (int dilation = 1; dilation <= 3; dilation++) {
                        Window window = Padding.SAME.rows(input, kernel, stride, dilation);
                        assertEquals((input + stride - 1) / stride, window.output(), window::toString);
                        int odd = window.padHigh() - window.padLow();
                        assertTrue(odd == 0 || odd == 1, () -> "the odd zero comes last: " + window);
                    }
                }
            }
        }
    }

    @Test
    void fullPaddingReachesEveryOverlap() {
        for (int input = 1; input <= 6; input++) {
            for (int kernel = 1; kernel <= 4; kernel++) {
                Window window = Padding.FULL.columns(input, kernel, 1, 2);
                assertEquals(input + (kernel - 1) * 2, window.output());
            }
        }
    }

    @Test
    void explicitPaddingKeepsItsSidesApart() {
        Padding padding = Padding.explicit(1, 2, 3, 4);
        assertEquals(new Window(5, 3, 1, 1, 1, 2), padding.rows(5, 3, 1, 1));
        assertEquals(new Window(5, 3, 1, 1, 3, 4), padding.columns(5, 3, 1, 1));
        assertEquals("explicit(1, 2, 3, 4)", padding.toString());
        assertEquals("explicit", padding.name());
        assertArrayEquals(new int[] {1, 2, 3, 4}, padding.explicitPads());
    }

    @Test
    void explicitPaddingRefusesNegativeNumbers() {
        assertArrayEquals(new int[4], Padding.explicit(0, 0, 0, 0).explicitPads());
        for (int side = 0; side < 4; side++) {
            int[] pads = new int[4];
            pads[side] = -1;
            assertRefused("-1", () -> Padding.explicit(pads[0], pads[1], pads[2], pads[3]));
        }
    }

    @Test
    void paddingsAreEqualWhenAllTheirNumbersAre() {
        Set<Padding> all = new HashSet<>(List.of(Padding.SAME, Padding.VALID, Padding.FULL));
        for (int i = 0; i < 16; i++) {
            Padding padding = Padding.explicit(i & 1, i >> 1 & 1, i >> 2 & 1, i >> 3);
            assertTrue(all.add(padding), padding::toString);
            assertFalse(all.add(Padding.explicit(i & 1, i >> 1 & 1, i >> 2 & 1, i >> 3)), padding::toString);
        }
        assertEquals(19, all.stream().map(Padding::hashCode).distinct().count());
        assertFalse(Padding.SAME.equals((Object) "same"));
    }

    @Test
    void paddingsAreFoundByName() {
        assertEquals(Padding.SAME, Padding.named("SAME"));
        assertEquals("same", Padding.SAME.name());
        assertEquals(Padding.VALID, Padding.named("valid"));
        assertEquals(Padding.FULL, Padding.named("full"));
        assertThrows(IllegalArgumentException.class, () -> Padding.named("causal"));
    }

    @Test
    void aTransposedWindowLeadsBack() {
        int found = 0;
        for (int input = 1; input <= 6; input++) {
            for (int kernel = 1; kernel <= 5; kernel++) {
                for (int stride = 1; stride <= 4; stride++) {
                    for (int crop = 0; crop < kernel; crop++) {
                        for (int extra = 0; extra < stride; extra++) {
                            found += checkTransposed(input, kernel, stride, crop, extra);
                        }
                    }
                }
            }
        }
        assertTrue(found > 500);
    }

    private static int checkTransposed(int input, int kernel, int stride, int crop, int extra) {
        int output = stride * (input - 1) + kernel - 2 * crop + extra;
        if (output < 1 || kernel > output + 2 * crop) {
            assertThrows(
                    IllegalArgumentException.class, () -> Window.transposed(input, kernel, stride, 1, crop, extra));
            return 0;
        }
        Window direct = Window.transposed(input, kernel, stride, 1, crop, extra);
        assertEquals(output, direct.input());
        assertEquals(input, direct.output());
        return 1;
    }

    @Test
    void outputPaddingStaysBelowTheStride() {
        assertThrows(IllegalArgumentException.class, () -> Window.transposed(3, 3, 2, 1, 0, 2));
        assertThrows(IllegalArgumentException.class, () -> Window.transposed(3, 3, 2, 1, 0, -1));
    }

    @Test
    void theMessageSaysWhatDoesNotFit() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Padding.VALID.rows(5, 4, 1, 2));
        assertEquals(
                "a window of extent 7 (kernel 4, dilation 2) does not fit the padded input of 5 (5 + 0 + 0); use padding"
                        + " \"same\", a smaller kernel or a larger input",
                e.getMessage());
    }

    @Test
    void sizesBeyondIntAreRefusedNotWrapped() {
        int max = Integer.MAX_VALUE;
        assertRefused("2147483648 positions is larger than 2147483647", () -> new Window(max, 1, 1, 1, 1, 0));
        assertRefused("is larger than 2147483647", () -> new Window(10, max, 1, max, 0, 0));
        assertRefused("would have 6442450941 output positions", () -> Window.transposed(max, 3, 3, 1, 0, 0));
        assertEquals(max, new Window(max - 2, 1, 1, 1, 1, 1).output());
        assertEquals(1, new Window(max, max, 1, 1, 0, 0).output());
        assertEquals(1, new Window(max, 1, max, 1, 0, 0).output());
    }

    @Test
    void everySizeHasItsLeast() {
        assertRefused("input size must be 1 or more, but is 0", () -> new Window(0, 1, 1, 1, 0, 0));
        assertRefused("input size must be 1 or more, but is 0", () -> new Window(0, 1, 1, 1, 1, 0));
        assertRefused("kernel size must be 1 or more, but is 0", () -> new Window(1, 0, 1, 1, 0, 0));
        assertRefused("stride must be 1 or more, but is 0", () -> new Window(1, 1, 0, 1, 0, 0));
        assertRefused("dilation must be 1 or more, but is 0", () -> new Window(1, 1, 1, 0, 0, 0));
        assertRefused("padding must be 0 or more, but is -1", () -> new Window(1, 1, 1, 1, -1, 0));
        assertRefused("padding must be 0 or more, but is -1", () -> new Window(1, 1, 1, 1, 0, -1));
        assertRefused("padding must be 0 or more, but is -1", () -> new Window(5, 1, 1, 1, -1, 0));
        assertRefused("padding must be 0 or more, but is -1", () -> new Window(5, 1, 1, 1, 0, -1));
    }

    @Test
    void everySizeOfATransposedWindowHasItsLeast() {
        assertRefused("input size must be 1 or more, but is 0", () -> Window.transposed(0, 5, 1, 1, 0, 0));
        assertRefused("kernel size must be 1 or more, but is 0", () -> Window.transposed(5, 0, 1, 1, 0, 0));
        assertRefused("stride must be 1 or more, but is 0", () -> Window.transposed(1, 1, 0, 1, 0, 0));
        assertRefused("stride must be 1 or more, but is -1", () -> Window.transposed(5, 1, -1, 1, 0, 0));
        assertRefused("dilation must be 1 or more, but is 0", () -> Window.transposed(5, 3, 1, 0, 0, 0));
        assertRefused("padding must be 0 or more, but is -1", () -> Window.transposed(1, 1, 1, 1, -1, 0));
    }

    @Test
    void aTransposedWindowHasAnOutputThatFitsAnInt() {
        int max = Integer.MAX_VALUE;
        assertEquals(1, Window.transposed(1, 1, 1, 1, 0, 0).input());
        assertEquals(max, Window.transposed(max, 1, 1, 1, 0, 0).input());
        assertRefused("would have 0 output positions", () -> Window.transposed(1, 2, 1, 1, 1, 0));
        assertRefused("would have 2147483648 output positions", () -> Window.transposed(max, 2, 1, 1, 0, 0));
    }

    /** A dilated kernel allows more output padding than the stride, but not so much that another place fits. */
    @Test
    void outputPaddingMustLeadBack() {
        assertRefused("output of 6 positions does not lead back to 3", () -> Window.transposed(3, 2, 1, 2, 0, 1));
        assertRefused("must be 0 or more and smaller than the stride (1)", () -> Window.transposed(3, 2, 1, 2, 0, 2));
        assertEquals(6, Window.transposed(3, 2, 2, 1, 0, 0).input());
        assertEquals(7, Window.transposed(3, 2, 2, 1, 0, 1).input());
    }

    /** Tap t of transposed input j reaches output o; the turned tap kernel - 1 - t must meet j there, and a zero elsewhere. */
    @Test
    void theStretchedInputMeetsTheTurnedKernelWhereTheTransposedOneSpreads() {
        int windows = 0;
        for (int input = 1; input <= 9; input++) {
            for (int kernel = 1; kernel <= 4; kernel++) {
                for (int stride = 1; stride <= 3; stride++) {
                    for (int dilation = 1; dilation <= 2; dilation++) {
                        for (int pads = 0; pads < 9; pads++) {
                            windows += checkStretched(input, kernel, stride, dilation, pads / 3, pads % 3);
                        }
                    }
                }
            }
        }
        assertTrue(windows > 500, windows + " windows");
        assertRefused("padding 3 and 0 is not below the extent 3", () -> new Window(5, 3, 1, 1, 3, 0).stretched());
        assertRefused("padding 0 and 3 is not below the extent 3", () -> new Window(5, 3, 1, 1, 0, 3).stretched());
    }

    private static int checkStretched(int input, int kernel, int stride, int dilation, int low, int high) {
        if (count(input, kernel, stride, dilation, low, high) == 0 || Math.max(low, high) > (kernel - 1) * dilation) {
            return 0;
        }
        Window direct = new Window(input, kernel, stride, dilation, low, high);
        Window stretched = direct.stretched();
        assertEquals(input, stretched.output());
        assertEquals((direct.output() - 1) * stride + 1, stretched.input());
        for (int o = 0; o < input; o++) {
            for (int tap = 0; tap < kernel; tap++) {
                int meets = o - stretched.padLow() + (kernel - 1 - tap) * dilation;
                assertEquals(o + low - tap * dilation, meets, direct + ", output " + o + ", tap " + tap);
            }
        }
        return 1;
    }

    @Test
    void namedPaddingsRefuseSizesAsAWindowDoes() {
        int max = Integer.MAX_VALUE;
        for (Padding padding : new Padding[] {Padding.SAME, Padding.FULL}) {
            assertRefused("larger than 2147483647", () -> padding.rows(10, max, 1, 2));
            assertRefused("larger than 2147483647", () -> padding.columns(10, 3, 1, max));
            assertRefused("kernel size must be 1 or more, but is 0", () -> padding.rows(10, 0, 1, 1));
            assertRefused("stride must be 1 or more, but is 0", () -> padding.rows(10, 3, 0, 1));
            assertRefused("dilation must be 1 or more, but is -1", () -> padding.rows(10, 3, 1, -1));
            assertRefused("input size must be 1 or more, but is -7", () -> padding.rows(-7, 3, 1, 1));
        }
        assertEquals(2, Padding.SAME.rows(max, 1, max - 1, 1).output());
        assertRefused("larger than 2147483647", () -> Padding.SAME.rows(max, 3, 1, 1));
        assertRefused("larger than 2147483647", () -> Padding.FULL.rows(3, max, 1, 1));
    }

    private static void assertRefused(String expected, Executable making) {
        String message = assertThrows(IllegalArgumentException.class, making).getMessage();
        assertTrue(message.contains(expected), message);
    }
}
