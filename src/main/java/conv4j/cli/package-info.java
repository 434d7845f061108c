/**
 * The command line: {@code train}, {@code evaluate}, {@code predict}, {@code summary}, {@code show}, {@code report}, {@code devices},
 * {@code selftest}, {@code bench}, {@code tune}, {@code arithmetic}, {@code data}, {@code completion}.
 * Results go to stdout, everything else to stderr; exit codes are in {@link conv4j.cli.ExitCode}.
 */
package conv4j.cli;
