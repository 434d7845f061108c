/**
 * Where training data comes from: well-known sets, folders of images, the user's own arrays, and the built-in {@link
 * conv4j.data.Glyphs}. A {@link conv4j.data.Dataset} gives raw values; {@link conv4j.data.Normalization} says how they
 * are scaled before the first layer.
 */
package conv4j.data;
