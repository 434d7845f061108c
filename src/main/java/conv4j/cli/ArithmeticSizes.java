package conv4j.cli;

import conv4j.arithmetic.Axis;
import conv4j.arithmetic.Kind;
import conv4j.pictures.FigureNumbers;
import conv4j.shape.Padding;
import conv4j.shape.Window;
import java.util.Locale;
import picocli.CommandLine.Option;

/** The options that say what slides over what. */
final class ArithmeticSizes {

    @Option(
            names = "--input",
            paramLabel = "N[xM]",
            converter = PerAxis.Converter.class,
            description = "Positions of the input, height first where they differ.")
    private PerAxis input;

    @Option(
            names = "--kernel",
            paramLabel = "N[xM]",
            converter = PerAxis.Converter.class,
            description = "Positions of the kernel, or of the pooling window.")
    private PerAxis kernel;

    @Option(
            names = "--stride",
            paramLabel = "N[xM]",
            converter = PerAxis.Converter.class,
            defaultValue = "1",
            description = "Positions between two places of the kernel. Default: ${DEFAULT-VALUE}.")
    private PerAxis stride;

    @Option(
            names = "--padding",
            paramLabel = "P",
            defaultValue = "0",
            description =
                    "Zeros on each side, N or NxM; or valid (none), same (stride 1: as many outputs as inputs), half"
                            + " (the same, odd kernels only) or full (every overlap). Default: ${DEFAULT-VALUE}.")
    private String padding;

    @Option(
            names = "--dilation",
            paramLabel = "N[xM]",
            converter = PerAxis.Converter.class,
            defaultValue = "1",
            description = "Positions between two elements of the kernel. Default: ${DEFAULT-VALUE}.")
    private PerAxis dilation;

    @Option(
            names = "--transposed",
            description = "The transposed convolution: stride, padding and dilation are those of the direct one, which"
                    + " leads from the output back to the input.")
    private boolean transposed;

    @Option(
            names = "--output-padding",
            paramLabel = "N[xM]",
            converter = PerAxis.Converter.class,
            description =
                    "Positions appended to a transposed convolution's output, below the stride: which of the inputs"
                            + " that the direct one turns into the same output is meant. Default: 0.")
    private PerAxis outputPadding;

    @Option(
            names = "--pooling",
            paramLabel = "max|average",
            description = "Pooling: the largest or the mean value of each window.")
    private String pooling;

    /** Whether any size was given. */
    boolean given() {
        return input != null || kernel != null;
    }

    /** The axis of the height and that of the width. */
    Axis[] axes(Subcommand command) {
        check(command);
        return new Axis[] {axis(command, 0), axis(command, 1)};
    }

    private void check(Subcommand command) {
        if (input == null || kernel == null) {
            throw command.usage("--input and --kernel are needed, as in --input 5 --kernel 3; or --gallery DIR");
        }
        if (transposed && pooling != null) {
            throw command.usage("--transposed and --pooling contradict each other; leave one out");
        }
        if (outputPadding != null && !transposed) {
            throw command.usage("--output-padding belongs to --transposed; add it or leave this out");
        }
        if (outputPadding != null && padding.equalsIgnoreCase("same")) {
            throw command.usage("--padding same decides the size of the output, stride times the input;"
                    + " leave out --output-padding or give the padding as a number");
        }
        pooling(command);
    }

    /** What --pooling says, null without it. */
    FigureNumbers.Pooling pooling(Subcommand command) {
        if (pooling == null) {
            return null;
        }
        return switch (pooling.toLowerCase(Locale.ROOT)) {
            case "max" -> FigureNumbers.Pooling.MAX;
            case "average" -> FigureNumbers.Pooling.AVERAGE;
            default -> throw command.usage("--pooling is max or average, but is '" + pooling + "'");
        };
    }

    private Axis axis(Subcommand command, int axis) {
        positive(command, "--kernel", kernel);
        positive(command, "--dilation", dilation);
        if (transposed) {
            return new Axis(Kind.TRANSPOSED, transposedWindow(command, axis));
        }
        Window window =
                padding(command, axis).rows(input.of(axis), kernel.of(axis), stride.of(axis), dilation.of(axis));
        return new Axis(pooling == null ? Kind.CONVOLUTION : Kind.POOLING, window);
    }

    private static void positive(Subcommand command, String option, PerAxis value) {
        if (Math.min(value.height(), value.width()) < 1) {
            throw command.usage(option + " must be 1 or more, but is " + value.height() + "x" + value.width());
        }
    }

    /** The padding of one axis, on both of its sides. */
    private Padding padding(Subcommand command, int axis) {
        return switch (padding.toLowerCase(Locale.ROOT)) {
            case "valid", "same", "full" -> Padding.named(padding);
            case "half" -> both(half(command, axis));
            default -> both(number(command).of(axis));
        };
    }

    private static Padding both(int zeros) {
        return Padding.explicit(zeros, zeros, zeros, zeros);
    }

    private PerAxis number(Subcommand command) {
        if (!PerAxis.matches(padding)) {
            throw command.usage("--padding is a number, NxM, valid, same, half or full, but is '" + padding + "'");
        }
        return new PerAxis.Converter().convert(padding);
    }

    private int half(Subcommand command, int axis) {
        int extent = extent(axis);
        if (extent % 2 == 0) {
            throw command.usage("--padding half needs a kernel of odd extent, but it spans " + extent
                    + " positions; use --padding same, which puts the odd zero at the end");
        }
        return extent / 2;
    }

    private int extent(int axis) {
        return Math.toIntExact(Window.extent(kernel.of(axis), dilation.of(axis)));
    }

    /** The direct window from a transposed convolution's output to its input. */
    private Window transposedWindow(Subcommand command, int axis) {
        if (padding.equalsIgnoreCase("same")) {
            int output = input.of(axis) * stride.of(axis);
            return Padding.SAME.rows(output, kernel.of(axis), stride.of(axis), dilation.of(axis));
        }
        int crop =
                switch (padding.toLowerCase(Locale.ROOT)) {
                    case "valid" -> 0;
                    case "full" -> extent(axis) - 1;
                    case "half" -> half(command, axis);
                    default -> number(command).of(axis);
                };
        int appended = outputPadding == null ? 0 : outputPadding.of(axis);
        return Window.transposed(input.of(axis), kernel.of(axis), stride.of(axis), dilation.of(axis), crop, appended);
    }
}
