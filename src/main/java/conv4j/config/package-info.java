/** Reading of the configurations that layers, optimizers and the like are saved as. */
package conv4j.config;
