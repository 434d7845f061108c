/** The values that parameters have before training. */
package conv4j.initializers;
