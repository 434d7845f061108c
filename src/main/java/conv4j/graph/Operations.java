package conv4j.graph;

/**
 * One method per kind of operation. A backend implements it to turn every operation into a step that is ready to run.
 *
 * @param <T> what is made of an operation
 */
public interface Operations<T> {
    /**
     * Makes a convolution.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T conv2d(Conv2d operation);

    /**
     * Makes a convolution with the max pooling of its output.
     *
     * @param operation the operation, which only graphs of {@link Fusion#pooled} have
     * @return what is made of it
     * @throws UnsupportedOperationException when this backend runs the two operations by themselves
     */
    default T pooledConv2d(PooledConv2d operation) {
        throw new UnsupportedOperationException(operation.name() + " is for backends that ask for it");
    }

    /**
     * Makes the gradients of a max pooling and of the input of the convolution before it.
     *
     * @param operation the operation, which only graphs of {@link Fusion#pooled} have
     * @return what is made of it
     * @throws UnsupportedOperationException when this backend runs the two operations by themselves
     */
    default T pooledConv2dInputGradient(PooledConv2d.InputGradient operation) {
        throw new UnsupportedOperationException(operation.name() + " is for backends that ask for it");
    }

    /**
     * Makes the gradients of a max pooling and of the kernel of the convolution before it.
     *
     * @param operation the operation, which only graphs of {@link Fusion#pooled} have
     * @return what is made of it
     * @throws UnsupportedOperationException when this backend runs the two operations by themselves
     */
    default T pooledConv2dKernelGradient(PooledConv2d.KernelGradient operation) {
        throw new UnsupportedOperationException(operation.name() + " is for backends that ask for it");
    }

    /**
     * Makes the gradient of a convolution's input.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T conv2dInputGradient(Conv2d.InputGradient operation);

    /**
     * Makes the gradient of a convolution's kernel.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T conv2dKernelGradient(Conv2d.KernelGradient operation);

    /**
     * Makes a matrix product.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T matMul(MatMul operation);

    /**
     * Makes the addition of a bias.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T addBias(AddBias operation);

    /**
     * Makes sums over rows.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T columnSums(ColumnSums operation);

    /**
     * Makes an element-wise function.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T activate(Activate operation);

    /**
     * Makes the derivative of an element-wise function.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T activateGradient(Activate.Gradient operation);

    /**
     * Makes softmax.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T softmax(Softmax operation);

    /**
     * Makes the gradient of softmax.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T softmaxGradient(Softmax.Gradient operation);

    /**
     * Makes max pooling.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T maxPool2d(MaxPool2d operation);

    /**
     * Makes the gradient of max pooling.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T maxPool2dGradient(MaxPool2d.Gradient operation);

    /**
     * Makes the gradient of max pooling from noted places.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T maxPool2dPlacesGradient(MaxPool2d.PlacesGradient operation);

    /**
     * Makes average pooling.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T averagePool2d(AveragePool2d operation);

    /**
     * Makes the gradient of average pooling.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T averagePool2dGradient(AveragePool2d.Gradient operation);

    /**
     * Makes dropout.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T dropout(Dropout operation);

    /**
     * Makes the gradient of a dropout and of the activation before it.
     *
     * @param operation the operation, which only graphs of {@link Fusion#dropped} have
     * @return what is made of it
     * @throws UnsupportedOperationException when this backend runs the two operations by themselves
     */
    default T dropoutActivationGradient(Dropout.ActivationGradient operation) {
        throw new UnsupportedOperationException(operation.name() + " is for backends that ask for it");
    }

    /**
     * Makes batch normalization in training.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T batchNormalization(BatchNormalization operation);

    /**
     * Makes the gradients of batch normalization in training.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T batchNormalizationGradient(BatchNormalization.Gradient operation);

    /**
     * Makes batch normalization with moving averages.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T batchNormalizationInference(BatchNormalization.Inference operation);

    /**
     * Makes the gradients of batch normalization with moving averages.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T batchNormalizationInferenceGradient(BatchNormalization.InferenceGradient operation);

    /**
     * Makes zero padding.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T pad2d(Pad2d operation);

    /**
     * Makes cropping.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T crop2d(Pad2d.Crop operation);

    /**
     * Makes up-sampling.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T upSample2d(UpSample2d operation);

    /**
     * Makes the gradient of up-sampling.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T upSample2dGradient(UpSample2d.Gradient operation);

    /**
     * Makes an element-wise sum.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T add(Add operation);

    /**
     * Makes a concatenation.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T concatenate(Concatenate operation);

    /**
     * Makes a split into parts.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T split(Concatenate.Split operation);

    /**
     * Makes a change of shape, for which nothing needs to run.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T reshape(Reshape operation);

    /**
     * Makes a function of every element.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T unary(Unary operation);

    /**
     * Makes the gradient of a function of every element.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T unaryGradient(Unary.Gradient operation);

    /**
     * Makes a function of two elements at a time.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T binary(Binary operation);

    /**
     * Makes the moving of elements along axes.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T rearrange(Rearrange operation);

    /**
     * Makes the reduction of rows to one number each.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T reduce(Reduce operation);

    /**
     * Makes the loss of every item.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T loss(Loss operation);

    /**
     * Makes the gradient of the mean loss.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T lossGradient(Loss.Gradient operation);

    /**
     * Makes the score of every item.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T metric(Metric operation);

    /**
     * Makes the product of every item with a number of its own.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T scaleItems(ScaleItems operation);

    /**
     * Makes the addition of a penalty to the loss of every item.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T penalty(Penalty operation);

    /**
     * Makes the derivative of a penalty.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T penaltyGradient(Penalty.Gradient operation);

    /**
     * Makes the addition to a running total.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T accumulate(Accumulate operation);

    /**
     * Makes the choice of items from a data set.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T gather(Gather operation);

    /**
     * Makes the random moving of pixels.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T augment(Augment operation);

    /**
     * Makes the random change of colors.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T augmentColors(Augment.Colors operation);

    /**
     * Makes the limiting of a norm.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T clipByNorm(ClipByNorm operation);

    /**
     * Makes the end of a loss's scaling.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T unscale(Unscale operation);

    /**
     * Makes an optimizer step.
     *
     * @param operation the operation
     * @return what is made of it
     */
    T update(Update operation);
}
