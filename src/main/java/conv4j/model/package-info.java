/**
 * Models and their training: {@link conv4j.model.Sequential} and {@link conv4j.model.Model} hold layers and weights,
 * {@link conv4j.model.Trainer} runs the steps that a backend prepared for them.
 */
package conv4j.model;
