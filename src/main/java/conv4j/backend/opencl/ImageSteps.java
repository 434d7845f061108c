package conv4j.backend.opencl;

import static conv4j.backend.opencl.KernelCall.divideUp;

import conv4j.backend.Step;
import conv4j.graph.Concatenate;
import conv4j.graph.Pad2d;
import conv4j.graph.UpSample2d;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.List;

/** Steps of padding, cropping, enlarging, joining and splitting. */
final class ImageSteps {

    private static final String FILE = "image";
    private static final int PIXELS_PER_ITEM = 64;

    private ImageSteps() {}

    static Step pad(Preparation preparation, Pad2d op) {
        return shift(preparation, op.input(), op.output(), op.top(), op.left());
    }

    static Step crop(Preparation preparation, Pad2d.Crop op) {
        return shift(preparation, op.input(), op.output(), -op.top(), -op.left());
    }

    private static Step shift(Preparation preparation, Value input, Value output, int top, int left) {
        KernelCall call = kernel(preparation, output, "shift_image").control();
        call.array(input).array(output).ints(size(input)).ints(size(output));
        call.ints(channels(output)).ints(top).ints(left);
        return overPixels(call, preparation.style(), output);
    }

    static Step upSample(Preparation preparation, UpSample2d op) {
        KernelCall call = kernel(preparation, op.input(), "enlarge").control();
        call.array(op.input()).array(op.output()).ints(size(op.input()));
        call.ints(op.rows(), op.columns()).ints(channels(op.input())).ints(op.bilinear() ? 1 : 0);
        return overPixels(call, preparation.style(), op.output());
    }

    static Step upSampleGradient(Preparation preparation, UpSample2d.Gradient op) {
        Value input = op.inputGradient();
        KernelCall call = kernel(preparation, input, "enlarge_gradient").control();
        call.array(op.outputGradient()).array(input).ints(size(input));
        call.ints(op.rows(), op.columns()).ints(channels(input)).ints(op.bilinear() ? 1 : 0);
        return overPixels(call, preparation.style(), input);
    }

    private static int[] size(Value image) {
        return new int[] {image.shape().dim(0), image.shape().dim(1)};
    }

    private static int channels(Value image) {
        return image.shape().dim(2);
    }

    private static KernelCall kernel(Preparation preparation, Value image, String name) {
        return preparation.kernel(FILE, preparation.style().widthOption(channels(image)), name);
    }

    private static Step overPixels(KernelCall call, Style style, Value image) {
        long pixels = (long) image.shape().dim(0) * image.shape().dim(1);
        long perItem = style.vectors() ? pixels : pixels * (channels(image) / style.width(channels(image)));
        return call.overUnits(batch -> batch * perItem, PIXELS_PER_ITEM);
    }

    static Step concatenate(Preparation preparation, Concatenate op) {
        return copies(preparation, op.output(), op.operands(), op.axis(), true);
    }

    static Step split(Preparation preparation, Concatenate.Split op) {
        return copies(preparation, op.input(), op.parts(), op.axis(), false);
    }

    private static Step copies(Preparation preparation, Value whole, List<Value> parts, int axis, boolean join) {
        int stride = Concatenate.run(whole, axis);
        // A multiple of four where all runs are, so that every one begins and ends where a vector does.
        int even = parts.stream().mapToInt(part -> Concatenate.run(part, axis)).reduce(0, (a, b) -> a | b);
        int offset = 0;
        Step[] steps = new Step[parts.size()];
        for (int i = 0; i < steps.length; i++) {
            int run = Concatenate.run(parts.get(i), axis);
            KernelCall call = preparation
                    .kernel(FILE, preparation.style().widthOption(even), "copy_runs")
                    .control();
            call = join
                    ? call.array(parts.get(i)).array(whole, offset)
                    : call.array(whole, offset).array(parts.get(i));
            call.number(rows(whole.shape(), axis)).ints(run).ints(join ? run : stride);
            int piece = preparation.style().vectors()
                    ? Style.CHUNK
                    : preparation.style().width(even);
            steps[i] = overRuns(call.ints(join ? stride : run), piece, rows(whole.shape(), axis), run);
            offset += run;
        }
        return Preparation.inOrder(steps);
    }

    private static Step overRuns(KernelCall call, int piece, long rows, int run) {
        long perItem = rows * divideUp(run, piece);
        int units = Math.max(1, Style.CHUNK / run);
        return call.ints(piece).overUnits(batch -> batch * perItem, units);
    }

    private static long rows(Shape shape, int axis) {
        long rows = 1;
        for (int i = 0; i < axis; i++) {
            rows *= shape.dim(i);
        }
        return rows;
    }
}
