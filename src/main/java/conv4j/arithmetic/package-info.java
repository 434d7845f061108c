/**
 * The fifteen relationships of convolution arithmetic (Dumoulin and Visin 2016, arXiv 1603.07285) in words: which one
 * governs an axis, and its formula with the numbers put in. Sizes are computed in {@link conv4j.shape} only.
 */
package conv4j.arithmetic;
