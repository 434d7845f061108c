package conv4j.cli;

import conv4j.dashboard.Dashboard;
import conv4j.data.Dataset;
import java.io.PrintStream;
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

    /**
     * Serves the page.
     *
     * @param err gets the page's address, also with --quiet: it was asked for
     * @param validation the images whose confusion matrix is shown
     * @param save where the model is saved, null for nowhere
     * @param interrupt the page's stop button is as good as Ctrl-C
     * @return null when no page was asked for
     */
    Dashboard open(PrintStream err, Dataset validation, Path save, Interrupt interrupt) {
        if (!dashboard) {
            return null;
        }
        Dashboard page = Dashboard.open(port == null ? 0 : port);
        page.confusionOf(validation).stopsBy(save, interrupt::wish);
        interrupt.awaken(page::resume);
        err.println("Dashboard: " + page.url());
        return page;
    }
}
