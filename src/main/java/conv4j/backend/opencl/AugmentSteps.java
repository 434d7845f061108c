package conv4j.backend.opencl;

import conv4j.backend.Step;
import conv4j.graph.Augment;
import conv4j.graph.Value;
import conv4j.shape.Shape;

/** Steps of random changes of images. */
final class AugmentSteps {

    private static final String FILE = "augmentation";
    private static final int PIXELS_PER_ITEM = 256;

    private AugmentSteps() {}

    static Step move(Preparation preparation, Augment op) {
        boolean rotates = op.kind() == Augment.Kind.ROTATION;
        KernelCall call = preparation
                .kernel(FILE, rotates ? "rotate_images" : "move_images")
                .control();
        call.array(op.input()).arrayOr(op.fill(), op.input()).array(op.output());
        Augment.Range rows = op.rows();
        Augment.Range columns = op.columns();
        Shape image = op.input().shape();
        call.ints(image.dim(0), image.dim(1), image.dim(2));
        call.ints(
                op.kind().ordinal(),
                op.edge().ordinal(),
                rows.low(),
                rows.count(),
                columns.low(),
                columns.count(),
                op.stream());
        return overPixels(call, preparation.style(), op.output());
    }

    static Step colors(Preparation preparation, Augment.Colors op) {
        KernelCall call = preparation.kernel(FILE, "change_colors").control();
        call.array(op.input())
                .arrayOr(op.means(), op.input())
                .array(op.limits())
                .array(op.output());
        Shape image = op.input().shape();
        call.ints(image.dim(0), image.dim(1), image.dim(2));
        call.ints(op.factors().low(), op.factors().count(), op.stream(), op.means() == null ? 0 : 1);
        return overPixels(call, preparation.style(), op.output());
    }

    private static Step overPixels(KernelCall call, Style style, Value image) {
        long pixels = (long) image.shape().dim(0) * image.shape().dim(1);
        long perItem = style.vectors() ? pixels : pixels * image.shape().dim(2);
        return call.overUnits(batch -> batch * perItem, PIXELS_PER_ITEM);
    }
}
