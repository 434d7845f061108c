/**
 * How operations are run. A {@link conv4j.backend.Backend} owns memory on one device and turns a graph into an {@link
 * conv4j.backend.Executable}: a list of steps that are ready to run.
 */
package conv4j.backend;
