/** Files that hold models: the safetensors format, and the project's own model file, which is one of those. */
package conv4j.files;
