/**
 * Every operation on an OpenCL device, by kernels written for conv4j. This is the only package that knows JOCL, and {@link
 * conv4j.backend.opencl.OpenCl} is the only way to it.
 */
package conv4j.backend.opencl;
