/** What can be done while a model is trained, with Keras' names, defaults and behaviour. */
package conv4j.callbacks;
