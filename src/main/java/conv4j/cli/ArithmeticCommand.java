package conv4j.cli;

import conv4j.Backends;
import conv4j.arithmetic.Axis;
import conv4j.arithmetic.Kind;
import conv4j.backend.Backend;
import conv4j.pictures.ArithmeticFigure;
import conv4j.pictures.ArithmeticFiles;
import conv4j.pictures.ArithmeticGallery;
import conv4j.pictures.FigureNumbers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToIntFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Explains the sizes of a convolution and draws it. */
@Command(
        name = "arithmetic",
        mixinStandardHelpOptions = true,
        description =
                "Explains the size of the output of a convolution, a transposed convolution or a pooling, and draws"
                        + " how it comes about, as in Dumoulin and Visin, \"A guide to convolution arithmetic for deep learning\".",
        footerHeading = "%nExamples:%n",
        footer = {
            "  conv4j arithmetic --input 5 --kernel 3 --stride 2 --padding 1",
            "  conv4j arithmetic --input 5x7 --kernel 3 --padding same --numbers --out same.gif",
            "  conv4j arithmetic --input 3 --kernel 3 --stride 2 --padding 1 --output-padding 1 --transposed",
            "  conv4j arithmetic --input 6 --kernel 2 --stride 2 --pooling max --numbers --frames pictures",
            "  conv4j arithmetic --gallery pictures"
        })
final class ArithmeticCommand extends Subcommand {

    private static final String GIF = ".gif";

    @Mixin
    private ArithmeticSizes sizes;

    @Option(
            names = "--numbers",
            description =
                    "Draw numbers in the cells: small inputs and weights, and the outputs computed from them by the"
                            + " reference backend, or by the one that --device names.")
    private boolean numbers;

    @Option(names = "--out", paramLabel = "FILE.gif", description = "Write the animation, one frame for each output.")
    private Path out;

    @Option(
            names = "--frames",
            paramLabel = "DIR",
            description = "Write every frame as a PNG file into a folder; with --gallery into one folder per case.")
    private Path frames;

    @Option(
            names = "--gallery",
            paramLabel = "DIR",
            description = "Write the animations of all cases that the guide draws, instead of one.")
    private Path gallery;

    @Override
    public Integer call() {
        if (gallery != null) {
            return drawGallery();
        }
        checkOut();
        Axis[] axes = sizes.axes(this);
        List<Path> files = draw(axes);
        if (main().json()) {
            printJson(json(axes, files));
        } else {
            main().out().print(text(axes));
            main().out().flush();
        }
        return ExitCode.OK;
    }

    private void checkOut() {
        if (out != null && !out.toString().toLowerCase(Locale.ROOT).endsWith(GIF)) {
            throw usage("--out writes an animation, whose name ends in .gif, but is " + out
                    + "; for PNG files use --frames DIR");
        }
    }

    private List<Path> draw(Axis[] axes) {
        List<Path> files = new ArrayList<>();
        if (out == null && frames == null) {
            if (numbers) {
                throw usage("--numbers draws numbers, so it needs --out FILE.gif or --frames DIR");
            }
            return files;
        }
        ArithmeticFigure figure = new ArithmeticFigure(axes[0], axes[1], numbers(axes));
        if (out != null) {
            writeGif(figure, out, files);
        }
        if (frames != null) {
            writeFrames(figure, frames, files);
        }
        return files;
    }

    private FigureNumbers numbers(Axis[] axes) {
        if (!numbers) {
            return null;
        }
        // The size is checked before anything is computed.
        new ArithmeticFigure(axes[0], axes[1], null);
        String device = main().device();
        try (Backend backend = Backends.open(device == null ? "reference" : device)) {
            return FigureNumbers.compute(axes[0], axes[1], sizes.pooling(this), backend);
        }
    }

    private void writeGif(ArithmeticFigure figure, Path file, List<Path> files) {
        ArithmeticFiles.writeGif(figure, file);
        files.add(file);
        messages().println("Wrote " + file + ", " + Words.count(figure.frames(), "frame"));
    }

    private void writeFrames(ArithmeticFigure figure, Path folder, List<Path> files) {
        List<Path> written = ArithmeticFiles.writeFrames(figure, folder);
        files.addAll(written);
        messages().println("Wrote " + Words.count(written.size(), "frame") + " to " + folder);
    }

    private int drawGallery() {
        if (out != null || numbers || sizes.given()) {
            throw usage("--gallery draws cases of its own; leave out --input, --kernel, --numbers and --out");
        }
        List<Map<String, Object>> cases = new ArrayList<>();
        for (ArithmeticGallery drawn : ArithmeticGallery.all()) {
            Axis[] axes = {drawn.axis(), drawn.axis()};
            List<Path> files = new ArrayList<>();
            ArithmeticFigure figure = ArithmeticFigure.small(drawn.axis());
            writeGif(figure, gallery.resolve(drawn.fileName() + GIF), files);
            if (frames != null) {
                writeFrames(figure, frames.resolve(drawn.fileName()), files);
            }
            Map<String, Object> described = new LinkedHashMap<>();
            described.put("title", drawn.title());
            described.putAll(json(axes, files));
            cases.add(described);
        }
        if (main().json()) {
            printJson(Map.of("command", "arithmetic", "gallery", cases));
        }
        return ExitCode.OK;
    }

    private String text(Axis[] axes) {
        Axis rows = axes[0];
        StringBuilder text = new StringBuilder(title(rows))
                .append(", input ")
                .append(both(axes, Axis::input))
                .append(", kernel ")
                .append(both(axes, axis -> axis.window().kernel()))
                .append(": output ")
                .append(both(axes, Axis::output))
                .append(String.format("%n"));
        if (axes[0].equals(axes[1])) {
            describe(text, "height and width", rows);
        } else {
            describe(text, "height", rows);
            describe(text, "width", axes[1]);
        }
        return text.toString();
    }

    private String title(Axis axis) {
        String title = axis.kind().title();
        return axis.kind() == Kind.POOLING ? sizes.pooling(this).name().toLowerCase(Locale.ROOT) + " " + title : title;
    }

    private static String both(Axis[] axes, ToIntFunction<Axis> size) {
        return size.applyAsInt(axes[0]) + "x" + size.applyAsInt(axes[1]);
    }

    private static void describe(StringBuilder text, String name, Axis axis) {
        String formula = axis.formula();
        String indent = " ".repeat(formula.indexOf('='));
        StringBuilder symbols = new StringBuilder();
        axis.symbols().forEach((letter, number) -> symbols.append(", ").append(letter + " = " + number));
        line(text, "%n%s: %s", name, symbols.substring(2));
        line(
                text,
                "relationship %d: %s",
                axis.relationship().number(),
                axis.relationship().description());
        line(text, "    %s", formula);
        if (!axis.substituted().equals(Integer.toString(axis.output()))) {
            line(text, "    %s= %s", indent, axis.substituted());
        }
        line(text, "    %s= %d", indent, axis.output());
        if (axis.kind() == Kind.TRANSPOSED) {
            line(
                    text,
                    "like a convolution of stride 1 over %d positions: %s between inputs, %d before, %d after",
                    axis.sliding().input()
                            + axis.sliding().padLow()
                            + axis.sliding().padHigh(),
                    Words.count(axis.spacing() - 1L, "zero"),
                    axis.sliding().padLow(),
                    axis.sliding().padHigh());
        }
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
    }

    private Map<String, Object> json(Axis[] axes, List<Path> files) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("command", "arithmetic");
        result.put("kind", title(axes[0]));
        result.put("input", new int[] {axes[0].input(), axes[1].input()});
        result.put("output", new int[] {axes[0].output(), axes[1].output()});
        result.put("axes", Arrays.stream(axes).map(ArithmeticCommand::json).toList());
        result.put("files", files.stream().map(Path::toString).toList());
        return result;
    }

    private static Map<String, Object> json(Axis axis) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("relationship", axis.relationship().number());
        result.put("description", axis.relationship().description());
        result.put("formula", axis.formula());
        result.put("substituted", axis.substituted());
        result.put("input", axis.input());
        result.put("kernel", axis.window().kernel());
        result.put("stride", axis.window().stride());
        result.put("dilation", axis.window().dilation());
        result.put("padding", new int[] {axis.window().padLow(), axis.window().padHigh()});
        result.put("remainder", axis.remainder());
        result.put("output", axis.output());
        return result;
    }
}
