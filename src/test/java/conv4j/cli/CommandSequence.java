package conv4j.cli;

/** A process that runs several commands one after the other, and ends with the exit code of the first that fails. */
final class CommandSequence {

    private CommandSequence() {}

    /**
     * Runs commands.
     *
     * @param lines words of a command each, separated by blanks
     */
    public static void main(String[] lines) {
        for (String line : lines) {
            System.out.println("$ " + line);
            int code = new Main(System.out, System.err).run(line.split(" +"));
            if (code != ExitCode.OK) {
                System.err.println("exit code " + code + " of: " + line);
                System.exit(code);
            }
        }
    }
}
