package conv4j.onnx;

import conv4j.shape.Shape;

/**
 * A value of a model's graph as a tensor of an ONNX file.
 *
 * @param name the tensor's name
 * @param shape our item
 * @param order how ONNX has its elements
 * @param image for {@link Order#FLAT} the image that was flattened
 */
record Exported(String name, Shape shape, Order order, Shape image) {

    /** How ONNX has a value's elements. */
    enum Order {
        /** As we do. */
        PLAIN,
        /** (channels, height, width). */
        IMAGE,
        /** Those of an image one after the other, in the order of (channels, height, width). */
        FLAT
    }

    static Exported plain(String name, Shape shape) {
        return new Exported(name, shape, Order.PLAIN, null);
    }

    static Exported image(String name, Shape shape) {
        return new Exported(name, shape, Order.IMAGE, null);
    }

    /** Another tensor of the same order. */
    Exported as(String other) {
        return new Exported(other, shape, order, image);
    }

    boolean isImage() {
        return order == Order.IMAGE;
    }

    /** Where ONNX has our channels. */
    int channelAxis() {
        return isImage() ? 1 : -1;
    }

    /** The extents of ONNX' item. */
    int[] dims() {
        return isImage() ? new int[] {shape.dim(2), shape.dim(0), shape.dim(1)} : shape.toArray();
    }

    /** Numbers of (a, b, ...) in our order of an item's elements, each followed by so many more, in ONNX' order. */
    float[] rows(float[] numbers, int each) {
        if (order != Order.FLAT) {
            return numbers;
        }
        int[] wide = {image.dim(0), image.dim(1), image.dim(2), each};
        return LayerTensor.reordered(numbers, wide, 1, 2, 0, 3);
    }
}
