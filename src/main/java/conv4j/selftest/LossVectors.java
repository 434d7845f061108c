package conv4j.selftest;

import static conv4j.selftest.Numbers.SMALLEST;
import static conv4j.selftest.Numbers.gamma;

import conv4j.backend.Backend;
import conv4j.files.Safetensors;
import conv4j.graph.Loss;
import conv4j.graph.LossFunction;
import conv4j.graph.Value;
import conv4j.shape.Shape;

/** A case of softmax cross-entropy with class indices that PyTorch computed; its loss is the mean over the batch. */
final class LossVectors {

    private final Safetensors file;
    private final Backend backend;

    LossVectors(Safetensors file, Backend backend) {
        this.file = file;
        this.backend = backend;
    }

    void check(String title) {
        float smoothing = Float.parseFloat(file.metadata("label_smoothing"));
        LossFunction function = new LossFunction(LossFunction.Kind.SPARSE_CATEGORICAL_CROSSENTROPY, true, smoothing, 1);
        int n = Vectors.batch(file, "logits");
        LossContract.Case c = new LossContract.Case(function, Vectors.itemShape(file, "logits"), n, n);
        float[] logits = file.floats("logits");
        float[] labels = file.floats("labels");
        Loss loss = new Loss(c.prediction(), c.target(), Value.activation("loss", Shape.SCALAR), function);
        float[] perItem = Trial.of(title, loss, n, n)
                .put(loss.prediction(), logits)
                .put(loss.target(), labels)
                .on(backend)
                .single();
        double mean = 0;
        double bound = 0;
        for (int item = 0; item < n; item++) {
            mean += perItem[item] / (double) n;
            bound += gamma(2 * c.columns() + 33)
                    * LossContract.Row.of(c, logits, labels, item).size()
                    / n;
        }
        double tolerance = bound;
        Vectors.compare(
                title,
                "loss",
                file.floats("loss"),
                new float[] {(float) mean},
                i -> tolerance + Numbers.UNIT * Math.abs(file.floats("loss")[0]));
        gradient(title, c, logits, labels);
    }

    private void gradient(String title, LossContract.Case c, float[] logits, float[] labels) {
        Value dp = Value.activation("dlogits", c.shape());
        Loss.Gradient operation = new Loss.Gradient(c.prediction(), c.target(), dp, c.function());
        float[] got = Trial.of(title, operation, c.n(), c.maxBatch())
                .put(operation.prediction(), logits)
                .put(operation.target(), labels)
                .on(backend)
                .single();
        // exp(z - max) is off by the rounding of z - max; that and the sum are relative to the probability.
        double[] p = new double[logits.length];
        double[] largest = new double[c.n()];
        for (int row = 0; row < c.n(); row++) {
            largest[row] = ProbabilityContract.largest(logits, row, c.columns());
            double sum = 0;
            for (int i = row * c.columns(); i < (row + 1) * c.columns(); i++) {
                p[i] = Math.exp(logits[i] - largest[row]);
                sum += p[i];
            }
            for (int i = row * c.columns(); i < (row + 1) * c.columns(); i++) {
                p[i] /= sum;
            }
        }
        Vectors.compare(title, "dlogits", file.floats("dlogits"), got, i -> {
            int row = i / c.columns();
            double target = labels[row] == i % c.columns() ? 1 : c.function().labelSmoothing() / c.columns();
            double relative = gamma(c.columns() + 32) + gamma(4) * largest[row];
            return (relative * p[i] + gamma(8) * target) / c.n() + SMALLEST;
        });
    }
}
