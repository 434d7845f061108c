package conv4j.backend.cpu;

import conv4j.backend.Run;
import conv4j.backend.Step;
import conv4j.graph.Accumulate;
import conv4j.graph.Activate;
import conv4j.graph.Add;
import conv4j.graph.AddBias;
import conv4j.graph.Augment;
import conv4j.graph.AveragePool2d;
import conv4j.graph.BatchNormalization;
import conv4j.graph.Binary;
import conv4j.graph.ClipByNorm;
import conv4j.graph.ColumnSums;
import conv4j.graph.Concatenate;
import conv4j.graph.Conv2d;
import conv4j.graph.Dropout;
import conv4j.graph.Gather;
import conv4j.graph.Loss;
import conv4j.graph.MatMul;
import conv4j.graph.MaxPool2d;
import conv4j.graph.Metric;
import conv4j.graph.Operations;
import conv4j.graph.Pad2d;
import conv4j.graph.Penalty;
import conv4j.graph.Rearrange;
import conv4j.graph.Reduce;
import conv4j.graph.Reshape;
import conv4j.graph.ScaleItems;
import conv4j.graph.Softmax;
import conv4j.graph.Unary;
import conv4j.graph.Unscale;
import conv4j.graph.UpSample2d;
import conv4j.graph.Update;
import java.util.function.Supplier;

/** Turns operations into steps; the families do the work. */
final class CpuOperations implements Operations<Step> {

    private final Elementwise elementwise;
    private final Rows rows;
    private final Pooling pooling;
    private final NotedPooling notedPooling;
    private final Normalization normalization;
    private final Images images;
    private final Movement movement;
    private final General general;
    private final Augmentations augmentations;
    private final Reductions reductions;
    private final Penalties penalties;
    private final Optimizer optimizer;
    private final JavaConvolution convolution;
    private final JavaKernelGradient kernelGradient;
    private final JavaProducts products;
    private final OneDnnSteps oneDnn;
    private final int maxBatch;

    /**
     * The operations of one executable.
     *
     * @param blocks threads and places
     * @param oneDnn the native library's, null for none
     * @param maxBatch the largest batch
     */
    CpuOperations(Blocks blocks, OneDnnSteps oneDnn, int maxBatch) {
        this.elementwise = new Elementwise(blocks);
        this.rows = new Rows(blocks);
        this.pooling = new Pooling(blocks);
        this.notedPooling = new NotedPooling(blocks);
        this.normalization = new Normalization(blocks);
        this.images = new Images(blocks);
        this.movement = new Movement(blocks);
        this.general = new General(blocks);
        this.augmentations = new Augmentations(blocks);
        this.reductions = new Reductions(blocks);
        this.penalties = new Penalties(blocks);
        this.optimizer = new Optimizer(blocks);
        this.convolution = new JavaConvolution(blocks);
        this.kernelGradient = new JavaKernelGradient(blocks);
        this.products = new JavaProducts(blocks);
        this.oneDnn = oneDnn;
        this.maxBatch = maxBatch;
    }

    /** The native library's step, or ours where it is missing or refuses such sizes. */
    private Step either(Supplier<Step> nativeStep, Supplier<Step> javaStep) {
        if (oneDnn == null) {
            return javaStep.get();
        }
        try {
            return nativeStep.get();
        } catch (OneDnn.Refusal e) {
            return javaStep.get();
        }
    }

    @Override
    public Step conv2d(Conv2d operation) {
        return either(() -> oneDnn.forward(operation), () -> convolution.forward(operation));
    }

    @Override
    public Step conv2dInputGradient(Conv2d.InputGradient operation) {
        return either(() -> oneDnn.inputGradient(operation), () -> convolution.inputGradient(operation));
    }

    @Override
    public Step conv2dKernelGradient(Conv2d.KernelGradient operation) {
        return either(() -> oneDnn.kernelGradient(operation), () -> kernelGradient.kernelGradient(operation, maxBatch));
    }

    @Override
    public Step matMul(MatMul operation) {
        return either(() -> oneDnn.matMul(operation), () -> products.matMul(operation));
    }

    @Override
    public Step addBias(AddBias operation) {
        return elementwise.addBias(operation);
    }

    @Override
    public Step columnSums(ColumnSums operation) {
        return reductions.columnSums(operation);
    }

    @Override
    public Step activate(Activate operation) {
        return elementwise.activate(operation);
    }

    @Override
    public Step activateGradient(Activate.Gradient operation) {
        return elementwise.activateGradient(operation);
    }

    @Override
    public Step softmax(Softmax operation) {
        return rows.softmax(operation);
    }

    @Override
    public Step softmaxGradient(Softmax.Gradient operation) {
        return rows.softmaxGradient(operation);
    }

    @Override
    public Step maxPool2d(MaxPool2d operation) {
        return operation.places() == null ? pooling.max(operation) : notedPooling.max(operation);
    }

    @Override
    public Step maxPool2dGradient(MaxPool2d.Gradient operation) {
        return pooling.maxGradient(operation);
    }

    @Override
    public Step maxPool2dPlacesGradient(MaxPool2d.PlacesGradient operation) {
        return notedPooling.gradient(operation);
    }

    @Override
    public Step averagePool2d(AveragePool2d operation) {
        return pooling.average(operation);
    }

    @Override
    public Step averagePool2dGradient(AveragePool2d.Gradient operation) {
        return pooling.averageGradient(operation);
    }

    @Override
    public Step dropout(Dropout operation) {
        return elementwise.dropout(operation);
    }

    @Override
    public Step batchNormalization(BatchNormalization operation) {
        return normalization.training(operation);
    }

    @Override
    public Step batchNormalizationGradient(BatchNormalization.Gradient operation) {
        return normalization.gradient(operation);
    }

    @Override
    public Step batchNormalizationInference(BatchNormalization.Inference operation) {
        return normalization.inference(operation);
    }

    @Override
    public Step batchNormalizationInferenceGradient(BatchNormalization.InferenceGradient operation) {
        return normalization.inferenceGradient(operation);
    }

    @Override
    public Step pad2d(Pad2d operation) {
        return images.pad(operation);
    }

    @Override
    public Step crop2d(Pad2d.Crop operation) {
        return images.crop(operation);
    }

    @Override
    public Step upSample2d(UpSample2d operation) {
        return images.upSample(operation);
    }

    @Override
    public Step upSample2dGradient(UpSample2d.Gradient operation) {
        return images.upSampleGradient(operation);
    }

    @Override
    public Step add(Add operation) {
        return elementwise.add(operation);
    }

    @Override
    public Step concatenate(Concatenate operation) {
        return movement.concatenate(operation);
    }

    @Override
    public Step split(Concatenate.Split operation) {
        return movement.split(operation);
    }

    @Override
    public Step reshape(Reshape operation) {
        return new ItemStep() {
            @Override
            public void run(Run run) {}

            @Override
            public void run(Run run, int first, int items, Lane lane) {}
        };
    }

    @Override
    public Step unary(Unary operation) {
        return general.unary(operation);
    }

    @Override
    public Step unaryGradient(Unary.Gradient operation) {
        return general.unaryGradient(operation);
    }

    @Override
    public Step binary(Binary operation) {
        return general.binary(operation);
    }

    @Override
    public Step rearrange(Rearrange operation) {
        return general.rearrange(operation);
    }

    @Override
    public Step reduce(Reduce operation) {
        return general.reduce(operation);
    }

    @Override
    public Step loss(Loss operation) {
        return rows.loss(operation);
    }

    @Override
    public Step lossGradient(Loss.Gradient operation) {
        return rows.lossGradient(operation);
    }

    @Override
    public Step metric(Metric operation) {
        return rows.metric(operation);
    }

    @Override
    public Step scaleItems(ScaleItems operation) {
        return elementwise.scaleItems(operation);
    }

    @Override
    public Step penalty(Penalty operation) {
        return penalties.penalty(operation);
    }

    @Override
    public Step penaltyGradient(Penalty.Gradient operation) {
        return penalties.gradient(operation);
    }

    @Override
    public Step accumulate(Accumulate operation) {
        return reductions.accumulate(operation);
    }

    @Override
    public Step gather(Gather operation) {
        return movement.gather(operation);
    }

    @Override
    public Step augment(Augment operation) {
        return augmentations.move(operation);
    }

    @Override
    public Step augmentColors(Augment.Colors operation) {
        return augmentations.colors(operation);
    }

    @Override
    public Step clipByNorm(ClipByNorm operation) {
        return reductions.clipByNorm(operation);
    }

    @Override
    public Step unscale(Unscale operation) {
        return optimizer.unscale(operation);
    }

    @Override
    public Step update(Update operation) {
        return optimizer.update(operation);
    }
}
