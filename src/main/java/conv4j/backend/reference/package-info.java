/**
 * The operations as their formulas say, in plain loops that sum in double precision: what every other backend is compared
 * with. Written to be read, not to be fast.
 */
package conv4j.backend.reference;
