package conv4j.data;

import conv4j.shape.Shape;
import java.util.List;

/** Images with class labels, all in memory, one byte per value. Layout: image after image, each (height, width, channels). */
public final class ImageSet implements Dataset {

    private final Shape shape;
    private final List<byte[]> chunks;
    private final int imagesPerChunk;
    private final int[] labels;
    private final List<String> classNames;

    /**
     * A set in one array.
     *
     * @param shape the shape of one image, (height, width, channels)
     * @param pixels labels.length images one after the other; kept, not copied
     * @param labels the class index of each image; kept, not copied
     * @param classNames the name of each class
     * @throws DataException when the sizes do not agree or a label is out of range
     */
    public ImageSet(Shape shape, byte[] pixels, int[] labels, List<String> classNames) {
        this(shape, List.of(pixels), labels, classNames);
    }

    /**
     * A set in several arrays, so that it can be larger than the 2 GiB of one.
     *
     * @param shape the shape of one image, (height, width, channels)
     * @param chunks labels.length images in order; each array holds whole images, the same number in each but the last;
     *     kept, not copied
     * @param labels the class index of each image; kept, not copied
     * @param classNames the name of each class
     * @throws DataException when the sizes do not agree or a label is out of range
     */
    public ImageSet(Shape shape, List<byte[]> chunks, int[] labels, List<String> classNames) {
        this.shape = shape;
        this.chunks = List.copyOf(chunks);
        this.imagesPerChunk = chunks.isEmpty() ? 0 : chunks.get(0).length / shape.size();
        this.labels = labels;
        this.classNames = Labels.checkNames(classNames);
        if (shape.rank() != 3) {
            throw new DataException("images of shape " + shape + " were given; needed is (height, width, channels)");
        }
        checkSizes();
        Labels.check(labels, classNames.size());
    }

    private void checkSizes() {
        if (labels.length == 0) {
            throw new DataException("a set of no images was given; give at least one");
        }
        long remaining = (long) labels.length * shape.size();
        for (int c = 0; c < chunks.size(); c++) {
            long needed = Math.min(remaining, (long) imagesPerChunk * shape.size());
            if (chunks.get(c).length != needed || needed == 0) {
                throw new DataException("array " + c + " of the pixels has " + chunks.get(c).length
                        + " bytes; needed are "
                        + needed + " for " + labels.length + " labels and images of " + shape + ", " + imagesPerChunk
                        + " in each array; pixels and labels must be of the same images");
            }
            remaining -= needed;
        }
        if (remaining != 0) {
            throw new DataException(labels.length + " labels need " + (long) labels.length * shape.size()
                    + " bytes of images of " + shape + ", but " + remaining
                    + " are missing; pixels and labels must be of the same images");
        }
    }

    @Override
    public int size() {
        return labels.length;
    }

    @Override
    public Shape inputShape() {
        return shape;
    }

    @Override
    public Shape targetShape() {
        return Shape.SCALAR;
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public boolean bytes() {
        return true;
    }

    @Override
    public int label(int index) {
        return labels[index];
    }

    @Override
    public void input(int index, float[] out, int offset) {
        byte[] pixels = chunks.get(index / imagesPerChunk);
        int start = index % imagesPerChunk * shape.size();
        for (int i = 0; i < shape.size(); i++) {
            out[offset + i] = pixels[start + i] & 0xFF;
        }
    }

    @Override
    public void target(int index, float[] out, int offset) {
        out[offset] = labels[index];
    }

    @Override
    public void inputBytes(int index, byte[] out, int offset) {
        byte[] pixels = chunks.get(index / imagesPerChunk);
        System.arraycopy(pixels, index % imagesPerChunk * shape.size(), out, offset, shape.size());
    }
}
