package conv4j.onnx;

import conv4j.layers.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A tensor of an ONNX graph as a tensor of layers. Its axes may lie in another order: transposing is a matter of this
 * order, until a layer needs a certain one.
 *
 * @param tensor the tensor of layers
 * @param order for every axis of ONNX' item, the batch left out, the axis of ours
 * @param unflattened what was flattened into this, where that put the elements into another order than ONNX' flattening;
 *     else null
 */
record LayerTensor(Tensor tensor, int[] order, LayerTensor unflattened) {

    private static final int[] IMAGE = {2, 0, 1};

    /** A tensor whose axes lie as ONNX' do. */
    static LayerTensor plain(Tensor tensor) {
        return new LayerTensor(tensor, IntStream.range(0, tensor.shape().rank()).toArray(), null);
    }

    /** An image: ONNX' (channels, height, width), our (height, width, channels). */
    static LayerTensor image(Tensor tensor) {
        return new LayerTensor(tensor, IMAGE, null);
    }

    int rank() {
        return order.length;
    }

    /** The extents of ONNX' item. */
    int[] dims() {
        return Arrays.stream(order).map(axis -> tensor.shape().dim(axis)).toArray();
    }

    boolean isImage() {
        return Arrays.equals(order, IMAGE);
    }

    /** Whether our elements follow each other as ONNX' do. */
    boolean inOrder() {
        int[] positions = Arrays.stream(order)
                .filter(axis -> tensor.shape().dim(axis) != 1)
                .toArray();
        return IntStream.range(1, positions.length).allMatch(i -> positions[i - 1] < positions[i]);
    }

    /** The same function of every element. */
    LayerTensor with(Tensor changed) {
        return new LayerTensor(changed, order, unflattened);
    }

    /** Numbers in ONNX' order of the given item's extents in our order of its axes. */
    static float[] reordered(float[] numbers, int[] dims, int... order) {
        int rank = dims.length;
        int[] ours = new int[rank];
        for (int i = 0; i < rank; i++) {
            ours[order[i]] = dims[i];
        }
        int[] strides = new int[rank];
        int stride = 1;
        for (int i = rank - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= ours[i];
        }
        float[] result = new float[numbers.length];
        for (int index = 0; index < numbers.length; index++) {
            int rest = index;
            int to = 0;
            for (int i = rank - 1; i >= 0; i--) {
                to += rest % dims[i] * strides[order[i]];
                rest /= dims[i];
            }
            result[to] = numbers[index];
        }
        return result;
    }
}
