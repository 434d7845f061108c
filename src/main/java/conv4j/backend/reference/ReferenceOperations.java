package conv4j.backend.reference;

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

/** Sends every operation to the class of its family. */
final class ReferenceOperations implements Operations<Step> {

    private final Places places;

    ReferenceOperations(Places places) {
        this.places = places;
    }

    @Override
    public Step conv2d(Conv2d operation) {
        return Convolution.forward(operation, places);
    }

    @Override
    public Step conv2dInputGradient(Conv2d.InputGradient operation) {
        return Convolution.inputGradient(operation, places);
    }

    @Override
    public Step conv2dKernelGradient(Conv2d.KernelGradient operation) {
        return Convolution.kernelGradient(operation, places);
    }

    @Override
    public Step matMul(MatMul operation) {
        return MatrixProduct.product(operation, places);
    }

    @Override
    public Step addBias(AddBias operation) {
        return Elementwise.addBias(operation, places);
    }

    @Override
    public Step columnSums(ColumnSums operation) {
        return MatrixProduct.columnSums(operation, places);
    }

    @Override
    public Step activate(Activate operation) {
        return Elementwise.activate(operation, places);
    }

    @Override
    public Step activateGradient(Activate.Gradient operation) {
        return Elementwise.activateGradient(operation, places);
    }

    @Override
    public Step softmax(Softmax operation) {
        return Probabilities.softmax(operation, places);
    }

    @Override
    public Step softmaxGradient(Softmax.Gradient operation) {
        return Probabilities.softmaxGradient(operation, places);
    }

    @Override
    public Step maxPool2d(MaxPool2d operation) {
        return Pooling.max(operation, places);
    }

    @Override
    public Step maxPool2dGradient(MaxPool2d.Gradient operation) {
        return Pooling.maxGradient(operation, places);
    }

    @Override
    public Step maxPool2dPlacesGradient(MaxPool2d.PlacesGradient operation) {
        return Pooling.placesGradient(operation, places);
    }

    @Override
    public Step averagePool2d(AveragePool2d operation) {
        return Pooling.average(operation, places);
    }

    @Override
    public Step averagePool2dGradient(AveragePool2d.Gradient operation) {
        return Pooling.averageGradient(operation, places);
    }

    @Override
    public Step dropout(Dropout operation) {
        return Elementwise.dropout(operation, places);
    }

    @Override
    public Step batchNormalization(BatchNormalization operation) {
        return Normalization.training(operation, places);
    }

    @Override
    public Step batchNormalizationGradient(BatchNormalization.Gradient operation) {
        return Normalization.trainingGradient(operation, places);
    }

    @Override
    public Step batchNormalizationInference(BatchNormalization.Inference operation) {
        return Normalization.inference(operation, places);
    }

    @Override
    public Step batchNormalizationInferenceGradient(BatchNormalization.InferenceGradient operation) {
        return Normalization.inferenceGradient(operation, places);
    }

    @Override
    public Step pad2d(Pad2d operation) {
        return Images.pad(operation, places);
    }

    @Override
    public Step crop2d(Pad2d.Crop operation) {
        return Images.crop(operation, places);
    }

    @Override
    public Step upSample2d(UpSample2d operation) {
        return Images.upSample(operation, places);
    }

    @Override
    public Step upSample2dGradient(UpSample2d.Gradient operation) {
        return Images.upSampleGradient(operation, places);
    }

    @Override
    public Step add(Add operation) {
        return Elementwise.add(operation, places);
    }

    @Override
    public Step concatenate(Concatenate operation) {
        return Joining.concatenate(operation, places);
    }

    @Override
    public Step split(Concatenate.Split operation) {
        return Joining.split(operation, places);
    }

    /** A view lies where its root does: there is no step. */
    @Override
    public Step reshape(Reshape operation) {
        return null;
    }

    @Override
    public Step unary(Unary operation) {
        return General.unary(operation, places);
    }

    @Override
    public Step unaryGradient(Unary.Gradient operation) {
        return General.unaryGradient(operation, places);
    }

    @Override
    public Step binary(Binary operation) {
        return General.binary(operation, places);
    }

    @Override
    public Step rearrange(Rearrange operation) {
        return General.rearrange(operation, places);
    }

    @Override
    public Step reduce(Reduce operation) {
        return General.reduce(operation, places);
    }

    @Override
    public Step loss(Loss operation) {
        return Losses.loss(operation, places);
    }

    @Override
    public Step lossGradient(Loss.Gradient operation) {
        return Losses.gradient(operation, places);
    }

    @Override
    public Step metric(Metric operation) {
        return Metrics.metric(operation, places);
    }

    @Override
    public Step scaleItems(ScaleItems operation) {
        return Elementwise.scaleItems(operation, places);
    }

    @Override
    public Step penalty(Penalty operation) {
        return Penalties.penalty(operation, places);
    }

    @Override
    public Step penaltyGradient(Penalty.Gradient operation) {
        return Penalties.gradient(operation, places);
    }

    @Override
    public Step accumulate(Accumulate operation) {
        return DataSets.accumulate(operation, places);
    }

    @Override
    public Step gather(Gather operation) {
        return DataSets.gather(operation, places);
    }

    @Override
    public Step augment(Augment operation) {
        return Augmentations.move(operation, places);
    }

    @Override
    public Step augmentColors(Augment.Colors operation) {
        return Augmentations.colors(operation, places);
    }

    @Override
    public Step clipByNorm(ClipByNorm operation) {
        return Optimizers.clipByNorm(operation, places);
    }

    @Override
    public Step unscale(Unscale operation) {
        return Optimizers.unscale(operation, places);
    }

    @Override
    public Step update(Update operation) {
        return Optimizers.update(operation, places);
    }
}
