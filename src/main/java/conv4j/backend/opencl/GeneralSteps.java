package conv4j.backend.opencl;

import conv4j.backend.Step;
import conv4j.graph.Binary;
import conv4j.graph.Rearrange;
import conv4j.graph.Reduce;
import conv4j.graph.Unary;
import conv4j.graph.UnaryFunction;
import conv4j.graph.Value;

/** Steps of the general operations: functions of one and of two numbers, moving along axes, reducing rows. */
final class GeneralSteps {

    private static final String FILE = "general";

    private GeneralSteps() {}

    static Step unary(Preparation preparation, Unary op) {
        KernelCall call = preparation.kernel(FILE, "unary").control();
        call.array(op.input()).array(op.output());
        return overElements(function(call, op.function()), op.output());
    }

    static Step unaryGradient(Preparation preparation, Unary.Gradient op) {
        KernelCall call = preparation.kernel(FILE, "unary_gradient").control();
        call.array(op.outputGradient()).array(op.input()).array(op.inputGradient());
        return overElements(function(call, op.function()), op.inputGradient());
    }

    private static KernelCall function(KernelCall call, UnaryFunction f) {
        return call.ints(f.kind().ordinal(), Float.floatToRawIntBits(f.alpha()), Float.floatToRawIntBits(f.beta()));
    }

    static Step binary(Preparation preparation, Binary op) {
        Binary.Walk walk = op.walk();
        int[] words = new int[1 + 3 * Binary.MOST_AXES];
        words[0] = walk.extents().length;
        put(words, 0, walk.extents());
        put(words, 1, walk.a());
        put(words, 2, walk.b());
        KernelCall call = preparation.kernel(FILE, "binary").control();
        call.array(op.a()).array(op.b()).array(op.output()).ints(words);
        call.ints(item(op.a())).ints(item(op.b())).ints(op.function().ordinal());
        return overElements(call, op.output());
    }

    private static int item(Value operand) {
        return operand.batched() ? operand.shape().size() : 0;
    }

    private static void put(int[] words, int column, int... values) {
        System.arraycopy(values, 0, words, 1 + column * Binary.MOST_AXES, values.length);
    }

    static Step rearrange(Preparation preparation, Rearrange op) {
        int rank = op.axes().size();
        int[] words = new int[3 + 5 * Binary.MOST_AXES];
        words[0] = rank;
        put(words, 0, op.output().shape().toArray());
        put(words, 1, op.strides());
        put(words, 2, op.axes().stream().mapToInt(Rearrange.Axis::start).toArray());
        put(words, 3, op.axes().stream().mapToInt(Rearrange.Axis::step).toArray());
        for (int j = 0; j < rank; j++) {
            words[1 + 4 * Binary.MOST_AXES + j] = op.sourceExtent(j);
        }
        words[words.length - 2] = op.outside().ordinal();
        words[words.length - 1] = Float.floatToRawIntBits(op.fill());
        KernelCall call = preparation.kernel(FILE, "rearrange").control();
        call.array(op.input()).array(op.output()).ints(words).ints(item(op.input()));
        return overElements(call, op.output());
    }

    static Step reduce(Preparation preparation, Reduce op) {
        KernelCall call = preparation.kernel(FILE, "reduce_rows").control();
        call.array(op.input()).array(op.output());
        call.ints(op.input().columns()).ints(op.kind().ordinal());
        return call.elements(op.output()).overUnits(op.output()::elements, 16);
    }

    private static Step overElements(KernelCall call, Value value) {
        return call.elements(value).overUnits(value::elements, Style.CHUNK);
    }
}
