/** Counter-based random numbers: the same bits on every machine, whatever the number of threads. */
package conv4j.random;
