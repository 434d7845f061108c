package conv4j.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints what a shell needs to complete commands, options and names. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description =
                "Prints a script from which bash or zsh learns to complete commands, options, and the names of networks,"
                        + " data sets and pictures, when the Tab key is pressed.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  conv4j completion bash > ~/.conv4j-completion    then, in ~/.bashrc: source ~/.conv4j-completion",
            "  conv4j completion zsh > ~/.conv4j-completion     then, in ~/.zshrc, behind compinit: the same"
        })
final class CompletionCommand extends Subcommand {

    /** What the script begins with for zsh, which reads the completions of bash. */
    private static final String FOR_ZSH =
            "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n";

    @Parameters(paramLabel = "bash|zsh", description = "The shell.")
    private String shell;

    @Override
    public Integer call() {
        if (!shell.equals("bash") && !shell.equals("zsh")) {
            throw usage("a completion is there for bash and zsh, but not for '" + shell + "'");
        }
        String script = AutoComplete.bash("conv4j", new Main(main().out(), main().err()).configured());
        // Scripts and aliases are often started by their path.
        String byPath = script.replace(
                "complete -F _complete_conv4j -o default conv4j ",
                "complete -F _complete_conv4j -o default conv4j ./conv4j ");
        main().out().print(shell.equals("zsh") ? FOR_ZSH + byPath : byPath);
        main().out().flush();
        return ExitCode.OK;
    }
}
