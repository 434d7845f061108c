package conv4j.backend.cpu;

import conv4j.graph.ElementType;
import conv4j.shape.ConvGeometry;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/** What oneDNN is asked to compute for a convolution of some items: one of its three directions. */
final class OneDnnConvolution implements AutoCloseable {

    /** The three convolutions of a training step. */
    enum Direction {
        FORWARD,
        INPUT_GRADIENT,
        KERNEL_GRADIENT
    }

    private final Direction direction;
    private final ConvGeometry g;
    private final dnnl_memory_desc source;
    private final dnnl_memory_desc target;
    private final dnnl_memory_desc plainKernel;
    private final dnnl_memory_desc bias;
    private final dnnl_primitive_desc description = new dnnl_primitive_desc();

    /**
     * Describes a convolution; activations keep their channels last.
     *
     * @param library the library
     * @param direction which of the three
     * @param g all sizes
     * @param items how many images
     * @param withBias whether a bias is added, forward only
     * @param slope the slope of a leaky ReLU on the result, null for none, forward only
     * @param packed the kernel's layout, null to let oneDNN choose
     */
    OneDnnConvolution(
            OneDnn library,
            Direction direction,
            ConvGeometry g,
            int items,
            boolean withBias,
            float[] slope,
            dnnl_memory_desc packed) {
        this.direction = direction;
        this.g = g;
        refuseWhatComesOutWrong();
        int nhwc = dnnl.dnnl_nhwc;
        source = OneDnnCall.layout(
                nhwc, items, g.inputChannels(), g.rows().input(), g.columns().input());
        target = OneDnnCall.layout(
                nhwc, items, g.outputChannels(), g.rows().output(), g.columns().output());
        plainKernel = kernel(g.groups() == 1 ? dnnl.dnnl_hwio : dnnl.dnnl_hwigo);
        bias = withBias ? OneDnnCall.layout(dnnl.dnnl_a, g.outputChannels()) : null;
        dnnl_memory_desc anyKernel = kernel(dnnl.dnnl_format_tag_any);
        dnnl_primitive_attr settings = OneDnnCall.settings(slope);
        try {
            if (direction == Direction.FORWARD) {
                forward(library, description, packed == null ? anyKernel : packed, settings);
            } else {
                backward(library, packed == null ? anyKernel : packed, settings);
            }
        } finally {
            dnnl.dnnl_memory_desc_destroy(anyKernel);
            dnnl.dnnl_primitive_attr_destroy(settings);
        }
    }

    /**
     * oneDNN 3.11's brg_conv_fwd:avx512_core loses kernel elements when one input channel is convolved to one column with
     * a stride along the row: 4x4, kernel 3x2, stride 1x3 gives 4 for the 6 of all ones.
     */
    private void refuseWhatComesOutWrong() {
        boolean oneColumn = g.columns().output() == 1 && g.columns().stride() > 1;
        if (direction == Direction.FORWARD && g.groupInputChannels() == 1 && oneColumn) {
            throw new OneDnn.Refusal("oneDNN computes this convolution wrongly");
        }
    }

    private dnnl_memory_desc kernel(int tag) {
        int kh = g.rows().kernel();
        int kw = g.columns().kernel();
        return g.groups() == 1
                ? OneDnnCall.layout(tag, g.outputChannels(), g.inputChannels(), kh, kw)
                : OneDnnCall.layout(tag, g.groups(), g.groupOutputChannels(), g.groupInputChannels(), kh, kw);
    }

    private long[] strides() {
        return new long[] {g.rows().stride(), g.columns().stride()};
    }

    private long[] dilations() {
        return new long[] {g.rows().dilation() - 1L, g.columns().dilation() - 1L};
    }

    private long[] padLow() {
        return new long[] {g.rows().padLow(), g.columns().padLow()};
    }

    private long[] padHigh() {
        return new long[] {g.rows().padHigh(), g.columns().padHigh()};
    }

    private void forward(
            OneDnn library, dnnl_primitive_desc into, dnnl_memory_desc anyKernel, dnnl_primitive_attr settings) {
        OneDnn.check(
                dnnl.dnnl_convolution_forward_primitive_desc_create(
                        into,
                        library.engine(),
                        dnnl.dnnl_forward_training,
                        dnnl.dnnl_convolution_direct,
                        source,
                        anyKernel,
                        bias,
                        target,
                        strides(),
                        dilations(),
                        padLow(),
                        padHigh(),
                        settings),
                "describe a convolution");
    }

    private void backward(OneDnn library, dnnl_memory_desc anyKernel, dnnl_primitive_attr settings) {
        dnnl_primitive_desc hint = new dnnl_primitive_desc();
        forward(library, hint, anyKernel, settings);
        try {
            OneDnn.check(
                    direction == Direction.INPUT_GRADIENT
                            ? dnnl.dnnl_convolution_backward_data_primitive_desc_create(
                                    description,
                                    library.engine(),
                                    dnnl.dnnl_convolution_direct,
                                    source,
                                    anyKernel,
                                    target,
                                    strides(),
                                    dilations(),
                                    padLow(),
                                    padHigh(),
                                    hint,
                                    settings)
                            : dnnl.dnnl_convolution_backward_weights_primitive_desc_create(
                                    description,
                                    library.engine(),
                                    dnnl.dnnl_convolution_direct,
                                    source,
                                    anyKernel,
                                    null,
                                    target,
                                    strides(),
                                    dilations(),
                                    padLow(),
                                    padHigh(),
                                    hint,
                                    settings),
                    "describe the gradient of a convolution");
        } finally {
            dnnl.dnnl_primitive_desc_destroy(hint);
        }
    }

    dnnl_primitive_desc description() {
        return description;
    }

    dnnl_memory_desc source() {
        return source;
    }

    dnnl_memory_desc target() {
        return target;
    }

    dnnl_memory_desc bias() {
        return bias;
    }

    /** The kernel as we hold it. */
    dnnl_memory_desc plainKernel() {
        return plainKernel;
    }

    /** The kernel as oneDNN wants it; belongs to the description. */
    dnnl_memory_desc packedKernel() {
        int query =
                direction == Direction.KERNEL_GRADIENT ? dnnl.dnnl_query_diff_weights_md : dnnl.dnnl_query_weights_md;
        return dnnl.dnnl_primitive_desc_query_md(description, query, 0);
    }

    /** Elements of the packed kernel, padding included. */
    int packedElements() {
        long bytes = dnnl.dnnl_memory_desc_get_size(packedKernel());
        return Math.toIntExact((bytes + ElementType.FLOAT32.bytes() - 1) / ElementType.FLOAT32.bytes());
    }

    @Override
    public void close() {
        dnnl.dnnl_primitive_desc_destroy(description);
        dnnl.dnnl_memory_desc_destroy(source);
        dnnl.dnnl_memory_desc_destroy(target);
        dnnl.dnnl_memory_desc_destroy(plainKernel);
        if (bias != null) {
            dnnl.dnnl_memory_desc_destroy(bias);
        }
    }
}
