/**
 * Models in Keras' files: {@code .keras} archives and older {@code .h5} files are read, {@code .keras} archives written,
 * with weights, compile settings and the optimizer's memory. HDF5 is read and written by io.jhdf:jhdf, an optional library.
 */
package conv4j.keras;
