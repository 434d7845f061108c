/** Networks and how they are trained as text: reading such files with errors that name the line, and writing networks. */
package conv4j.configfile;
