/**
 * Networks that are known by name, as Keras' applications, without weights: one class for each, and {@link
 * conv4j.applications.Application} with all of them. They take images of any size that is large enough, and any number of
 * classes from two on.
 */
package conv4j.applications;
