/** Penalties on large weights, which are added to the loss. */
package conv4j.regularizers;
