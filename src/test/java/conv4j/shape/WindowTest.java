package conv4j.shape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

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
        assertEquals(padding, Padding.explicit(1, 2, 3, 4));
        assertFalse(padding.equals(Padding.explicit(1, 2, 4, 3)));
        assertThrows(IllegalArgumentException.class, () -> Padding.explicit(0, -1, 0, 0));
    }

    @Test
    void paddingsAreFoundByName() {
        assertEquals(Padding.SAME, Padding.named("SAME"));
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
        assertThrows(IllegalArgumentException.class, () -> new Window(max, 1, 1, 1, 1, 0));
        assertThrows(IllegalArgumentException.class, () -> new Window(10, max, 1, max, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> Window.transposed(max, 3, 3, 1, 0, 0));
        assertEquals(1, new Window(max, max, 1, 1, 0, 0).output());
        assertEquals(1, new Window(max, 1, max, 1, 0, 0).output());
    }

    @Test
    void everySizeHasItsLeast() {
        assertThrows(IllegalArgumentException.class, () -> new Window(0, 1, 1, 1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Window(1, 0, 1, 1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Window(1, 1, 0, 1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Window(1, 1, 1, 0, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Window(1, 1, 1, 1, -1, 0));
        assertThrows(IllegalArgumentException.class, () -> new Window(1, 1, 1, 1, 0, -1));
    }
}
