package conv4j.arithmetic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.shape.Padding;
import conv4j.shape.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The fifteen relationships over every small size, against counted places and against {@link Window}. */
class RelationshipTest {

    private static final int MOST_INPUT = 10;
    private static final int MOST_KERNEL = 6;
    private static final int MOST_STRIDE = 4;
    private static final int MOST_PADDING = 6;
    private static final int MOST_DILATION = 3;

    /** A valid direct window of a loop, equally padded on both sides. */
    private record Sizes(int i, int k, int s, int p, int d) {

        Window window() {
            return new Window(i, k, s, d, p, p);
        }

        int extent() {
            return k + (k - 1) * (d - 1);
        }

        /** The size that the stride leaves out. */
        int a() {
            return (i + 2 * p - extent()) % s;
        }

        /** Places counted one by one. */
        int places() {
            return RelationshipTest.places(i + 2 * p, extent(), s);
        }
    }

    /** Places of a window over some positions, counted by putting it there. */
    private static int places(int positions, int extent, int stride) {
        int count = 0;
        for (int start = 0; start < positions; start++) {
            boolean onPlace = start % stride == 0;
            boolean fits = true;
            for (int element = 0; element < extent; element++) {
                fits &= start + element < positions;
            }
            count += onPlace && fits ? 1 : 0;
        }
        return count;
    }

    private static List<Sizes> all() {
        List<Sizes> all = new ArrayList<>();
        for (int i = 1; i <= MOST_INPUT; i++) {
            for (int k = 1; k <= MOST_KERNEL; k++) {
                for (int s = 1; s <= MOST_STRIDE; s++) {
                    for (int p = 0; p <= MOST_PADDING; p++) {
                        for (int d = 1; d <= MOST_DILATION; d++) {
                            Sizes sizes = new Sizes(i, k, s, p, d);
                            if (sizes.extent() <= i + 2 * p) {
                                all.add(sizes);
                            }
                        }
                    }
                }
            }
        }
        return all;
    }

    /** What the guide says of a direct window: the number of every relationship that holds, and the size it gives. */
    private static Map<Integer, Integer> direct(Sizes z) {
        Map<Integer, Integer> sizes = new TreeMap<>();
        sizes.put(15, Math.floorDiv(z.i + 2 * z.p - z.k - (z.k - 1) * (z.d - 1), z.s) + 1);
        if (z.d > 1) {
            return sizes;
        }
        sizes.put(6, Math.floorDiv(z.i + 2 * z.p - z.k, z.s) + 1);
        if (z.p == 0) {
            sizes.put(5, Math.floorDiv(z.i - z.k, z.s) + 1);
            sizes.put(7, Math.floorDiv(z.i - z.k, z.s) + 1);
        }
        if (z.s == 1) {
            sizes.put(2, z.i - z.k + 2 * z.p + 1);
            if (z.p == 0) {
                sizes.put(1, z.i - z.k + 1);
            }
            if (z.k == 2 * z.p + 1) {
                sizes.put(3, z.i);
            }
            if (z.p == z.k - 1) {
                sizes.put(4, z.i + z.k - 1);
            }
        }
        return sizes;
    }

    /** The same for the transposed convolution of a direct window, whose input has so many positions. */
    private static Map<Integer, Integer> transposed(Sizes z, int input) {
        Map<Integer, Integer> sizes = new TreeMap<>();
        sizes.put(14, z.s * (input - 1) + z.a() + z.k - 2 * z.p);
        if (z.a() == 0) {
            sizes.put(13, z.s * (input - 1) + z.k - 2 * z.p);
            if (z.p == 0) {
                sizes.put(12, z.s * (input - 1) + z.k);
            }
        }
        if (z.s == 1) {
            sizes.put(9, input + (z.k - 1) - 2 * z.p);
            if (z.p == 0) {
                sizes.put(8, input + z.k - 1);
            }
            if (z.k == 2 * z.p + 1) {
                sizes.put(10, input);
            }
            if (z.p == z.k - 1) {
                sizes.put(11, input - (z.k - 1));
            }
        }
        return sizes;
    }

    @Test
    void everyRelationshipOfADirectWindowCountsItsPlaces() {
        Map<Integer, Integer> cases = new TreeMap<>();
        for (Sizes z : all()) {
            direct(z).forEach((number, size) -> {
                assertEquals(z.places(), size, () -> "relationship " + number + " of " + z);
                cases.merge(number, 1, Integer::sum);
            });
            assertEquals(z.places(), z.window().output(), z::toString);
        }
        assertEquals(List.of(1, 2, 3, 4, 5, 6, 7, 15), List.copyOf(cases.keySet()));
        cases.forEach((number, count) -> assertTrue(count >= 20, "relationship " + number + ": " + count + " cases"));
    }

    @Test
    void everyRelationshipOfATransposedConvolutionCountsPlacesOverTheStretchedInput() {
        Map<Integer, Integer> cases = new TreeMap<>();
        for (Sizes z : all()) {
            if (z.p > z.extent() - 1) {
                assertThrows(IllegalArgumentException.class, () -> new Axis(Kind.TRANSPOSED, z.window()), z::toString);
                continue;
            }
            int input = z.places();
            int stretched = input + (input - 1) * (z.s - 1) + 2 * (z.extent() - z.p - 1) + z.a();
            int counted = places(stretched, z.extent(), 1);
            Axis axis = new Axis(Kind.TRANSPOSED, z.window());
            assertEquals(counted, axis.output(), z::toString);
            assertEquals(counted, axis.sliding().output(), z::toString);
            assertEquals(z.i, counted, z::toString);
            assertEquals(z.window(), Window.transposed(input, z.k, z.s, z.d, z.p, z.a()));
            if (z.d == 1) {
                transposed(z, input).forEach((number, size) -> {
                    assertEquals(counted, size, () -> "relationship " + number + " of " + z);
                    cases.merge(number, 1, Integer::sum);
                });
            }
        }
        assertEquals(List.of(8, 9, 10, 11, 12, 13, 14), List.copyOf(cases.keySet()));
        cases.forEach((number, count) -> assertTrue(count >= 20, "relationship " + number + ": " + count + " cases"));
    }

    @Test
    void theNamedRelationshipHoldsAndItsFormulaGivesTheSize() {
        Map<Integer, Integer> cases = new TreeMap<>();
        for (Sizes z : all()) {
            for (Kind kind : Kind.values()) {
                boolean refused = kind == Kind.TRANSPOSED && z.p >= z.extent() || kind == Kind.POOLING && z.d > 1;
                if (!refused) {
                    cases.merge(checkNamed(z, new Axis(kind, z.window())), 1, Integer::sum);
                }
            }
        }
        assertEquals(15, cases.size(), cases::toString);
    }

    private static int checkNamed(Sizes z, Axis axis) {
        int number = axis.relationship().number();
        boolean way = axis.kind() == Kind.TRANSPOSED;
        Sizes undilated = new Sizes(z.i, z.extent(), z.s, z.p, 1);
        Map<Integer, Integer> holding = way ? transposed(undilated, z.places()) : direct(z);
        assertTrue(holding.containsKey(number), () -> number + " does not hold for " + axis + ", but " + holding);
        assertEquals(axis.output(), Expression.valueOf(axis.substituted()), axis::substituted);
        return number;
    }

    @Test
    void theMostSpecialRelationshipIsNamed() {
        assertEquals(Relationship.UNIT_STRIDE, named(Kind.CONVOLUTION, new Sizes(4, 3, 1, 0, 1)));
        assertEquals(Relationship.PADDED, named(Kind.CONVOLUTION, new Sizes(5, 4, 1, 2, 1)));
        assertEquals(Relationship.HALF, named(Kind.CONVOLUTION, new Sizes(5, 3, 1, 1, 1)));
        assertEquals(Relationship.FULL, named(Kind.CONVOLUTION, new Sizes(5, 3, 1, 2, 1)));
        assertEquals(Relationship.STRIDED, named(Kind.CONVOLUTION, new Sizes(5, 3, 2, 0, 1)));
        assertEquals(Relationship.STRIDED_PADDED, named(Kind.CONVOLUTION, new Sizes(5, 3, 2, 1, 1)));
        assertEquals(Relationship.POOLED, named(Kind.POOLING, new Sizes(5, 3, 1, 0, 1)));
        assertEquals(Relationship.STRIDED_PADDED, named(Kind.POOLING, new Sizes(5, 3, 1, 1, 1)));
        assertEquals(Relationship.TRANSPOSED_UNIT_STRIDE, named(Kind.TRANSPOSED, new Sizes(4, 3, 1, 0, 1)));
        assertEquals(Relationship.TRANSPOSED_PADDED, named(Kind.TRANSPOSED, new Sizes(5, 4, 1, 2, 1)));
        assertEquals(Relationship.TRANSPOSED_HALF, named(Kind.TRANSPOSED, new Sizes(5, 3, 1, 1, 1)));
        assertEquals(Relationship.TRANSPOSED_FULL, named(Kind.TRANSPOSED, new Sizes(5, 3, 1, 2, 1)));
        assertEquals(Relationship.TRANSPOSED_STRIDED, named(Kind.TRANSPOSED, new Sizes(5, 3, 2, 0, 1)));
        assertEquals(Relationship.TRANSPOSED_STRIDED_PADDED, named(Kind.TRANSPOSED, new Sizes(5, 3, 2, 1, 1)));
        assertEquals(Relationship.TRANSPOSED_REMAINDER, named(Kind.TRANSPOSED, new Sizes(6, 3, 2, 1, 1)));
        assertEquals(Relationship.DILATED, named(Kind.CONVOLUTION, new Sizes(7, 3, 1, 0, 2)));
    }

    private static Relationship named(Kind kind, Sizes sizes) {
        return new Axis(kind, sizes.window()).relationship();
    }

    @Test
    void theLettersAreThoseOfTheFormula() {
        Axis odd = new Axis(Kind.TRANSPOSED, new Window(6, 3, 2, 1, 1, 1));
        assertEquals("o' = s*(i' - 1) + a + k - 2*p", odd.formula());
        assertEquals("2*(3 - 1) + 1 + 3 - 2*1", odd.substituted());
        assertEquals("{i'=3, k=3, s=2, p=1, a=1}", odd.symbols().toString());
        Axis dilated = new Axis(Kind.TRANSPOSED, new Window(9, 3, 2, 2, 1, 1));
        assertEquals("o' = s*(i' - 1) + e - 2*p", dilated.formula());
        assertEquals("{i'=4, k=3, s=2, p=1, d=2, e=5}", dilated.symbols().toString());
    }

    @Test
    void anAxisIsToldInWords() {
        assertEquals(List.of("convolution", "transposed convolution", "pooling"), titles());
        assertEquals("half padding: k = 2n + 1, p = n, stride 1", Relationship.HALF.description());
        for (Relationship relationship : Relationship.values()) {
            assertEquals(
                    relationship.number() > 7 && relationship.number() < 15,
                    relationship.description().contains("transposed"));
        }
        Window window = new Window(5, 3, 2, 1, 1, 1);
        assertEquals(1, new Axis(Kind.CONVOLUTION, window).spacing());
        assertEquals(1, new Axis(Kind.POOLING, window).spacing());
        assertEquals(2, new Axis(Kind.TRANSPOSED, window).spacing());
    }

    private static List<String> titles() {
        return Stream.of(Kind.values()).map(Kind::title).toList();
    }

    @Test
    void unequalPaddingIsAddedUp() {
        for (int input = 1; input <= MOST_INPUT; input++) {
            for (int kernel = 1; kernel <= MOST_KERNEL; kernel++) {
                for (int stride = 1; stride <= MOST_STRIDE; stride++) {
                    Window window = Padding.SAME.rows(input, kernel, stride, 1);
                    Axis way = new Axis(Kind.CONVOLUTION, window);
                    Axis back = new Axis(Kind.TRANSPOSED, window);
                    assertEquals((input + stride - 1) / stride, Expression.valueOf(way.substituted()), way::toString);
                    assertEquals(input, Expression.valueOf(back.substituted()), back::toString);
                }
            }
        }
        Axis even = new Axis(Kind.CONVOLUTION, Padding.SAME.rows(5, 4, 1, 1));
        assertEquals("o = i - k + (p1 + p2) + 1", even.formula());
        assertEquals("5 - 4 + (1 + 2) + 1", even.substituted());
    }

    @Test
    void numbersAreThoseOfTheGuide() {
        for (int i = 0; i < Relationship.values().length; i++) {
            assertEquals(i + 1, Relationship.values()[i].number());
        }
        assertEquals(15, Relationship.values().length);
    }

    @Test
    void poolingHasNoDilation() {
        Window window = new Window(7, 3, 1, 2, 0, 0);
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> new Axis(Kind.POOLING, window));
        assertTrue(refused.getMessage().contains("no dilation"), refused::getMessage);
    }
}
