/** What training makes small. */
package conv4j.losses;
