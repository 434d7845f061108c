package conv4j.arithmetic;

import conv4j.shape.Window;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * One axis of a convolution, a transposed convolution or a pooling, and how the size of its output comes about.
 *
 * <p>The constructor throws {@link IllegalArgumentException} when a pooling is dilated, or a transposed convolution is
 * padded by the extent of its kernel or more.
 *
 * @param kind what the window does
 * @param window the window; for a transposed convolution the direct one, from its output to its input
 */
public record Axis(Kind kind, Window window) {

    private static final Pattern SYMBOL = Pattern.compile("\\b(?:i'|p1|p2|[ikspdae])(?![\\w'])");

    public Axis {
        if (kind == Kind.TRANSPOSED) {
            window.stretched();
        }
        if (kind == Kind.POOLING && window.dilation() > 1) {
            throw new IllegalArgumentException("pooling has no dilation, but " + window.dilation() + " was given");
        }
    }

    /**
     * Positions of the input.
     *
     * @return i, or i' of a transposed convolution
     */
    public int input() {
        return kind == Kind.TRANSPOSED ? window.output() : window.input();
    }

    /**
     * Positions of the output.
     *
     * @return o, or o' of a transposed convolution
     */
    public int output() {
        return kind == Kind.TRANSPOSED ? window.input() : window.output();
    }

    /**
     * The window that slides over the input as it is drawn.
     *
     * @return the window itself; for a transposed convolution the one over its stretched input
     */
    public Window sliding() {
        return kind == Kind.TRANSPOSED ? window.stretched() : window;
    }

    /**
     * Positions from one input to the next where the window slides.
     *
     * @return 1; for a transposed convolution the stride, s - 1 zeros being inserted
     */
    public int spacing() {
        return kind == Kind.TRANSPOSED ? window.stride() : 1;
    }

    /**
     * Input positions that no window reaches because the stride jumps over them.
     *
     * @return a = (i + 2p - k) mod s
     */
    public int remainder() {
        int places = window.input() + window.padLow() + window.padHigh() - window.extent();
        return places % window.stride();
    }

    /**
     * Whether as many positions are padded before the input as after it.
     *
     * @return false for "same" padding with an odd number of zeros
     */
    public boolean symmetric() {
        return window.padLow() == window.padHigh();
    }

    /**
     * The relationship that gives the output's size.
     *
     * @return the most special one that holds
     */
    public Relationship relationship() {
        return Relationship.of(this);
    }

    /**
     * The letters of the formula and their numbers: i or i', k, s, p (p1 and p2 when they differ), d, a, and e = k + (k -
     * 1)(d - 1), which stands for k where a transposed convolution is dilated.
     *
     * @return the letters that matter here, in this order
     */
    public Map<String, Integer> symbols() {
        Map<String, Integer> symbols = new LinkedHashMap<>();
        boolean transposed = kind == Kind.TRANSPOSED;
        symbols.put(transposed ? "i'" : "i", input());
        symbols.put("k", window.kernel());
        symbols.put("s", window.stride());
        symbols.put(symmetric() ? "p" : "p1", window.padLow());
        if (!symmetric()) {
            symbols.put("p2", window.padHigh());
        }
        if (window.dilation() > 1) {
            symbols.put("d", window.dilation());
        }
        if (transposed && remainder() > 0) {
            symbols.put("a", remainder());
        }
        if (transposed && window.dilation() > 1) {
            symbols.put("e", window.extent());
        }
        return symbols;
    }

    /**
     * The formula of the relationship in the letters of {@link #symbols}.
     *
     * @return {@code o = floor((i + 2*p - k) / s) + 1}, for example
     */
    public String formula() {
        String formula = relationship().formula();
        if (!symmetric()) {
            formula = formula.replace("2*p", "(p1 + p2)");
        }
        boolean dilated = kind == Kind.TRANSPOSED && window.dilation() > 1;
        return dilated ? formula.replaceAll("\\bk\\b", "e") : formula;
    }

    /**
     * The right side of the formula with numbers for letters.
     *
     * @return {@code floor((5 + 2*1 - 3) / 2) + 1}, for example
     */
    public String substituted() {
        String right = formula().substring(formula().indexOf('=') + 2);
        return SYMBOL.matcher(right)
                .replaceAll(letter -> symbols().get(letter.group()).toString());
    }
}
