package conv4j.data;

import conv4j.shape.Shape;
import java.util.List;

/** Some examples of another set, in an order of its own. */
final class Selection implements Dataset {

    private final Dataset source;
    private final int[] indices;

    Selection(Dataset source, int[] indices) {
        this.source = source;
        this.indices = indices;
    }

    @Override
    public int size() {
        return indices.length;
    }

    @Override
    public Shape inputShape() {
        return source.inputShape();
    }

    @Override
    public Shape targetShape() {
        return source.targetShape();
    }

    @Override
    public List<String> classNames() {
        return source.classNames();
    }

    @Override
    public boolean bytes() {
        return source.bytes();
    }

    @Override
    public boolean inMemory() {
        return source.inMemory();
    }

    @Override
    public void input(int index, float[] out, int offset) {
        source.input(indices[index], out, offset);
    }

    @Override
    public void target(int index, float[] out, int offset) {
        source.target(indices[index], out, offset);
    }

    @Override
    public void inputBytes(int index, byte[] out, int offset) {
        source.inputBytes(indices[index], out, offset);
    }
}
