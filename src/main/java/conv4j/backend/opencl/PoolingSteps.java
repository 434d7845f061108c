package conv4j.backend.opencl;

import static conv4j.backend.opencl.KernelCall.divideUp;

import conv4j.backend.Step;
import conv4j.graph.AveragePool2d;
import conv4j.graph.MaxPool2d;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Window;

/** Steps of pooling. */
final class PoolingSteps {

    /** The file of the kernels of maxima. */
    static final String MAX = "max_pooling";

    /** The file of the kernels of means. */
    static final String AVERAGE = "average_pooling";

    private static final int PIXELS_PER_ITEM = 64;
    private static final int MOST_IN_CELL = 64; // for one work-item to write
    private static final int MOST_TAPS = 256; // of which a byte can hold the number

    private PoolingSteps() {}

    static Step max(Preparation preparation, MaxPool2d op) {
        PoolGeometry g = op.geometry();
        boolean noted = op.places() != null;
        KernelCall call = kernel(preparation, MAX, g, noted ? "max_pool_places" : "max_pool")
                .control();
        call.array(op.input()).array(op.output());
        if (noted) {
            call.array(op.places());
        }
        return overPixels(call.ints(words(g)), preparation.style(), g, outputs(g));
    }

    /**
     * Windows that do not overlap are looked at once each; else every input looks at all windows over it, with tiles at
     * what was noted of them before.
     */
    static Step maxGradient(Preparation preparation, MaxPool2d.Gradient op) {
        PoolGeometry g = op.geometry();
        if (notesTaps(preparation.style(), g)) {
            return maxGradientByTaps(preparation, op);
        }
        boolean cells = apart(g);
        KernelCall call = kernel(preparation, MAX, g, cells ? "max_pool_gradient_cells" : "max_pool_gradient")
                .control();
        call.array(op.input()).array(op.outputGradient()).array(op.inputGradient());
        call.ints(words(g));
        return cells ? overCells(call, preparation.style(), g) : overPixels(call, preparation.style(), g, inputs(g));
    }

    /** The gradient of maxima whose places were noted. */
    static Step placesGradient(Preparation preparation, MaxPool2d.PlacesGradient op) {
        PoolGeometry g = op.geometry();
        KernelCall call =
                kernel(preparation, MAX, g, "max_pool_places_gradient").control();
        call.array(op.places()).array(op.outputGradient()).array(op.inputGradient());
        return overCells(call.ints(words(g)), preparation.style(), g);
    }

    private static Step overCells(KernelCall call, Style style, PoolGeometry g) {
        int high = cells(g.rows());
        int wide = cells(g.columns());
        return overPixels(call.ints(high).ints(wide), style, g, (long) high * wide);
    }

    private static Step maxGradientByTaps(Preparation preparation, MaxPool2d.Gradient op) {
        PoolGeometry g = op.geometry();
        KernelCall taps = kernel(preparation, MAX, g, "max_pool_taps").control();
        taps.array(op.input()).scratch(op, 0).ints(words(g));
        KernelCall gather =
                kernel(preparation, MAX, g, "max_pool_gradient_taps").control();
        gather.scratch(op, 0)
                .array(op.outputGradient())
                .array(op.inputGradient())
                .ints(words(g));
        return Preparation.inOrder(
                overPixels(taps, preparation.style(), g, outputs(g)),
                overPixels(gather, preparation.style(), g, inputs(g)));
    }

    /** A byte per output where the taps of maxima are noted. */
    static long scratch(Style style, MaxPool2d.Gradient op, int maxBatch) {
        PoolGeometry g = op.geometry();
        return notesTaps(style, g) ? divideUp(maxBatch * outputs(g) * g.channels(), Float.BYTES) : 0;
    }

    private static boolean notesTaps(Style style, PoolGeometry g) {
        return !style.vectors()
                && !apart(g)
                && (long) g.rows().kernel() * g.columns().kernel() <= MOST_TAPS;
    }

    private static boolean apart(PoolGeometry g) {
        return apart(g.rows()) && apart(g.columns());
    }

    private static boolean apart(Window window) {
        return window.dilation() == 1 && window.stride() >= window.kernel();
    }

    private static long inCell(PoolGeometry g) {
        return (long) g.rows().stride() * g.columns().stride();
    }

    /** Pieces of one stride each that cover padding and input. */
    private static int cells(Window window) {
        return (int) divideUp((long) window.input() + window.padLow(), window.stride());
    }

    static Step average(Preparation preparation, AveragePool2d op) {
        KernelCall call =
                kernel(preparation, AVERAGE, op.geometry(), "average_pool").control();
        call.array(op.input()).array(op.output()).ints(words(op.geometry()));
        return overPixels(call, preparation.style(), op.geometry(), outputs(op.geometry()));
    }

    static Step averageGradient(Preparation preparation, AveragePool2d.Gradient op) {
        PoolGeometry g = op.geometry();
        boolean cells = !preparation.style().vectors() && apart(g) && inCell(g) <= MOST_IN_CELL;
        KernelCall call = kernel(
                        preparation, AVERAGE, g, cells ? "average_pool_gradient_cells" : "average_pool_gradient")
                .control();
        call.array(op.outputGradient()).array(op.inputGradient()).ints(words(g));
        return cells ? overCells(call, preparation.style(), g) : overPixels(call, preparation.style(), g, inputs(g));
    }

    private static KernelCall kernel(Preparation preparation, String file, PoolGeometry g, String name) {
        return preparation.kernel(file, preparation.style().widthOption(g.channels()), name);
    }

    private static Step overPixels(KernelCall call, Style style, PoolGeometry g, long pixels) {
        long perItem = style.vectors() ? pixels : pixels * (g.channels() / style.width(g.channels()));
        return call.overUnits(batch -> batch * perItem, PIXELS_PER_ITEM);
    }

    private static long outputs(PoolGeometry g) {
        return (long) g.rows().output() * g.columns().output();
    }

    private static long inputs(PoolGeometry g) {
        return (long) g.rows().input() * g.columns().input();
    }

    /** The words of {@code struct Pool}. */
    private static int[] words(PoolGeometry g) {
        Window y = g.rows();
        Window x = g.columns();
        return new int[] {
            y.input(), y.output(), y.kernel(), y.stride(), y.dilation(), y.padLow(),
            x.input(), x.output(), x.kernel(), x.stride(), x.dilation(), x.padLow(),
            g.channels()
        };
    }
}
