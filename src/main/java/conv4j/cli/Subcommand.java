package conv4j.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import conv4j.Backends;
import conv4j.backend.Backend;
import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** What all commands share. */
abstract class Subcommand implements Callable<Integer> {

    private static final Gson GSON = new GsonBuilder()
            .disableHtmlEscaping()
            .serializeNulls()
            .registerTypeAdapter(Double.class, new FiniteNumbers())
            .create();

    @ParentCommand
    private Main main;

    @Spec
    private CommandSpec spec;

    Main main() {
        return main;
    }

    /** Where messages for people go. */
    PrintStream messages() {
        return main.messages();
    }

    /** Opens the chosen device and says which one it is. */
    Backend openBackend() {
        Backends.Choice choice = Backends.choose(main.device());
        messages().println("Device: " + choice.backend().device().describe() + " - " + choice.reason());
        return choice.backend();
    }

    /** Opens the chosen device with one variant of its kernels and says so. */
    Backend openVariant(String variant) {
        Backend backend = Backends.open(chosenDevice(), variant);
        messages().println("Device: " + backend.device().describe() + ", variant " + variant);
        return backend;
    }

    /** The chosen device, whether it was named or is the best one. */
    String chosenDevice() {
        try (Backend backend = Backends.choose(main.device()).backend()) {
            return backend.device().id();
        }
    }

    /** Prints the one JSON object. */
    void printJson(Map<String, ?> result) {
        main.out().println(GSON.toJson(result));
        main.out().flush();
    }

    /** Whether an option was written, or is set in a configuration file. */
    boolean isGiven(String option) {
        return spec.commandLine().getParseResult().hasMatchedOption(option);
    }

    /** Options that contradict each other or lack something. */
    ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
