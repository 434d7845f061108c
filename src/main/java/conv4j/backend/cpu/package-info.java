/**
 * The fast backend for machines without a GPU: operations on all cores, the heavy ones by oneDNN where it is on the class
 * path and loads, by blocked Java loops otherwise.
 *
 * <p>Java loops never touch a value's memory element by element: they copy blocks of it into small arrays, which stay in
 * the first-level cache, because HotSpot turns loops into vector instructions only where all arrays are indexed from
 * their start by the loop variable alone. How work is cut never depends on the number of threads, so neither do results.
 */
package conv4j.backend.cpu;
