/** What is reported besides the loss. */
package conv4j.metrics;
