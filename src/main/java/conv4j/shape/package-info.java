/** Sizes: shapes, windows and the arithmetic of convolution and pooling. Integers only; every instance is valid. */
package conv4j.shape;
