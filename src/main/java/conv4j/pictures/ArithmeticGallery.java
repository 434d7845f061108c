package conv4j.pictures;

import conv4j.arithmetic.Axis;
import conv4j.arithmetic.Kind;
import conv4j.shape.Padding;
import conv4j.shape.Window;
import java.util.List;
import java.util.Locale;

/**
 * The cases that Dumoulin and Visin 2016 draws, with the sizes of its figures 2.1 to 2.7, 4.1 to 4.7 and 5.1: four
 * paddings at stride 1, three at stride 2, the transposed convolution of each of these seven, and dilation.
 */
public enum ArithmeticGallery {
    /** Stride 1 on the bare input. */
    NO_PADDING("no padding, stride 1", Kind.CONVOLUTION, 4, 3, 1, 1, 0),
    /** Stride 1 with some zeros. */
    ARBITRARY_PADDING("arbitrary padding, stride 1", Kind.CONVOLUTION, 5, 4, 1, 1, 2),
    /** Stride 1, as many outputs as inputs. */
    HALF_PADDING("half padding, stride 1", Kind.CONVOLUTION, 5, 3, 1, 1, 1),
    /** Stride 1, every overlap. */
    FULL_PADDING("full padding, stride 1", Kind.CONVOLUTION, 5, 3, 1, 1, 2),
    /** Stride 2 on the bare input. */
    STRIDED("no padding, stride 2", Kind.CONVOLUTION, 5, 3, 2, 1, 0),
    /** Stride 2 with zeros. */
    STRIDED_PADDED("padding, stride 2", Kind.CONVOLUTION, 5, 3, 2, 1, 1),
    /** Stride 2 with zeros, the last of which no window reaches. */
    STRIDED_PADDED_ODD("padding, stride 2, odd", Kind.CONVOLUTION, 6, 3, 2, 1, 1),
    /** The way back of {@link #NO_PADDING}. */
    TRANSPOSED_NO_PADDING("no padding, stride 1, transposed", Kind.TRANSPOSED, 4, 3, 1, 1, 0),
    /** The way back of {@link #ARBITRARY_PADDING}. */
    TRANSPOSED_ARBITRARY_PADDING("arbitrary padding, stride 1, transposed", Kind.TRANSPOSED, 5, 4, 1, 1, 2),
    /** The way back of {@link #HALF_PADDING}. */
    TRANSPOSED_HALF_PADDING("half padding, stride 1, transposed", Kind.TRANSPOSED, 5, 3, 1, 1, 1),
    /** The way back of {@link #FULL_PADDING}. */
    TRANSPOSED_FULL_PADDING("full padding, stride 1, transposed", Kind.TRANSPOSED, 5, 3, 1, 1, 2),
    /** The way back of {@link #STRIDED}. */
    TRANSPOSED_STRIDED("no padding, stride 2, transposed", Kind.TRANSPOSED, 5, 3, 2, 1, 0),
    /** The way back of {@link #STRIDED_PADDED}. */
    TRANSPOSED_STRIDED_PADDED("padding, stride 2, transposed", Kind.TRANSPOSED, 5, 3, 2, 1, 1),
    /** The way back of {@link #STRIDED_PADDED_ODD}. */
    TRANSPOSED_STRIDED_PADDED_ODD("padding, stride 2, odd, transposed", Kind.TRANSPOSED, 6, 3, 2, 1, 1),
    /** A kernel with holes. */
    DILATED("dilation 2", Kind.CONVOLUTION, 7, 3, 1, 2, 0);

    private final String title;
    private final Axis axis;

    ArithmeticGallery(String title, Kind kind, int input, int kernel, int stride, int dilation, int padding) {
        Window window = Padding.explicit(padding, padding, padding, padding).rows(input, kernel, stride, dilation);
        this.title = title;
        this.axis = new Axis(kind, window);
    }

    /**
     * The gallery.
     *
     * @return all cases, in the guide's order
     */
    public static List<ArithmeticGallery> all() {
        return List.of(values());
    }

    /**
     * What is drawn.
     *
     * @return a few words
     */
    public String title() {
        return title;
    }

    /**
     * The name of its files.
     *
     * @return words with dashes between
     */
    public String fileName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Both axes, which are equal.
     *
     * @return the axis
     */
    public Axis axis() {
        return axis;
    }
}
