package conv4j.backend.cpu;

import conv4j.backend.Backend;
import conv4j.backend.Executable;
import conv4j.backend.Memory;
import conv4j.backend.Placement;
import conv4j.backend.Run;
import conv4j.backend.Step;
import conv4j.graph.*;
import conv4j.shape.ConvGeometry;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Shape;
import conv4j.shape.Window;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Times training steps of the first CNN, built from graph records: {@code FirstCnnTimes [java|onednn] [batch] [steps]}.
 * Prints milliseconds per operation, images per second and a checksum of the parameters.
 */
final class FirstCnnTimes {

    private static final float SLOPE = 0.1f;

    private final Graph graph = new Graph();
    private final List<Value> parameters = new ArrayList<>();
    private Value current;
    private int stream;

    private FirstCnnTimes() {}

    /** The program. */
    public static void main(String[] args) {
        boolean oneDnn = args.length == 0 || args[0].equals("onednn");
        int batch = args.length < 2 ? 32 : Integer.parseInt(args[1]);
        int steps = args.length < 3 ? 60 : Integer.parseInt(args[2]);
        String threads = System.getenv(CpuBackend.THREADS_VARIABLE);
        int count = threads == null ? Runtime.getRuntime().availableProcessors() : Integer.parseInt(threads);
        long start = System.nanoTime();
        try (Backend backend = new CpuBackend(count, oneDnn)) {
            new FirstCnnTimes().run(backend, batch, steps, start);
        }
    }

    private void convolution(int filters) {
        Shape in = current.shape();
        Window rows = new Window(in.dim(0), 3, 1, 1, 1, 1);
        ConvGeometry geometry = new ConvGeometry(rows, rows, in.dim(2), filters, 1);
        Value kernel = parameter(geometry.kernelShape());
        Value bias = parameter(Shape.of(filters));
        Value output = Value.activation("conv", geometry.outputShape());
        graph.add(new Conv2d(current, kernel, bias, output, geometry, Activation.leakyRelu(SLOPE)));
        current = output;
    }

    private Value parameter(Shape shape) {
        Value value = Value.parameter("p" + parameters.size(), shape);
        parameters.add(value);
        return value;
    }

    private void poolAndDropout() {
        Shape in = current.shape();
        Window rows = new Window(in.dim(0), 2, 2, 1, 0, 0);
        PoolGeometry geometry = new PoolGeometry(rows, rows, in.dim(2));
        Value output = Value.activation("pool", geometry.outputShape());
        graph.add(new MaxPool2d(current, output, geometry));
        current = output;
        dropout(0.25f);
    }

    private void dropout(float rate) {
        Value output = current.like("dropout");
        graph.add(new Dropout(current, output, rate, stream++));
        current = output;
    }

    private void dense(int units, Activation activation) {
        Value kernel = parameter(Shape.of(current.shape().size(), units));
        Value bias = parameter(Shape.of(units));
        Value output = Value.activation("dense", Shape.of(units));
        graph.add(new MatMul(current, kernel, bias, output, false, false, activation));
        current = output;
    }

    private void run(Backend backend, int batch, int steps, long start) {
        Value images = Value.input("images", Shape.of(32, 32, 3));
        Value labels = Value.input("labels", Shape.of());
        current = images;
        convolution(16);
        convolution(32);
        poolAndDropout();
        convolution(32);
        convolution(64);
        poolAndDropout();
        Value flat = current.reshaped("flat", Shape.of(current.shape().size()));
        graph.add(new Reshape(current, flat));
        current = flat;
        dense(256, Activation.leakyRelu(SLOPE));
        dropout(0.5f);
        dense(10, Activation.LINEAR);
        Value loss = Value.activation("loss", Shape.of());
        LossFunction function = LossFunction.of(LossFunction.Kind.SPARSE_CATEGORICAL_CROSSENTROPY)
                .onLogits();
        graph.add(new Loss(current, labels, loss, function));
        graph.retain(loss);
        graph.retain(images);
        graph.retain(labels);
        Map<Value, Value> gradients =
                new Gradients(graph, parameters).ofLoss(loss).append();

        Placement fixed = new Placement();
        long total = 0;
        Map<Value, Long> offsets = new IdentityHashMap<>();
        for (Value parameter : parameters) {
            offsets.put(parameter, total);
            total += MemoryPlan.aligned(parameter.shape().size());
        }
        Shape flatShape = Shape.of((int) total);
        Value w = Value.parameter("w", flatShape);
        Value g = Value.unbatched("g", flatShape);
        Value m = Value.state("m", flatShape);
        Value u = Value.state("u", flatShape);
        for (Value value : List.of(w, g, m, u)) {
            fixed.put(value, backend.allocate("parameters", ElementType.FLOAT32, total), 0);
        }
        for (Value parameter : parameters) {
            fixed.put(parameter, fixed.of(w).memory(), offsets.get(parameter));
            fixed.put(gradients.get(parameter), fixed.of(g).memory(), offsets.get(parameter));
        }
        Update.Rule rule =
                new Update.Rule(Update.Kind.ADAMAX, 0.9f, 0.999f, 1e-7f, false, false, 0, Float.POSITIVE_INFINITY);
        graph.add(new Update(rule, w, g, List.of(m, u)));
        MemoryPlan plan =
                MemoryPlan.of(graph, batch, operation -> backend.scratch(operation, batch), fixed.placed(), 1 << 28);
        List<Memory> slabs = fixed.allocate(graph, plan, backend);
        initialize(fixed, images, labels, batch);
        try (Executable executable = backend.prepare(graph, fixed, batch)) {
            time(backend, executable, batch, steps, fixed, loss, start);
        }
        float[] all = new float[(int) total];
        fixed.of(w).memory().read(0, all, 0, all.length);
        System.out.printf(
                "parameters' checksum %08x, %d bytes planned, %d allocated at most%n",
                java.util.Arrays.hashCode(all), plan.bytes(), backend.peakBytes());
        slabs.forEach(Memory::close);
    }

    private void initialize(Placement placement, Value images, Value labels, int batch) {
        Random random = new Random(1);
        for (Value parameter : parameters) {
            float[] values = new float[parameter.shape().size()];
            int fan = parameter.shape().size() / parameter.shape().columns();
            for (int i = 0; i < values.length; i++) {
                values[i] = parameter.shape().rank() == 1 ? 0 : (float) (random.nextGaussian() / Math.sqrt(fan));
            }
            write(placement, parameter, values);
        }
        float[] pixels = new float[batch * images.shape().size()];
        float[] classes = new float[batch];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = random.nextFloat() - 0.5f;
        }
        for (int i = 0; i < batch; i++) {
            classes[i] = random.nextInt(10);
        }
        write(placement, images, pixels);
        write(placement, labels, classes);
    }

    private static void write(Placement placement, Value value, float[] values) {
        placement.of(value).memory().write(placement.of(value).offset(), values, 0, values.length);
    }

    private static void time(
            Backend backend, Executable executable, int batch, int steps, Placement placement, Value loss, long start) {
        for (int step = 0; step < steps / 2; step++) {
            executable.run(run(batch, step));
            if (step == 0) {
                System.out.printf(
                        "%s: first step after %.2f s%n", backend.device().describe(), seconds(start));
            }
        }
        double[] times = new double[steps];
        for (int step = 0; step < steps; step++) {
            long from = System.nanoTime();
            executable.run(run(batch, steps + step));
            times[step] = seconds(from);
        }
        java.util.Arrays.sort(times);
        double median = times[steps / 2];
        float[] losses = new float[batch];
        placement.of(loss).memory().read(placement.of(loss).offset(), losses, 0, batch);
        System.out.printf(
                "batch %d: %.2f ms a step (median; best %.2f), %.0f images/s (best %.0f), first loss %.4f%n",
                batch, median * 1e3, times[0] * 1e3, batch / median, batch / times[0], losses[0]);
        profile(executable, batch);
    }

    private static void profile(Executable executable, int batch) {
        List<Step> steps = executable.steps();
        double[] best = new double[steps.size()];
        java.util.Arrays.fill(best, Double.MAX_VALUE);
        for (int repeat = 0; repeat < 20; repeat++) {
            for (int i = 0; i < best.length; i++) {
                long from = System.nanoTime();
                steps.get(i).run(run(batch, 100 + repeat));
                best[i] = Math.min(best[i], seconds(from));
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < best.length; i++) {
            text.append(String.format("%s %.0f us%n", executable.names().get(i), best[i] * 1e6));
        }
        System.out.print(text);
    }

    private static Run run(int batch, int step) {
        return new Run(batch, step, 7, 0, 0.001f, 0.001f, 1e-7f, 0);
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) * 1e-9;
    }
}
