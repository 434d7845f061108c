package conv4j.cli;

import conv4j.dashboard.Dashboard;
import conv4j.data.Dataset;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Whether a page shows the training, and where. */
final class DashboardOption {

    @Option(
            names = "--dashboard",
            description = "Serve a page on this machine that shows the training, and can pause and stop it; its address"
                    + " is printed.")
    private boolean dashboard;

    @Option(
            names = "--dashboard-port",
            paramLabel = "PORT",
            description = "The page's port, for a tunnel from another machine. Default: one that is free.")
    private Integer port;

    /** Refuses ports that do not exist, and a port without a page. */
    void check(Subcommand command) {
        if (port != null && (port < 0 || port > 65535)) {
            throw command.usage("--dashboard-port must be from 0 to 65535, but is " + port);
        }
        if (port != null && !dashboard) {
            throw command.usage("--dashboard-port needs --dashboard");
        }
    }

    /** The options again, for a command that is proposed to the user. */
    String asOptions() {
        return (dashboard ? " --dashboard" : "") + (port == null ? "" : " --dashboard-port " + port);
    }

    /**
     * Serves the page.
     *
     * @param command whose stderr gets the page's address, also with --quiet: it was asked for
     * @param validation the images whose confusion matrix is shown
     * @param save where the model is saved, null for nowhere
     * @param interrupt the page's stop button is as good as Ctrl-C
     * @return null when no page was asked for
     */
    Dashboard open(Subcommand command, Dataset validation, Path save, Interrupt interrupt) {
        if (!dashboard) {
            return null;
        }
        Dashboard page = serve(command);
        page.confusionOf(validation).stopsBy(save, interrupt::wish);
        interrupt.awaken(page::resume);
        command.main().err().println("Dashboard: " + page.url());
        return page;
    }

    private Dashboard serve(Subcommand command) {
        try {
            return Dashboard.open(port == null ? 0 : port);
        } catch (IllegalStateException noServer) {
            throw command.usage(noServer.getMessage());
        }
    }
}
