package conv4j.cli;

import conv4j.data.CacheFolder;
import conv4j.data.Cifar10;
import conv4j.data.DataException;
import conv4j.data.Dataset;
import conv4j.data.DownloadProgress;
import conv4j.data.Downloads;
import conv4j.data.Glyphs;
import conv4j.data.ImageFolder;
import conv4j.data.Mnist;
import conv4j.data.Split;
import conv4j.model.Model;
import conv4j.shape.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which images to use. */
final class DataOptions {

    /** Training images of the built-in set unless --limit says otherwise. */
    static final int GLYPHS_TRAIN = 12_000;

    private static final int GLYPHS_TEST = 2_000;
    private static final long GLYPHS_SEED = 1;
    private static final double FOLDER_TEST_PART = 0.2;

    @Option(
            names = "--data",
            paramLabel = "SET",
            defaultValue = "glyphs",
            converter = Choices.DataKinds.class,
            completionCandidates = Choices.DataKinds.class,
            description = "${COMPLETION-CANDIDATES}. glyphs are digits that are drawn on the spot; a folder has one"
                    + " sub-folder of images per class, or train and test with those. Default: ${DEFAULT-VALUE}.")
    private DataKind kind;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Where the files of the data set are. Default: conv4j's cache folder.")
    private Path directory;

    @Option(
            names = "--download",
            description = "Fetch the data set into that folder when it is not there. Without this option nothing is"
                    + " ever fetched.")
    private boolean download;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "Use at most the first N images to train, and at most the first N to test.")
    private Integer limit;

    @Option(
            names = "--image-size",
            paramLabel = "HxW",
            converter = ImageSize.Converter.class,
            description = "Height and width that images of a folder are scaled to, or that glyphs are drawn in."
                    + " Default: the size of the first image; for a saved model, its own.")
    private ImageSize size;

    @Option(names = "--skip-unreadable", description = "Leave out images of a folder that cannot be read.")
    private boolean skipUnreadable;

    DataKind kind() {
        return kind;
    }

    /** The options again, for a command that is proposed to the user. */
    String asOptions() {
        StringBuilder text = new StringBuilder();
        if (kind != DataKind.GLYPHS) {
            text.append(" --data ").append(kind.title());
        }
        if (directory != null) {
            text.append(" --data-dir ").append(ShellWord.of(directory));
        }
        if (limit != null) {
            text.append(" --limit ").append(limit);
        }
        if (skipUnreadable) {
            text.append(" --skip-unreadable");
        }
        return text.toString();
    }

    /** The set in words. */
    String describe() {
        return switch (kind) {
            case GLYPHS -> "built-in digits";
            case CIFAR10 -> "CIFAR-10";
            case MNIST -> "MNIST";
            case FASHION_MNIST -> "Fashion-MNIST";
            case FOLDER -> directory.toString();
        };
    }

    /**
     * Training and test images.
     *
     * @param input the shape that a model needs, or null for the set's own
     * @param seed chooses the test images of a folder that has no test sub-folder
     * @param progress shows a download
     * @throws DataException when they cannot be had
     */
    Split trainAndTest(Shape input, long seed, DownloadProgress progress) {
        Split all =
                switch (kind) {
                    case GLYPHS -> new Split(
                            Glyphs.train(glyphShape(input), limit == null ? GLYPHS_TRAIN : limit, GLYPHS_SEED),
                            Glyphs.test(glyphShape(input), glyphTests(), GLYPHS_SEED));
                    case CIFAR10 -> {
                        Path files = files(progress);
                        yield new Split(Cifar10.train(files), Cifar10.test(files));
                    }
                    case MNIST, FASHION_MNIST -> {
                        Path files = files(progress);
                        yield new Split(mnist().train(files), mnist().test(files));
                    }
                    case FOLDER -> folder(directory, input).readSplit(FOLDER_TEST_PART, seed);
                };
        return new Split(limited(all.train()), limited(all.test()));
    }

    /**
     * Test images alone.
     *
     * @param input the shape that the model needs
     * @param progress shows a download
     * @throws DataException when they cannot be had
     */
    Dataset test(Shape input, DownloadProgress progress) {
        Dataset all =
                switch (kind) {
                    case GLYPHS -> Glyphs.test(glyphShape(input), glyphTests(), GLYPHS_SEED);
                    case CIFAR10 -> Cifar10.test(files(progress));
                    case MNIST, FASHION_MNIST -> mnist().test(files(progress));
                    case FOLDER -> folder(testFolder(), input).read();
                };
        return limited(all);
    }

    /** Labels are numbers; they mean the same only when the classes have the same names in the same order. */
    static void checkClasses(Model model, Dataset data) {
        if (!model.classNames().isEmpty()
                && !data.classNames().isEmpty()
                && !model.classNames().equals(data.classNames())) {
            throw new DataException("the model was trained for the classes " + model.classNames()
                    + ", but the data has " + data.classNames()
                    + "; choose the data that it was trained on with --data and --data-dir");
        }
    }

    /** Refuses options that contradict each other or lack something. */
    void check(Subcommand command) {
        if (kind == DataKind.FOLDER && directory == null) {
            throw command.usage("--data folder needs --data-dir with the folder of images");
        }
        if (kind == DataKind.GLYPHS && directory != null) {
            throw command.usage("--data-dir was given without --data; say what is there: --data cifar10, mnist,"
                    + " fashion-mnist or folder");
        }
        if (download && (kind == DataKind.FOLDER || kind == DataKind.GLYPHS)) {
            throw command.usage(
                    "--download is for --data cifar10, mnist and fashion-mnist; " + kind.title() + " needs none");
        }
        if (size != null && kind != DataKind.FOLDER && kind != DataKind.GLYPHS) {
            throw command.usage(
                    "--image-size is for --data folder and glyphs; the images of " + kind.title() + " have one size");
        }
        if (limit != null && limit < 1) {
            throw command.usage("--limit must be 1 or more, but is " + limit);
        }
    }

    private Dataset limited(Dataset data) {
        return limit == null || limit >= data.size() ? data : data.take(limit);
    }

    private int glyphTests() {
        return limit == null ? GLYPHS_TEST : Math.min(limit, GLYPHS_TEST);
    }

    private Shape glyphShape(Shape input) {
        if (input != null) {
            return input;
        }
        return size == null ? Glyphs.SHAPE : Shape.of(size.height(), size.width(), Glyphs.SHAPE.dim(-1));
    }

    private ImageFolder folder(Path folder, Shape input) {
        ImageFolder images = new ImageFolder(folder);
        if (input != null) {
            images.size(input.dim(0), input.dim(1));
            if (input.dim(-1) == 1) {
                images.grey();
            }
        } else if (size != null) {
            images.size(size.height(), size.width());
        }
        return skipUnreadable ? images.skipUnreadable() : images;
    }

    private Path testFolder() {
        Path test = directory.resolve("test");
        return Files.isDirectory(test) && Files.isDirectory(directory.resolve("train")) ? test : directory;
    }

    private Mnist mnist() {
        return kind == DataKind.MNIST ? Mnist.DIGITS : Mnist.FASHION;
    }

    /** The folder with the files, fetched if that was asked for. */
    Path files(DownloadProgress progress) {
        Path base = directory == null ? CacheFolder.get("datasets") : directory;
        if (download) {
            return kind == DataKind.CIFAR10
                    ? Downloads.cifar10(base, progress)
                    : Downloads.mnist(mnist(), base, progress);
        }
        Path files = directory != null || kind == DataKind.CIFAR10 ? base : base.resolve(kind.title());
        Path needed = directory == null && kind == DataKind.CIFAR10 ? base.resolve("cifar-10-batches-bin") : files;
        if (!Files.isDirectory(needed)) {
            throw new DataException("there is no folder " + needed + " with " + describe()
                    + "; say where the files are with --data-dir, or fetch them with --download or 'conv4j data fetch "
                    + kind.title() + "'");
        }
        return files;
    }
}
