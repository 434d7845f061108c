package conv4j.selftest;

import static conv4j.selftest.Numbers.UNIT;
import static conv4j.selftest.Numbers.gamma;

import conv4j.backend.Backend;
import conv4j.files.Safetensors;
import conv4j.graph.BatchNormalization;
import conv4j.graph.Operation;
import conv4j.graph.Value;
import conv4j.shape.Shape;

/** A case of batch normalization that PyTorch computed. */
final class NormalizationVectors {

    private final Safetensors file;
    private final Backend backend;
    private final float[] x;
    private final float[] gamma;
    private final int channels;
    private final int rows;
    private final double epsilon;

    NormalizationVectors(Safetensors file, Backend backend) {
        this.file = file;
        this.backend = backend;
        x = file.floats("x");
        gamma = file.floats("gamma");
        channels = gamma.length;
        rows = x.length / channels;
        epsilon = Float.parseFloat(file.metadata("epsilon"));
    }

    void check(String title) {
        inference(title);
        gradients(title, training(title));
    }

    private Value items(String name) {
        return Value.activation(name, Vectors.itemShape(file, "x"));
    }

    private Value perChannel(String name) {
        return Value.unbatched(name, Shape.of(channels));
    }

    private Trial trial(String title, Operation operation) {
        Trial trial = Trial.of(title, operation, Vectors.batch(file, "x"), Vectors.batch(file, "x"));
        operation.inputs().stream()
                .filter(value -> file.names().contains(value.name()))
                .forEach(value -> trial.put(value, file.floats(value.name())));
        return trial;
    }

    private BatchNormalization training(String title) {
        float momentum = Float.parseFloat(file.metadata("momentum"));
        BatchNormalization operation = new BatchNormalization(
                items("x"),
                perChannel("gamma"),
                perChannel("beta"),
                perChannel("moving_mean"),
                perChannel("moving_variance"),
                items("y_training"),
                perChannel("mean"),
                perChannel("inverse deviation"),
                momentum,
                (float) epsilon);
        Trial.Results got = trial(title, operation).on(backend);
        float[] beta = file.floats("beta");
        Vectors.compare(title, "y_training", file.floats("y_training"), got.of(operation.output()), i -> {
            NormalizationContract.Moments m = moments(i);
            double off = Math.abs(x[i] - m.mean()) * m.inverseError(epsilon) + m.meanError();
            double size = 2 * off + 4 * UNIT * (Math.abs(x[i]) + Math.abs(m.mean()));
            return Math.abs(gamma[i % channels]) * inverse(m) * size + 8 * UNIT * (1 + Math.abs(beta[i % channels]));
        });
        float[] mean = file.floats("moving_mean");
        float[] variance = file.floats("moving_variance");
        Vectors.compare(
                title,
                "moving_mean_after",
                file.floats("moving_mean_after"),
                got.of(operation.movingMean()),
                i -> moments(i).meanError()
                        + 8 * UNIT * (Math.abs(mean[i]) + Math.abs(moments(i).mean())));
        Vectors.compare(
                title,
                "moving_variance_after",
                file.floats("moving_variance_after"),
                got.of(operation.movingVariance()),
                i -> moments(i).varianceError()
                        + 8 * UNIT * (variance[i] + moments(i).variance()));
        return operation;
    }

    private NormalizationContract.Moments moments(int index) {
        return NormalizationContract.Moments.of(x, index % channels, channels);
    }

    private double inverse(NormalizationContract.Moments m) {
        return 1 / Math.sqrt(m.variance() + epsilon);
    }

    private void inference(String title) {
        BatchNormalization.Inference operation = new BatchNormalization.Inference(
                items("x"),
                perChannel("gamma"),
                perChannel("beta"),
                perChannel("moving_mean"),
                perChannel("moving_variance"),
                items("y_inference"),
                (float) epsilon);
        float[] beta = file.floats("beta");
        float[] mean = file.floats("moving_mean");
        float[] variance = file.floats("moving_variance");
        float[] y = trial(title, operation).on(backend).single();
        Vectors.compare(title, "y_inference", file.floats("y_inference"), y, i -> {
            int c = i % channels;
            double scale = Math.abs(gamma[c]) / Math.sqrt(variance[c] + epsilon);
            return gamma(12) * (scale * (Math.abs(x[i]) + Math.abs(mean[c])) + Math.abs(beta[c]));
        });
    }

    /** Mean and deviation go in as floats, so normal values are off in units of (|x| + |mean|) / deviation. */
    private void gradients(String title, BatchNormalization forward) {
        BatchNormalization.Gradient operation = new BatchNormalization.Gradient(
                forward.input(),
                items("dy"),
                forward.gamma(),
                forward.mean(),
                forward.inverseDeviation(),
                items("dx"),
                perChannel("dgamma"),
                perChannel("dbeta"));
        float[] mean = new float[channels];
        float[] inverse = new float[channels];
        double[] sums = new double[channels];
        double[] normalSums = new double[channels];
        float[] dy = file.floats("dy");
        for (int c = 0; c < channels; c++) {
            mean[c] = (float) moments(c).mean();
            inverse[c] = (float) inverse(moments(c));
        }
        for (int i = 0; i < x.length; i++) {
            sums[i % channels] += Math.abs(dy[i]);
            normalSums[i % channels] += Math.abs(dy[i]) * normal(i, mean, inverse);
        }
        Trial.Results got = trial(title, operation)
                .put(operation.mean(), mean)
                .put(operation.inverseDeviation(), inverse)
                .on(backend);
        double relative = gamma(rows + 16);
        Vectors.compare(
                title, "dbeta", file.floats("dbeta"), got.of(operation.betaGradient()), c -> relative * sums[c]);
        Vectors.compare(
                title,
                "dgamma",
                file.floats("dgamma"),
                got.of(operation.gammaGradient()),
                c -> relative * normalSums[c]);
        Vectors.compare(title, "dx", file.floats("dx"), got.of(operation.inputGradient()), i -> {
            int c = i % channels;
            double size = Math.abs(dy[i]) + (sums[c] + normal(i, mean, inverse) * normalSums[c]) / rows;
            return Math.abs((double) gamma[c] * inverse[c]) * relative * size;
        });
    }

    private double normal(int i, float[] mean, float[] inverse) {
        return (Math.abs(x[i]) + Math.abs(mean[i % channels])) * inverse[i % channels];
    }
}
