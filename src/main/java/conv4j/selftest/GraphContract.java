package conv4j.selftest;

import static conv4j.selftest.Assertions.assertArrayEquals;
import static conv4j.selftest.Assertions.assertTrue;

import conv4j.backend.Backend;
import conv4j.backend.Executable;
import conv4j.backend.Memory;
import conv4j.backend.Placement;
import conv4j.backend.Run;
import conv4j.backend.reference.ReferenceBackend;
import conv4j.graph.Add;
import conv4j.graph.ElementType;
import conv4j.graph.Graph;
import conv4j.graph.Reshape;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.List;
import java.util.Random;

/** Whole graphs: forward, gradients and update in planned memory. */
final class GraphContract extends Contract {

    GraphContract(Subject subject) {
        super("graph", subject);
    }

    @Override
    List<Check> checks() {
        return List.of(
                check("one training step is exact on integers", this::oneTrainingStepIsExactOnIntegers),
                check("values that share one memory keep apart", this::valuesThatShareOneMemoryKeepApart));
    }

    /**
     * One step of a network with a branch, on numbers for which every sum is exact: so all backends return the same bits,
     * and one wrong index, one value that is overwritten too early, or one step in the wrong order shows.
     */
    private void oneTrainingStepIsExactOnIntegers() {
        for (int n : new int[] {4, 1, 2}) {
            try (ReferenceBackend reference = new ReferenceBackend()) {
                float[] want = step(reference, n, true);
                assertArrayEquals(want, step(backend(), n, true), "batch " + n + " of 4, memory shared by lifetime");
                assertArrayEquals(want, step(backend(), n, false), "batch " + n + " of 4, nothing shared");
                assertTrue(changed(want), "the step changes parameters");
            }
        }
    }

    private static boolean changed(float[] parameters) {
        int fractions = 0;
        for (float parameter : parameters) {
            fractions += parameter == Math.rint(parameter) ? 0 : 1;
        }
        return fractions > 100;
    }

    private static float[] step(Backend backend, int n, boolean share) {
        SmallNetwork network = new SmallNetwork(share);
        float[] parameters = few(Numbers.integers(new Random(5), network.parameterElements(), 1));
        float[] x = Numbers.integers(new Random(6), n * network.input().shape().size(), 1);
        float[] t = Numbers.integers(new Random(7), n * network.target().shape().size(), 3);
        return network.step(backend, 4, new Run(n, 0, 0, 0, 0x1p-6f, 0, 0, 0), parameters, x, t);
    }

    /** Every third one, so that results stay so small that eight bits hold them: what bfloat16 has. */
    private static float[] few(float[] parameters) {
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] = i % 3 == 0 ? parameters[i] : 0;
        }
        return parameters;
    }

    /** A view reads and writes the memory of its root, wherever that lies. */
    private void valuesThatShareOneMemoryKeepApart() {
        try (Memory memory = backend().allocate("test", ElementType.FLOAT32, 1024)) {
            Value a = Value.input("a", Shape.of(2, 3));
            Value view = a.reshaped("view", Shape.of(6));
            Value sum = Value.activation("sum", Shape.of(6));
            Placement placement = new Placement();
            placement.put(a, memory, 512);
            placement.put(sum, memory, 256);
            Graph graph = new Graph(List.of(new Reshape(a, view), new Add(view, view, sum)));
            memory.write(512, new float[] {1, 2, 3, 4, 5, 6}, 0, 6);
            try (Executable executable = backend().prepare(graph, placement, 1)) {
                executable.run(Run.inference(1, 0));
            }
            float[] read = new float[6];
            memory.read(256, read, 0, 6);
            assertArrayEquals(new float[] {2, 4, 6, 8, 10, 12}, read, "twice the view");
        }
    }
}
