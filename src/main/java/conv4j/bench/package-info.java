/**
 * What is measured and how: named pieces of work for a device, timed through the same interface that training uses, with
 * the operations and bytes that each of them needs.
 */
package conv4j.bench;
