package conv4j.selftest;

import static conv4j.selftest.Assertions.assertEquals;

import conv4j.graph.Activation;
import conv4j.graph.Add;
import conv4j.graph.AddBias;
import conv4j.graph.AveragePool2d;
import conv4j.graph.Concatenate;
import conv4j.graph.Conv2d;
import conv4j.graph.Dropout;
import conv4j.graph.Gradients;
import conv4j.graph.Graph;
import conv4j.graph.MatMul;
import conv4j.graph.Operation;
import conv4j.graph.Pad2d;
import conv4j.graph.UpSample2d;
import conv4j.graph.Value;
import conv4j.shape.ConvGeometry;
import conv4j.shape.Padding;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The gradient of an operation that is linear in an input is its adjoint there: {@code <A x, dy> = <x, A' dy>}. On integers
 * every sum is exact, so that both sides are equal to the last bit, without an oracle.
 */
final class AdjointContract extends Contract {

    /** An operation, the sets of inputs in each of which it is linear while the others stay, and a batch. */
    private record Case(Operation operation, List<List<Value>> linearIn, int n) {

        @Override
        public String toString() {
            return operation + " in a batch of " + n;
        }
    }

    AdjointContract(Subject subject) {
        super("adjoints", subject);
    }

    @Override
    List<Check> checks() {
        return List.of(
                check("of convolutions in random geometries", () -> each(convolutions(), this::isAdjoint)),
                check("of mean pooling in random geometries", () -> each(poolings(), this::isAdjoint)),
                check("of products of random sizes", () -> each(products(), this::isAdjoint)),
                check("of everything that moves and adds", () -> each(movements(), this::isAdjoint)));
    }

    private void isAdjoint(Case c) {
        for (List<Value> xs : c.linearIn) {
            long start = System.nanoTime();
            isAdjoint(c, xs);
            subject().tally().add(c.operation.name() + " (adjoint)", 0, System.nanoTime() - start);
        }
    }

    private void isAdjoint(Case c, List<Value> xs) {
        Graph graph = new Graph(List.of(c.operation));
        Value y = c.operation.outputs().get(0);
        Value dy = y.like("dy");
        Map<Value, Value> dxs = new Gradients(graph, xs).from(y, dy).append();
        Random random = random();
        GraphRun run = new GraphRun(c.n).put(dy, integers(random, dy, c.n));
        c.operation.inputs().forEach(input -> run.put(input, integers(random, input, c.n)));
        run.of(graph, backend());
        double sum = xs.stream().mapToDouble(x -> run.dot(x, dxs.get(x))).sum();
        assertEquals(run.dot(y, dy), sum, "<x, A' dy> for " + xs + " of " + c);
    }

    private static float[] integers(Random random, Value value, int n) {
        return Numbers.integers(random, (int) value.elements(n), 3);
    }

    private List<Case> convolutions() {
        List<Case> cases = new ArrayList<>();
        Random random = random();
        for (int i = 0; i < Math.max(3, randomCases()); i++) {
            ConvGeometry g = ConvolutionContract.geometry(random);
            Value x = Value.activation("input", g.inputShape());
            Value w = Value.parameter("kernel", g.kernelShape());
            Value y = Value.activation("output", g.outputShape());
            int n = 1 + random.nextInt(4);
            cases.add(new Case(new Conv2d(x, w, y, g), each(x, w), n));
            cases.add(new Case(new Conv2d.InputGradient(y, w, x, g), each(y, w), n));
        }
        return cases;
    }

    /** Windows of one, two and four elements, by which integers are divided without rounding. */
    private List<Case> poolings() {
        List<Case> cases = new ArrayList<>();
        Random random = random();
        for (int i = 0; i < Math.max(3, randomCases()); i++) {
            int rows = 1 << random.nextInt(2);
            int columns = 1 << random.nextInt(2);
            PoolGeometry g = new PoolGeometry(
                    Padding.VALID.rows(rows + random.nextInt(9), rows, 1 + random.nextInt(3), 1),
                    Padding.VALID.columns(columns + random.nextInt(9), columns, 1 + random.nextInt(3), 1),
                    1 + random.nextInt(20));
            Value x = Value.activation("input", g.inputShape());
            Value y = Value.activation("output", g.outputShape());
            cases.add(new Case(new AveragePool2d(x, y, g), each(x), 1 + random.nextInt(4)));
        }
        return cases;
    }

    private List<Case> products() {
        List<Case> cases = new ArrayList<>();
        Random random = random();
        for (int i = 0; i < Math.max(3, randomCases()); i++) {
            int inner = 1 + random.nextInt(90);
            int columns = 1 + random.nextInt(40);
            Value a = Value.activation("left", Shape.of(inner));
            Value b = Value.parameter("right", Shape.of(inner, columns));
            Value y = Value.activation("product", Shape.of(columns));
            MatMul product = new MatMul(a, b, null, y, false, false, Activation.LINEAR);
            cases.add(new Case(product, each(a, b), 1 + random.nextInt(40)));
        }
        return cases;
    }

    private static Value items(String name, int... shape) {
        return Value.activation(name, Shape.of(shape));
    }

    private static List<Case> movements() {
        List<Case> cases = new ArrayList<>();
        for (int channels : new int[] {1, 3, 8, 17, 33}) {
            Value x = items("input", 3, 5, channels);
            Value other = items("other", 3, 5, channels);
            Value bias = Value.parameter("bias", Shape.of(channels));
            cases.add(one(new Pad2d(x, items("padded", 6, 9, channels), 1, 3), x));
            cases.add(one(new Pad2d.Crop(x, items("cropped", 2, 3, channels), 0, 1), x));
            cases.add(one(new UpSample2d(x, items("enlarged", 6, 15, channels), 2, 3, false), x));
            cases.add(one(new UpSample2d(x, items("enlarged", 6, 10, channels), 2, 2, true), x));
            cases.add(one(new Dropout(x, x.like("dropped"), 0.5f, 1), x));
            Value joined = items("joined", 3, 10, channels);
            cases.add(new Case(new Concatenate(List.of(x, other), joined, 1), List.of(List.of(x, other)), 3));
            cases.add(new Case(new Add(x, x, x.like("sum")), each(x), 3));
            cases.add(new Case(new AddBias(x, bias, x.like("shifted")), List.of(List.of(x, bias)), 3));
        }
        return cases;
    }

    private static Case one(Operation operation, Value x) {
        return new Case(operation, each(x), 3);
    }

    private static List<List<Value>> each(Value... values) {
        return Stream.of(values).map(List::of).toList();
    }
}
