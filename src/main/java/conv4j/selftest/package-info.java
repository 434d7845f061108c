/**
 * Proof that a device computes what it should: contracts, one for each family of operations, that compare a backend with
 * the plain loops of {@code conv4j.backend.reference}. The tests of conv4j run them on every backend, and {@code conv4j
 * selftest} runs them on the user's own device.
 */
package conv4j.selftest;
