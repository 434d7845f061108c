/**
 * Cases that others computed, as safetensors files: single operations, and whole trainings. Any folder of them can be run
 * on any device, by {@code conv4j selftest --vectors DIR} for example.
 */
package conv4j.vectors;
