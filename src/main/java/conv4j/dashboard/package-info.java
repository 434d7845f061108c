/**
 * A page in the browser that shows a training while it runs, and can pause and stop it: {@link
 * conv4j.dashboard.Dashboard}, a callback, serves it on this machine only.
 */
package conv4j.dashboard;
