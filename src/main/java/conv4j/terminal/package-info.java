/** What a terminal can show, and the texts of progress lines. */
package conv4j.terminal;
