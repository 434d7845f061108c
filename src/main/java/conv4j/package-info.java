/** Convolutional neural networks on any OpenCL device, from Java. */
package conv4j;
