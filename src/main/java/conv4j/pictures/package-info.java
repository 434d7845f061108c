/**
 * What people would rather look at than read, drawn with Java2D without a screen and without fonts: the animations of
 * convolution arithmetic, charts, grids of images and graphs of layers. A {@link conv4j.pictures.Picture} is painted as
 * pixels or as SVG.
 */
package conv4j.pictures;
