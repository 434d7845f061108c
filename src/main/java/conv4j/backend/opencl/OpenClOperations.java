package conv4j.backend.opencl;

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
import conv4j.graph.PooledConv2d;
import conv4j.graph.Rearrange;
import conv4j.graph.Reduce;
import conv4j.graph.Reshape;
import conv4j.graph.ScaleItems;
import conv4j.graph.Softmax;
import conv4j.graph.Unary;
import conv4j.graph.Unscale;
import conv4j.graph.UpSample2d;
import conv4j.graph.Update;

/** Makes the step of every operation; the work is done by the classes of the families. */
final class OpenClOperations implements Operations<Step> {

    private final Preparation preparation;

    OpenClOperations(Preparation preparation) {
        this.preparation = preparation;
    }

    @Override
    public Step conv2d(Conv2d operation) {
        return ConvolutionSteps.forward(preparation, operation);
    }

    @Override
    public Step pooledConv2d(PooledConv2d operation) {
        return ConvolutionSteps.pooled(preparation, operation);
    }

    @Override
    public Step pooledConv2dInputGradient(PooledConv2d.InputGradient operation) {
        return ConvolutionSteps.inputGradient(preparation, operation);
    }

    @Override
    public Step pooledConv2dKernelGradient(PooledConv2d.KernelGradient operation) {
        return ConvolutionSteps.kernelGradient(preparation, operation);
    }

    @Override
    public Step conv2dInputGradient(Conv2d.InputGradient operation) {
        return ConvolutionSteps.inputGradient(preparation, operation);
    }

    @Override
    public Step conv2dKernelGradient(Conv2d.KernelGradient operation) {
        return ConvolutionSteps.kernelGradient(preparation, operation);
    }

    @Override
    public Step matMul(MatMul operation) {
        return MatMulSteps.step(preparation, operation);
    }

    @Override
    public Step addBias(AddBias operation) {
        return ElementSteps.addBias(preparation, operation);
    }

    @Override
    public Step columnSums(ColumnSums operation) {
        return SumSteps.columnSums(preparation, operation);
    }

    @Override
    public Step activate(Activate operation) {
        return ElementSteps.activate(preparation, operation);
    }

    @Override
    public Step activateGradient(Activate.Gradient operation) {
        return ElementSteps.activateGradient(preparation, operation);
    }

    @Override
    public Step softmax(Softmax operation) {
        return LossSteps.softmax(preparation, operation);
    }

    @Override
    public Step softmaxGradient(Softmax.Gradient operation) {
        return LossSteps.softmaxGradient(preparation, operation);
    }

    @Override
    public Step maxPool2d(MaxPool2d operation) {
        return PoolingSteps.max(preparation, operation);
    }

    @Override
    public Step maxPool2dGradient(MaxPool2d.Gradient operation) {
        return PoolingSteps.maxGradient(preparation, operation);
    }

    @Override
    public Step maxPool2dPlacesGradient(MaxPool2d.PlacesGradient operation) {
        return PoolingSteps.placesGradient(preparation, operation);
    }

    @Override
    public Step averagePool2d(AveragePool2d operation) {
        return PoolingSteps.average(preparation, operation);
    }

    @Override
    public Step averagePool2dGradient(AveragePool2d.Gradient operation) {
        return PoolingSteps.averageGradient(preparation, operation);
    }

    @Override
    public Step dropout(Dropout operation) {
        return ElementSteps.dropout(preparation, operation);
    }

    @Override
    public Step dropoutActivationGradient(Dropout.ActivationGradient operation) {
        return ElementSteps.dropoutActivationGradient(preparation, operation);
    }

    @Override
    public Step batchNormalization(BatchNormalization operation) {
        return NormalizationSteps.training(preparation, operation);
    }

    @Override
    public Step batchNormalizationGradient(BatchNormalization.Gradient operation) {
        return NormalizationSteps.trainingGradient(preparation, operation);
    }

    @Override
    public Step batchNormalizationInference(BatchNormalization.Inference operation) {
        return NormalizationSteps.inference(preparation, operation);
    }

    @Override
    public Step batchNormalizationInferenceGradient(BatchNormalization.InferenceGradient operation) {
        return NormalizationSteps.inferenceGradient(preparation, operation);
    }

    @Override
    public Step pad2d(Pad2d operation) {
        return ImageSteps.pad(preparation, operation);
    }

    @Override
    public Step crop2d(Pad2d.Crop operation) {
        return ImageSteps.crop(preparation, operation);
    }

    @Override
    public Step upSample2d(UpSample2d operation) {
        return ImageSteps.upSample(preparation, operation);
    }

    @Override
    public Step upSample2dGradient(UpSample2d.Gradient operation) {
        return ImageSteps.upSampleGradient(preparation, operation);
    }

    @Override
    public Step add(Add operation) {
        return ElementSteps.add(preparation, operation);
    }

    @Override
    public Step concatenate(Concatenate operation) {
        return ImageSteps.concatenate(preparation, operation);
    }

    @Override
    public Step split(Concatenate.Split operation) {
        return ImageSteps.split(preparation, operation);
    }

    /** {@inheritDoc} A view: there is nothing to run. */
    @Override
    public Step reshape(Reshape operation) {
        return null;
    }

    @Override
    public Step unary(Unary operation) {
        return GeneralSteps.unary(preparation, operation);
    }

    @Override
    public Step unaryGradient(Unary.Gradient operation) {
        return GeneralSteps.unaryGradient(preparation, operation);
    }

    @Override
    public Step binary(Binary operation) {
        return GeneralSteps.binary(preparation, operation);
    }

    @Override
    public Step rearrange(Rearrange operation) {
        return GeneralSteps.rearrange(preparation, operation);
    }

    @Override
    public Step reduce(Reduce operation) {
        return GeneralSteps.reduce(preparation, operation);
    }

    @Override
    public Step loss(Loss operation) {
        return LossSteps.loss(preparation, operation);
    }

    @Override
    public Step lossGradient(Loss.Gradient operation) {
        return LossSteps.lossGradient(preparation, operation);
    }

    @Override
    public Step metric(Metric operation) {
        return LossSteps.metric(preparation, operation);
    }

    @Override
    public Step scaleItems(ScaleItems operation) {
        return ElementSteps.scaleItems(preparation, operation);
    }

    @Override
    public Step penalty(Penalty operation) {
        return PenaltySteps.penalty(preparation, operation);
    }

    @Override
    public Step penaltyGradient(Penalty.Gradient operation) {
        return PenaltySteps.gradient(preparation, operation);
    }

    @Override
    public Step accumulate(Accumulate operation) {
        return SumSteps.accumulate(preparation, operation);
    }

    @Override
    public Step gather(Gather operation) {
        return TrainingSteps.gather(preparation, operation);
    }

    @Override
    public Step augment(Augment operation) {
        return AugmentSteps.move(preparation, operation);
    }

    @Override
    public Step augmentColors(Augment.Colors operation) {
        return AugmentSteps.colors(preparation, operation);
    }

    @Override
    public Step clipByNorm(ClipByNorm operation) {
        return SumSteps.clipByNorm(preparation, operation);
    }

    @Override
    public Step unscale(Unscale operation) {
        return SumSteps.unscale(preparation, operation);
    }

    @Override
    public Step update(Update operation) {
        return TrainingSteps.update(preparation, operation);
    }
}
