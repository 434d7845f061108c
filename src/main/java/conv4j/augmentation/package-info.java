/** Random changes of images in training, with Keras' names and argument names. */
package conv4j.augmentation;
