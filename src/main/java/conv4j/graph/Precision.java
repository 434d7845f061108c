package conv4j.graph;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * How closely the products of matrix products and convolutions may be computed. It is a permission: a device that is not
 * faster for it computes in float32. Weights, activations, gradients and every sum stay float32.
 */
public enum Precision {

    /** IEEE 754 binary32. */
    FLOAT32("float32", 0),

    /**
     * Operands as two TF32 numbers each, high and low, and three products of them (Ootomo and Yokota 2022): an operand keeps
     * 22 bits or more, and low times low is left out, so that a product is off by less than {@code 3 * 2^-22}. An infinite
     * operand may give NaN.
     */
    TF32_X3("3xtf32", 3 * 0x1p-22),

    /** Operands rounded to TF32, 10 stored bits: a product is off by at most {@code 2 * 2^-11 + 2^-22}. */
    TF32("tf32", 0x1p-10 + 0x1p-22),

    /**
     * Operands rounded to bfloat16, 7 stored bits: a product is off by at most {@code 2 * 2^-8 + 2^-16}. Bfloat16 has the
     * range of float32, so that no loss needs scaling.
     */
    MIXED("mixed", 0x1p-7 + 0x1p-16),

    /**
     * Operands rounded to IEEE 754 binary16, 10 stored bits: a product is off by at most {@code 2 * 2^-11 + 2^-22}. Its range
     * is small: what is below 2^-14 loses bits, what is below 2^-25 becomes zero, and what is from 65520 on infinite. So
     * training scales its loss ({@link Unscale}).
     */
    MIXED_FLOAT16("mixed_float16", 0x1p-10 + 0x1p-22, 0x1p-14);

    private final String text;
    private final double productError;
    private final double smallestNormal;

    Precision(String text, double productError) {
        this(text, productError, Float.MIN_NORMAL);
    }

    Precision(String text, double productError, double smallestNormal) {
        this.text = text;
        this.productError = productError;
        this.smallestNormal = smallestNormal;
    }

    /**
     * The precision that users name.
     *
     * @param name {@code float32}, {@code 3xtf32}, {@code tf32}, {@code mixed} or {@code mixed_float16}
     * @return the precision
     * @throws IllegalArgumentException when there is none of that name
     */
    public static Precision named(String name) {
        return Arrays.stream(values())
                .filter(precision -> precision.text.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no precision '" + name + "'; use "
                        + Arrays.stream(values()).map(Precision::toString).collect(Collectors.joining(", "))));
    }

    /**
     * How far a product may be off by the rounding of its operands.
     *
     * @return as a share of the product's size, operands below {@link #smallestNormal()} counted as that
     */
    public double productError() {
        return productError;
    }

    /**
     * The smallest number that operands keep all bits of. Rounding a smaller one, but for 0, may be off as far as rounding
     * this one.
     *
     * @return above 0
     */
    public double smallestNormal() {
        return smallestNormal;
    }

    /**
     * Whether gradients may be too small for the operands, so that training must scale its loss.
     *
     * @return true for {@link #MIXED_FLOAT16}
     */
    public boolean scalesLoss() {
        return smallestNormal > Float.MIN_NORMAL;
    }

    /** The name that users give. */
    @Override
    public String toString() {
        return text;
    }
}
