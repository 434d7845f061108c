package conv4j.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** The commands in the order of the help, by their names. */
final class CommandList {

    private static final Map<String, Class<?>> ALL = new LinkedHashMap<>();

    static {
        ALL.put("train", TrainCommand.class);
        ALL.put("evaluate", EvaluateCommand.class);
        ALL.put("predict", PredictCommand.class);
        ALL.put("summary", SummaryCommand.class);
        ALL.put("show", ShowCommand.class);
        ALL.put("report", ReportCommand.class);
        ALL.put("convert", ConvertCommand.class);
        ALL.put("devices", DevicesCommand.class);
        ALL.put("selftest", SelftestCommand.class);
        ALL.put("bench", BenchCommand.class);
        ALL.put("tune", TuneCommand.class);
        ALL.put("arithmetic", ArithmeticCommand.class);
        ALL.put("data", DataCommand.class);
        ALL.put("completion", CompletionCommand.class);
        ALL.put("keras-test", KerasTestCommand.class);
        ALL.put("onnx-test", OnnxTestCommand.class);
        ALL.put("help", CommandLine.HelpCommand.class);
    }

    private CommandList() {}

    /** All names. */
    static List<String> names() {
        return List.copyOf(ALL.keySet());
    }

    /**
     * The names of the commands that can be meant. When the first word is the name of a command then no other is: to look at
     * the options of all of them takes longer than what most commands do. Otherwise, as for help, it is all.
     *
     * @param args what the user wrote
     */
    static List<String> meant(String... args) {
        return args.length > 0 && ALL.containsKey(args[0]) && !args[0].equals("help") ? List.of(args[0]) : names();
    }

    /** Adds some of the commands. */
    static void add(List<String> names, CommandLine root) {
        names.forEach(name -> root.addSubcommand(name, ALL.get(name)));
    }
}
