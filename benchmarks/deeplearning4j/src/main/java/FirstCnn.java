import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * Times the first CNN in Deeplearning4j, on one batch in memory, in both layouts of images:
 *
 * <pre>FirstCnn RUNS NAME...</pre>
 *
 * with names as of {@code ./conv4j bench --list}, such as "first-cnn training batch 32"; others are left out. Prints one
 * JSON object a line, with the same fields as benchmarks/pytorch_bench.py. Threads come from OMP_NUM_THREADS.
 */
public final class FirstCnn {

    private static final Pattern NAME = Pattern.compile("first-cnn (training|inference) batch (\\d+)");
    private static final int CLASSES = 10;
    private static final int SIZE = 32;
    private static final double WARM_UP = 1;
    private static final double LONG_ENOUGH = 0.5;

    private FirstCnn() {}

    /** Runs it. */
    public static void main(String[] arguments) {
        int runs = Integer.parseInt(arguments[0]);
        Nd4j.getMemoryManager().togglePeriodicGc(false);
        for (String name : Arrays.copyOfRange(arguments, 1, arguments.length)) {
            Matcher parts = NAME.matcher(name);
            if (parts.matches()) {
                for (CNN2DFormat format : CNN2DFormat.values()) {
                    report(name, parts.group(1).equals("training"), Integer.parseInt(parts.group(2)), format, runs);
                }
            }
        }
    }

    private static void report(String name, boolean training, int batch, CNN2DFormat format, int runs) {
        String row = String.format(
                Locale.ROOT,
                "\"group\": \"training\", \"name\": \"%s\", \"batch\": %d, \"precision\": \"float32\","
                        + " \"mode\": \"eager\", \"layout\": \"%s\"",
                name,
                batch,
                format == CNN2DFormat.NCHW ? "channels-first" : "channels-last");
        try {
            List<Double> seconds = measure(training, batch, format, runs);
            System.out.printf(
                    Locale.ROOT,
                    "{%s, \"seconds\": %.9f, \"seconds_least\": %.9f, \"seconds_most\": %.9f, \"runs\": %d,"
                            + " \"skipped\": null}%n",
                    row,
                    (seconds.get((runs - 1) / 2) + seconds.get(runs / 2)) / 2,
                    seconds.get(0),
                    seconds.get(runs - 1),
                    runs);
        } catch (RuntimeException e) {
            // Its dropout does not know that channels may be last, for one.
            System.out.printf("{%s, \"seconds\": null, \"runs\": 0, \"skipped\": \"Deeplearning4j fails\"}%n", row);
        }
    }

    /** Seconds of a step, the shortest first. */
    private static List<Double> measure(boolean training, int batch, CNN2DFormat format, int runs) {
        Nd4j.getRandom().setSeed(1);
        MultiLayerNetwork network = network(format);
        INDArray images = format == CNN2DFormat.NCHW
                ? Nd4j.rand(DataType.FLOAT, batch, 3, SIZE, SIZE)
                : Nd4j.rand(DataType.FLOAT, batch, SIZE, SIZE, 3);
        INDArray labels = Nd4j.zeros(DataType.FLOAT, batch, CLASSES);
        for (int i = 0; i < batch; i++) {
            labels.putScalar(i, i % CLASSES, 1);
        }
        Runnable step = training ? () -> network.fit(images, labels) : () -> network.output(images, false);
        List<Double> seconds = times(step, runs);
        seconds.sort(null);
        return seconds;
    }

    /** The network of conv4j's presets: the same layers, the same rates, Adamax, cross-entropy. */
    private static MultiLayerNetwork network(CNN2DFormat format) {
        NeuralNetConfiguration.ListBuilder layers = new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.FLOAT)
                .updater(new AdaMax(0.005))
                .convolutionMode(ConvolutionMode.Same)
                .list();
        layers.layer(convolution(16, 0, format));
        layers.layer(convolution(32, 0, format));
        layers.layer(pooling(format));
        // Deeplearning4j's dropout is on the input of a layer, and its number the share that is kept.
        layers.layer(convolution(32, 0.75, format));
        layers.layer(convolution(64, 0, format));
        layers.layer(pooling(format));
        layers.layer(new DenseLayer.Builder().nOut(256).activation(leaky()).dropOut(0.75).build());
        layers.layer(new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .dropOut(0.5)
                .build());
        layers.setInputType(InputType.convolutional(SIZE, SIZE, 3, format));
        MultiLayerNetwork network = new MultiLayerNetwork(layers.build());
        network.init();
        return network;
    }

    private static IActivation leaky() {
        return new ActivationLReLU(0.1);
    }

    private static ConvolutionLayer convolution(int filters, double kept, CNN2DFormat format) {
        ConvolutionLayer.Builder layer = new ConvolutionLayer.Builder(3, 3)
                .nOut(filters)
                .activation(leaky())
                .dataFormat(format);
        return (kept > 0 ? layer.dropOut(kept) : layer).build();
    }

    private static SubsamplingLayer pooling(CNN2DFormat format) {
        return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                .kernelSize(2, 2)
                .stride(2, 2)
                .dataFormat(format)
                .build();
    }

    private static List<Double> times(Runnable step, int runs) {
        double once = seconds(step, 1);
        long begin = System.nanoTime();
        while ((System.nanoTime() - begin) * 1e-9 < WARM_UP) {
            once = seconds(step, 1);
        }
        int steps = (int) Math.max(1, LONG_ENOUGH / once);
        List<Double> all = new ArrayList<>();
        for (int run = 0; run < runs; run++) {
            all.add(seconds(step, steps) / steps);
        }
        return all;
    }

    private static double seconds(Runnable step, int times) {
        long begin = System.nanoTime();
        for (int i = 0; i < times; i++) {
            step.run();
        }
        return (System.nanoTime() - begin) * 1e-9;
    }
}
