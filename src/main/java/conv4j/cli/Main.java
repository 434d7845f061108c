package conv4j.cli;

import conv4j.terminal.Terminal;
import java.io.FileDescriptor;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/** The command line. Its options may stand before or after the name of a command. */
@Command(
        name = "conv4j",
        description = "Trains and runs convolutional neural networks on any OpenCL device, or on the CPU.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        footerHeading = "%nExamples:%n",
        footer = {
            "  conv4j train                        a first network on built-in images, in a minute or two",
            "  conv4j train --save first-cnn       the same, and keeps the model",
            "  conv4j predict first-cnn photo.jpg  what the model sees",
            "  conv4j train --help                 all about a command"
        })
public final class Main implements Runnable {

    private static final String LOG = "org.slf4j.simpleLogger.";
    private static final int HELP_COLUMNS = 100;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            completionCandidates = Choices.Devices.class,
            scope = ScopeType.INHERIT,
            description = "auto, cpu, reference, or opencl:N as in 'conv4j devices'. auto takes a GPU, then the CPU."
                    + " Default: the environment's CONV4J_DEVICE, else auto.")
    private String device;

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            description = "Print one JSON object on stdout and nothing else there.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            description = "Show no progress and no messages but errors.")
    private boolean quiet;

    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "Log what is done.")
    private boolean verbose;

    @Option(
            names = "--debug",
            scope = ScopeType.INHERIT,
            description = "Log everything; print stack traces with errors.")
    private boolean debug;

    private final PrintStream out;
    private final PrintStream err;
    private CommandLine commandLine;
    private String[] args;
    private ConfigDefaults defaults;

    /** The version that the jar's manifest names. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"conv4j " + (version == null ? "(not packaged)" : version)};
        }
    }

    Main(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /**
     * Runs a command and ends the process with its exit code.
     *
     * @param args what the user wrote
     */
    public static void main(String[] args) {
        PrintStream out = Terminal.stream(FileDescriptor.out);
        PrintStream err = Terminal.stream(FileDescriptor.err);
        System.setOut(out);
        System.setErr(err);
        System.exit(new Main(out, err).run(args));
    }

    /** Runs a command. */
    int run(String... arguments) {
        args = arguments.clone();
        configureLog(Arrays.asList(args));
        try {
            return execute();
        } catch (OutOfMemoryError full) {
            return report(full);
        }
    }

    /**
     * Takes a network's settings as defaults of the options of {@code train}.
     *
     * @return false when it has none, or they were taken already
     */
    boolean takesDefaults(NetworkSource network) {
        if (defaults != null) {
            return false;
        }
        defaults = new ConfigDefaults(network.file(), network.preset());
        return !defaults.isEmpty();
    }

    /** Runs the command once more, with the defaults: which file has them is known only when the options are read. */
    int again() {
        // A new one: the values that options have now would count as their defaults.
        Main next = new Main(out, err);
        next.args = args;
        next.defaults = defaults;
        return next.execute();
    }

    private int execute() {
        commandLine = configured(CommandList.meant(args));
        if (defaults != null) {
            commandLine.getSubcommands().get("train").setDefaultValueProvider(defaults);
        }
        return commandLine.execute(args);
    }

    /** All commands and their options. */
    CommandLine configured() {
        return configured(CommandList.names());
    }

    private CommandLine configured(List<String> commands) {
        commandLine = new CommandLine(this);
        CommandList.add(commands, commandLine);
        commandLine.setOut(writer(out)).setErr(writer(err));
        commandLine.setUsageHelpWidth(HELP_COLUMNS);
        commandLine.setParameterExceptionHandler(this::usageError);
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> report(failure));
        documentExitCodes();
        return commandLine;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, Terminal.charset());
    }

    private int report(Throwable failure) {
        return ErrorReport.of(failure).print(err, debug, failure);
    }

    private int usageError(ParameterException wrong, String[] written) {
        CommandLine command = wrong.getCommandLine();
        String message = defaults == null ? wrong.getMessage() : defaults.withPlace(wrong.getMessage(), written);
        err.println("conv4j: " + message + placeAdvice(wrong));
        CommandLine.UnmatchedArgumentException.printSuggestions(wrong, command.getErr());
        err.println("See '" + command.getCommandSpec().qualifiedName() + " --help'.");
        if (Arrays.asList(written).contains("--debug")) {
            wrong.printStackTrace(err);
        }
        return ExitCode.USAGE;
    }

    /** Where an option belongs that was written before the command that has it. */
    private String placeAdvice(ParameterException wrong) {
        if (!(wrong instanceof CommandLine.UnmatchedArgumentException unmatched)
                || wrong.getCommandLine() != commandLine) {
            return "";
        }
        String option = unmatched.getUnmatched().get(0);
        boolean known = commandLine.getSubcommands().values().stream()
                .anyMatch(command -> command.getCommandSpec().findOption(option) != null);
        return known ? "; it stands after the name of its command" : "";
    }

    /** The logger reads its settings when the first class asks for one, so this comes before everything else. */
    private static void configureLog(Iterable<String> args) {
        String level = "warn";
        for (String arg : args) {
            if (arg.equals("--debug")) {
                level = "debug";
            } else if (arg.equals("--verbose") && level.equals("warn")) {
                level = "info";
            }
        }
        setIfAbsent("defaultLogLevel", level);
        setIfAbsent("logFile", "System.err");
        setIfAbsent("showThreadName", "false");
        setIfAbsent("showLogName", "false");
        setIfAbsent("showShortLogName", Boolean.toString(level.equals("debug")));
        // It says with every file that writing is new; what it writes is read back by Keras.
        setIfAbsent("log.io.jhdf", level.equals("debug") ? "debug" : "error");
    }

    private static void setIfAbsent(String name, String value) {
        if (System.getProperty(LOG + name) == null) {
            System.setProperty(LOG + name, value);
        }
    }

    private void documentExitCodes() {
        Map<String, String> codes = new LinkedHashMap<>();
        codes.put(Integer.toString(ExitCode.OK), "done");
        codes.put(Integer.toString(ExitCode.BUG), "an error in conv4j");
        codes.put(Integer.toString(ExitCode.USAGE), "options, layers or shapes that do not fit");
        codes.put(Integer.toString(ExitCode.DATA), "data or a file is missing, damaged or cannot be written");
        codes.put(
                Integer.toString(ExitCode.DEVICE),
                "the device is not there, refuses, lacks memory, or fails its self-test");
        codes.put(Integer.toString(ExitCode.DIVERGED), "the loss became NaN or infinite");
        codes.put(
                Integer.toString(ExitCode.INTERRUPTED), "interrupted by Ctrl-C; with --save a checkpoint was written");
        document(commandLine, codes);
        commandLine.getSubcommands().values().forEach(command -> document(command, codes));
    }

    private static void document(CommandLine command, Map<String, String> codes) {
        command.getCommandSpec()
                .usageMessage()
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(codes);
    }

    /** Without a command there is nothing to do but to say what could be. */
    @Override
    public void run() {
        throw new ParameterException(
                commandLine,
                "a command is needed: "
                        + String.join(", ", commandLine.getSubcommands().keySet()));
    }

    /** What --device says; null when it was not given. */
    String device() {
        return device;
    }

    boolean json() {
        return json;
    }

    boolean quiet() {
        return quiet;
    }

    PrintStream out() {
        return out;
    }

    /** Where messages go: stderr, or nowhere when the user wants quiet. */
    PrintStream messages() {
        return quiet ? new PrintStream(java.io.OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8) : err;
    }

    PrintStream err() {
        return err;
    }
}
