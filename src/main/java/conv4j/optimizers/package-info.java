/** How gradients change parameters. */
package conv4j.optimizers;
