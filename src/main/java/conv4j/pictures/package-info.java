/**
 * What people would rather look at than read, drawn with Java2D without a screen and without fonts: the animations of
 * convolution arithmetic.
 */
package conv4j.pictures;
