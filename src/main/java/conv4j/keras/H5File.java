package conv4j.keras;

import conv4j.files.FileFormatException;
import conv4j.shape.Shape;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.api.dataset.ChunkedDataset;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * An HDF5 file in memory. It comes from anywhere: declared sizes are compared with the file before memory is taken, links
 * are not followed, and whatever the library trips over is a {@link FileFormatException}.
 */
final class H5File implements AutoCloseable {

    /** Compressed numbers may be this many times larger than the file. */
    private static final long EXPANSION = 100;

    /** Below this many bytes nobody looks at the expansion. */
    private static final long HARMLESS_BYTES = 256L << 20;

    private final String name;
    private final long bytes;
    private final HdfFile file;
    private final Map<String, Node> nodes = new HashMap<>();

    /**
     * Opens a file.
     *
     * @param content the whole file
     * @param name what messages call it
     * @throws FileFormatException when it is no HDF5 file
     */
    H5File(byte[] content, String name) {
        this.name = name;
        this.bytes = content.length;
        this.file = guarded(() -> HdfFile.fromBytes(content));
    }

    /** The library meets damage with exceptions of many kinds, and cycles with an overflow of the stack. */
    private <T> T guarded(Supplier<T> read) {
        try {
            return read.get();
        } catch (FileFormatException known) {
            throw known;
        } catch (RuntimeException | StackOverflowError damaged) {
            throw new FileFormatException(
                    name + " is no HDF5 file, or damaged: " + damaged + "; use another copy of it", damaged);
        }
    }

    /** Whether there is a group or dataset at this path. */
    boolean has(String path) {
        return node(path) != null;
    }

    private Node node(String path) {
        if (path.isEmpty()) {
            return file;
        }
        if (!nodes.containsKey(path)) {
            int slash = path.lastIndexOf('/');
            Node parent = node(path.substring(0, Math.max(slash, 0)));
            Node child = parent instanceof Group group
                    ? guarded(() -> group.getChildren().get(path.substring(slash + 1)))
                    : null;
            if (child != null && child.isLink()) {
                throw new FileFormatException(name + ": " + path + " is a link, which is not followed");
            }
            nodes.put(path, child);
        }
        return nodes.get(path);
    }

    private Dataset dataset(String path) {
        if (node(path) instanceof Dataset dataset) {
            return dataset;
        }
        throw new FileFormatException(
                name + " has no numbers at " + path + "; the file is not complete, use another copy");
    }

    /** How many datasets and groups a group holds; 0 when there is no such group. */
    int count(String path) {
        return node(path) instanceof Group group
                ? guarded(() -> group.getChildren().size())
                : 0;
    }

    /**
     * Reads an array.
     *
     * @param path where it is
     * @param shape the shape it must have
     * @return its numbers in row-major order
     */
    float[] floats(String path, Shape shape) {
        Dataset dataset = dataset(path);
        int[] dims = guarded(dataset::getDimensions);
        if (!Arrays.equals(dims, shape.toArray())) {
            throw new FileFormatException(name + ": " + path + " has the shape " + Arrays.toString(dims)
                    + ", but the configuration asks for " + Arrays.toString(shape.toArray()));
        }
        float[] values = new float[Math.toIntExact(checkedElements(dataset, path))];
        Object data = guarded(() -> dims.length == 0 ? dataset.getData() : dataset.getDataFlat());
        if (data instanceof float[] floats && floats.length == values.length) {
            return floats;
        }
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) number(dims.length == 0 ? data : Array.get(data, i), path);
        }
        return values;
    }

    /** The shape of an array. */
    Shape shape(String path) {
        Dataset dataset = dataset(path);
        return guarded(() -> Shape.of(dataset.getDimensions()));
    }

    /** Reads a single number. */
    double number(String path) {
        Dataset dataset = dataset(path);
        if (checkedElements(dataset, path) != 1) {
            throw new FileFormatException(name + ": a single number is expected at " + path);
        }
        Object data = guarded(() -> dataset.isScalar() ? dataset.getData() : dataset.getDataFlat());
        return number(data.getClass().isArray() ? Array.get(data, 0) : data, path);
    }

    private double number(Object element, String path) {
        if (element instanceof Number number) {
            return number.doubleValue();
        }
        throw new FileFormatException(name + ": " + path + " does not hold numbers");
    }

    private long checkedElements(Dataset dataset, String path) {
        return guarded(() -> {
            long declared = dataset.getSizeInBytes();
            boolean bomb = dataset instanceof ChunkedDataset chunked && isTooLarge(chunked, declared);
            if (declared < 0 || bomb || !(dataset instanceof ChunkedDataset) && declared > bytes) {
                throw new FileFormatException(name + ": " + path + " declares " + declared + " bytes in a file of "
                        + bytes + "; the file is damaged or made to fill the memory");
            }
            return dataset.getSize();
        });
    }

    private boolean isTooLarge(ChunkedDataset dataset, long declared) {
        double chunk =
                Arrays.stream(dataset.getChunkDimensions()).asDoubleStream().reduce(8, (a, b) -> a * b);
        return Math.max(chunk, declared) > Math.max(HARMLESS_BYTES, EXPANSION * bytes)
                || chunk > HARMLESS_BYTES && chunk > 8.0 * declared;
    }

    /** A text attribute, or null. */
    String text(String path, String attribute) {
        List<String> all = attribute(path, attribute);
        return all == null || all.isEmpty() ? null : all.get(0);
    }

    /** A list of texts, which Keras splits into {@code attribute0, attribute1, ...} when it is long; null if absent. */
    List<String> texts(String path, String attribute) {
        List<String> all = attribute(path, attribute);
        if (all != null) {
            return all;
        }
        List<String> chunk = attribute(path, attribute + 0);
        for (int i = 1; chunk != null; i++) {
            all = all == null ? new ArrayList<>() : all;
            all.addAll(chunk);
            chunk = attribute(path, attribute + i);
        }
        return all;
    }

    private List<String> attribute(String path, String attribute) {
        Node node = node(path);
        if (node == null) {
            return null;
        }
        return guarded(() -> {
            Attribute found = node.getAttributes().get(attribute);
            if (found == null) {
                return null;
            }
            if (found.isEmpty()) {
                return List.of();
            }
            if (found.getSizeInBytes() > bytes) {
                throw new FileFormatException(name + ": the attribute " + attribute + " is larger than the file");
            }
            Object data = found.getData();
            return data instanceof Object[] list
                    ? Arrays.stream(list).map(H5File::trimmed).toList()
                    : data.getClass().isArray() ? List.of() : List.of(trimmed(data));
        });
    }

    /** Texts of a fixed length are filled up with zero bytes. */
    private static String trimmed(Object text) {
        String whole = String.valueOf(text);
        int end = whole.indexOf('\0');
        return end < 0 ? whole : whole.substring(0, end);
    }

    @Override
    public void close() {
        file.close();
    }
}
