package conv4j.backend.opencl;

import static conv4j.backend.opencl.KernelCall.divideUp;

import conv4j.backend.Step;
import conv4j.graph.Value;

/**
 * Steps of convolutions by F(2x2, 3x3) of Winograd, and of their kernel gradients by F(3x3, 2x2), with vectors: 16 products
 * instead of 36 for each patch of 2x2 target positions.
 */
final class WinogradSteps {

    /** The kernel of convolutions and its file. */
    static final String CONVOLUTION = "winograd_convolution";

    /** The kernel of kernel gradients and its file. */
    static final String KERNEL_GRADIENT = "winograd_kernel_gradient";

    // What the kernels' names end with that read a gradient by the windows of the maxima.
    private static final String BY_WINDOWS = "_by_windows";

    // Panels of target channels for which a work-item transforms a patch once.
    private static final int PANELS = 2;

    /** Build options of {@link #CONVOLUTION} besides those of the style. */
    static final String OPTIONS = "-D PANELS=" + PANELS;

    // Elements of a transformed kernel, for each pair of channels.
    private static final int TRANSFORMED = 16;

    // Source and target channels of a work-item of a kernel gradient: CHANNELS of the kernel, and few of them.
    private static final int CHANNELS = 32;
    private static final int FEW_CHANNELS = 8;

    private WinogradSteps() {}

    /** Floats of scratch: the kernel in panels, for what is computed directly, and behind it transformed. */
    static long scratch(Style style, GatherGeometry g) {
        return (g.taps() + TRANSFORMED) * panelFloats(style, g);
    }

    private static long panels(Style style, GatherGeometry g) {
        return divideUp(g.targets(), Tuning.vectorColumns(style));
    }

    private static long panelFloats(Style style, GatherGeometry g) {
        return panels(style, g) * g.sources() * Tuning.vectorColumns(style);
    }

    /** What becomes of the results of patches, as winograd_convolution.cl numbers it. */
    private enum Form {
        ALL_RESULTS,
        MAXIMA,
        MAXIMA_AND_PLACES
    }

    /** The convolution; reversed where the kernel is the forward one of an input gradient. */
    static Step step(Preparation preparation, GatherGeometry g, ConvolutionSteps.Arrays arrays, boolean reversed) {
        return step(preparation, g, arrays, reversed, Form.ALL_RESULTS, null);
    }

    /** The same whose target has the maximum of each patch, and places, unless there are none, where it was. */
    static Step pooled(Preparation preparation, GatherGeometry g, ConvolutionSteps.Arrays arrays, Value places) {
        return step(preparation, g, arrays, false, places == null ? Form.MAXIMA : Form.MAXIMA_AND_PLACES, places);
    }

    private static Step step(
            Preparation preparation,
            GatherGeometry g,
            ConvolutionSteps.Arrays arrays,
            boolean reversed,
            Form form,
            Value places) {
        KernelCall call = call(preparation, g, arrays, CONVOLUTION);
        call.arrayOr(places, arrays.target()).ints(form.ordinal());
        return packed(preparation, g, arrays, reversed, call);
    }

    /** An input gradient from that of each maximum, which a pooling passes on to the place where it was. */
    static Step fromMaxima(Preparation preparation, GatherGeometry g, ConvolutionSteps.Arrays arrays, Value places) {
        KernelCall call = call(preparation, g, arrays, CONVOLUTION + BY_WINDOWS);
        return packed(preparation, g, arrays, true, call.array(places));
    }

    private static KernelCall call(
            Preparation preparation, GatherGeometry g, ConvolutionSteps.Arrays arrays, String kernel) {
        KernelCall call = preparation.kernel(CONVOLUTION, OPTIONS, kernel);
        call.control().array(arrays.source()).scratch(arrays.op(), 0);
        call.scratch(arrays.op(), g.taps() * panelFloats(preparation.style(), g));
        return ConvolutionSteps.finish(call, g, arrays);
    }

    /** A convolution, after its kernel was packed and transformed. */
    private static Step packed(
            Preparation preparation,
            GatherGeometry g,
            ConvolutionSteps.Arrays arrays,
            boolean reversed,
            KernelCall convolution) {
        Style style = preparation.style();
        long panels = panels(style, g);
        KernelCall pack = preparation.kernel(CONVOLUTION, OPTIONS, "winograd_pack");
        pack.array(arrays.weights()).scratch(arrays.op(), 0);
        pack.scratch(arrays.op(), g.taps() * panelFloats(style, g));
        pack.ints(g.words()).ints(reversed ? 1 : 0);
        return Preparation.inOrder(
                pack.over(batch -> new long[] {g.sources(), 2 * panels}, 1, 1),
                convolution.over(
                        batch -> new long[] {divideUp(batch * g.patches(), style.tileRows()), divideUp(panels, PANELS)},
                        1,
                        1));
    }

    /** The kernel of a kernel gradient, from that of maxima or not. */
    static KernelCall gradientCall(Preparation preparation, boolean fromMaxima) {
        return preparation.kernel(KERNEL_GRADIENT, fromMaxima ? KERNEL_GRADIENT + BY_WINDOWS : KERNEL_GRADIENT);
    }

    /**
     * Partial sums of a kernel gradient over runs of patches.
     *
     * @param call from {@link #gradientCall}, has the arguments that all kernels for this begin with
     * @param places where maxima were, or null
     */
    static Step kernelGradient(Preparation preparation, GatherGeometry g, int splits, KernelCall call, Value places) {
        boolean small = preparation.smallPieces();
        int sources = small ? FEW_CHANNELS : CHANNELS;
        int targets = small ? Tuning.vectorColumns(preparation.style()) : CHANNELS;
        long rows = divideUp(g.sources(), sources);
        long columns = divideUp(g.targets(), targets);
        call.ints(sources).ints(targets);
        if (places != null) {
            call.array(places);
        }
        return call.over(batch -> new long[] {rows, columns, splits}, 1, 1, 1);
    }
}
