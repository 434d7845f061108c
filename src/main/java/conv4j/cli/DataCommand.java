package conv4j.cli;

import conv4j.data.DataException;
import conv4j.data.Split;
import conv4j.terminal.Terminal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** Fetches data sets and says what is in them. */
@Command(
        name = "data",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Fetches a data set, or says what is in one: where it is, its images, classes, and the means and"
                + " deviations of its channels.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  conv4j data fetch cifar10                     170 MB into conv4j's cache folder",
            "  conv4j data fetch mnist --data-dir DIR",
            "  conv4j data info cifar10",
            "  conv4j data info pictures --image-size 64x64  a folder with one sub-folder of images per class"
        })
final class DataCommand extends Subcommand {

    /** What is done with a data set. */
    enum Action {
        /** Brings it here. */
        FETCH,
        /** Says what is in it. */
        INFO;

        /** Reads the word. */
        static final class Converter implements ITypeConverter<Action> {
            @Override
            public Action convert(String text) {
                for (Action action : values()) {
                    if (action.name().equalsIgnoreCase(text)) {
                        return action;
                    }
                }
                throw new TypeConversionException("'" + text + "' cannot be done with data; choose fetch or info");
            }
        }
    }

    @Parameters(index = "0", paramLabel = "fetch|info", converter = Action.Converter.class, description = "What to do.")
    private Action action;

    @Parameters(
            index = "1",
            paramLabel = "SET",
            completionCandidates = Choices.DataKinds.class,
            description = "cifar10, mnist or fashion-mnist; info also knows glyphs and folders of images.")
    private String set;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Where the files are, or go. Default: conv4j's cache folder.")
    private Path directory;

    @Option(
            names = "--image-size",
            paramLabel = "HxW",
            description = "Height and width that the images of a folder are scaled to. Default: those of the first.")
    private String size;

    @Option(names = "--skip-unreadable", description = "Leave out images of a folder that cannot be read.")
    private boolean skipUnreadable;

    @Override
    public Integer call() {
        DataOptions options = options();
        DownloadBar progress = new DownloadBar(messages(), Terminal.ofStderr());
        boolean named = options.kind() == DataKind.CIFAR10
                || options.kind() == DataKind.MNIST
                || options.kind() == DataKind.FASHION_MNIST;
        if (action == Action.FETCH && !named) {
            throw usage("cifar10, mnist and fashion-mnist can be fetched, but not " + set);
        }
        Path place = named ? options.files(progress) : options.kind() == DataKind.FOLDER ? Path.of(set) : null;
        // Reading everything once shows that it is whole.
        Split data = read(named ? place : null, options, progress);
        if (main().json()) {
            printJson(json(place, data));
        } else if (action == Action.FETCH) {
            main().out()
                    .println(options.describe() + " is in " + place + ": "
                            + Words.count(data.train().size(), "training image") + ", "
                            + Words.count(data.test().size(), "test image"));
            messages()
                    .println("Next, try: conv4j train --data " + options.kind().title()
                            + (directory == null ? "" : " --data-dir " + place));
        } else {
            main().out()
                    .println(options.describe()
                            + (place == null || options.kind() == DataKind.FOLDER ? "" : " in " + place));
            main().out().print(new DataDescription("training", data.train()).text());
            main().out().print(new DataDescription("test", data.test()).text());
            main().out().flush();
        }
        return ExitCode.OK;
    }

    private Split read(Path place, DataOptions options, DownloadBar progress) {
        DataOptions at =
                place == null ? options : options("--data", options.kind().title(), "--data-dir", place.toString());
        return at.trainAndTest(null, 1, progress);
    }

    /** The same options that the other commands have, from what was given here. */
    private DataOptions options() {
        List<String> words = new ArrayList<>();
        String name = set.toLowerCase(Locale.ROOT);
        boolean known = java.util.Arrays.stream(DataKind.values())
                .anyMatch(kind -> kind != DataKind.FOLDER && kind.title().equals(name));
        if (!known && !Files.isDirectory(Path.of(set))) {
            throw new DataException(
                    "there is no data set or folder '" + set
                            + "'; give cifar10, mnist, fashion-mnist, glyphs, or a folder with one sub-folder of images per class");
        }
        if (!known && directory != null) {
            throw usage("--data-dir is for cifar10, mnist and fashion-mnist; the folder " + set + " is its own");
        }
        words.addAll(List.of("--data", known ? name : DataKind.FOLDER.title()));
        if (directory != null || !known) {
            words.addAll(List.of("--data-dir", known ? directory.toString() : set));
        }
        if (size != null) {
            words.addAll(List.of("--image-size", size));
        }
        if (skipUnreadable) {
            words.add("--skip-unreadable");
        }
        if (action == Action.FETCH) {
            words.add("--download");
        }
        DataOptions options = options(words.toArray(String[]::new));
        if (action == Action.INFO) {
            options.check(this);
        }
        return options;
    }

    private DataOptions options(String... words) {
        try {
            return CommandLine.populateCommand(new DataOptions(), words);
        } catch (CommandLine.ParameterException wrong) {
            throw usage(wrong.getMessage());
        }
    }

    private Map<String, Object> json(Path place, Split data) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("command", "data");
        result.put("action", action.name().toLowerCase(Locale.ROOT));
        result.put("data", set);
        result.put("folder", place == null ? null : place.toString());
        result.put("training", new DataDescription("training", data.train()).json());
        result.put("test", new DataDescription("test", data.test()).json());
        return result;
    }
}
