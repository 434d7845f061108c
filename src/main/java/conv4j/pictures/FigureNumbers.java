package conv4j.pictures;

import conv4j.arithmetic.Axis;
import conv4j.arithmetic.Kind;
import conv4j.backend.Backend;
import conv4j.backend.Executable;
import conv4j.backend.Memory;
import conv4j.backend.Placement;
import conv4j.backend.Run;
import conv4j.graph.AveragePool2d;
import conv4j.graph.Conv2d;
import conv4j.graph.ElementType;
import conv4j.graph.Graph;
import conv4j.graph.MaxPool2d;
import conv4j.graph.MemoryPlan;
import conv4j.graph.Operation;
import conv4j.graph.Value;
import conv4j.random.RandomStream;
import conv4j.shape.ConvGeometry;
import conv4j.shape.PoolGeometry;
import java.util.ArrayList;
import java.util.List;

/**
 * The numbers of a figure: a small whole number in every cell of the input and of the kernel, and what a backend makes of
 * them. One image of one channel.
 */
public final class FigureNumbers {

    /** Which value a pooling takes from its window. */
    public enum Pooling {
        /** The largest. */
        MAX,
        /** The mean of those that lie on the input. */
        AVERAGE
    }

    private static final int INPUTS = 4;
    private static final int WEIGHTS = 3;

    private final float[] input;
    private final float[] kernel;
    private final float[] output;

    private FigureNumbers(float[] input, float[] kernel, float[] output) {
        this.input = input;
        this.kernel = kernel;
        this.output = output;
    }

    /**
     * Draws inputs from 0 to 3 and weights from 0 to 2 and computes the output.
     *
     * @param rows the axis of the height
     * @param columns the axis of the width, of the same kind
     * @param pooling what a pooling takes; null for convolutions
     * @param backend computes the output
     * @return the numbers
     * @throws IllegalArgumentException when a window of a pooling lies on padding alone
     */
    public static FigureNumbers compute(Axis rows, Axis columns, Pooling pooling, Backend backend) {
        RandomStream random = new RandomStream(0, 0);
        float[] input = draw(random, rows.input() * columns.input(), INPUTS);
        if (rows.kind() == Kind.POOLING) {
            return new FigureNumbers(input, null, pooled(rows, columns, pooling, backend, input));
        }
        float[] kernel = draw(random, rows.window().kernel() * columns.window().kernel(), WEIGHTS);
        ConvGeometry geometry = new ConvGeometry(rows.window(), columns.window(), 1, 1, 1);
        Value weights = Value.parameter("kernel", geometry.kernelShape());
        if (rows.kind() == Kind.CONVOLUTION) {
            Value x = Value.input("input", geometry.inputShape());
            Value y = Value.activation("output", geometry.outputShape());
            return new FigureNumbers(input, kernel, run(backend, new Conv2d(x, weights, y, geometry), input, kernel));
        }
        Value x = Value.input("input", geometry.outputShape());
        Value y = Value.activation("output", geometry.inputShape());
        Operation operation = new Conv2d.InputGradient(x, weights, y, geometry);
        return new FigureNumbers(input, reversed(kernel), run(backend, operation, input, kernel));
    }

    private static float[] pooled(Axis rows, Axis columns, Pooling pooling, Backend backend, float[] input) {
        PoolGeometry geometry = new PoolGeometry(rows.window(), columns.window(), 1);
        Value x = Value.input("input", geometry.inputShape());
        Value y = Value.activation("output", geometry.outputShape());
        boolean max = pooling == Pooling.MAX;
        return run(backend, max ? new MaxPool2d(x, y, geometry) : new AveragePool2d(x, y, geometry), input);
    }

    private static float[] draw(RandomStream random, int count, int bound) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextInt(bound);
        }
        return values;
    }

    /** A kernel turned by 180 degrees, as it slides over the stretched input of a transposed convolution. */
    private static float[] reversed(float[] kernel) {
        float[] turned = new float[kernel.length];
        for (int i = 0; i < kernel.length; i++) {
            turned[i] = kernel[kernel.length - 1 - i];
        }
        return turned;
    }

    /** Runs one operation on one image. */
    private static float[] run(Backend backend, Operation operation, float[]... inputs) {
        List<Value> values = new ArrayList<>(operation.inputs());
        Value output = operation.outputs().get(0);
        values.add(output);
        Graph graph = new Graph(List.of(operation));
        List<Memory> memories = new ArrayList<>();
        try {
            Placement placement = new Placement();
            for (Value value : values) {
                Memory memory = backend.allocate(value.name(), ElementType.FLOAT32, value.elements(1));
                memories.add(memory);
                placement.put(value, memory, 0);
            }
            for (int i = 0; i < inputs.length; i++) {
                memories.get(i).write(0, inputs[i], 0, inputs[i].length);
            }
            MemoryPlan plan = MemoryPlan.of(
                    graph, 1, any -> backend.scratch(any, graph.precision(), 1), placement.placed(), Integer.MAX_VALUE);
            memories.addAll(placement.allocate(graph, plan, backend));
            try (Executable executable = backend.prepare(graph, placement, 1)) {
                executable.run(Run.inference(1, 0));
                float[] result = new float[output.shape().size()];
                memories.get(inputs.length).read(0, result, 0, result.length);
                return result;
            }
        } finally {
            memories.forEach(Memory::close);
        }
    }

    /**
     * The input.
     *
     * @return (rows, columns), without padding and inserted zeros
     */
    public float[] input() {
        return input.clone();
    }

    /**
     * The kernel as it slides: that of a transposed convolution is turned by 180 degrees.
     *
     * @return (rows, columns), or null for a pooling
     */
    public float[] kernel() {
        return kernel == null ? null : kernel.clone();
    }

    /**
     * The output.
     *
     * @return (rows, columns)
     */
    public float[] output() {
        return output.clone();
    }
}
