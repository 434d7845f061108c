/** Learning rates that change from step to step. */
package conv4j.schedules;
