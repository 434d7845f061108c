package conv4j.keras;

import conv4j.shape.Shape;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** An HDF5 file of arrays by path. It has no groups but those on the paths: the library damages files with empty groups. */
final class H5Writer {

    private final Map<String, Object> arrays = new LinkedHashMap<>();

    /** Adds an array. */
    void put(String path, Shape shape, float[] values) {
        arrays.put(path, nested(shape.toArray(), 0, values, 0));
    }

    /** Adds a single number, an Integer or a Float. */
    void put(String path, Number number) {
        arrays.put(path, number);
    }

    boolean isEmpty() {
        return arrays.isEmpty();
    }

    /** The library wants an array of arrays; of a single number it wants the number. */
    private static Object nested(int[] dims, int axis, float[] values, int offset) {
        if (dims.length == 0) {
            return values[0];
        }
        if (axis == dims.length - 1) {
            return Arrays.copyOfRange(values, offset, offset + dims[axis]);
        }
        Object first = null;
        int stride = 1;
        for (int i = axis + 1; i < dims.length; i++) {
            stride *= dims[i];
        }
        Object[] rows = null;
        for (int i = 0; i < dims[axis]; i++) {
            first = nested(dims, axis + 1, values, offset + i * stride);
            rows = rows == null ? (Object[]) java.lang.reflect.Array.newInstance(first.getClass(), dims[axis]) : rows;
            rows[i] = first;
        }
        return rows;
    }

    /** The whole file. The library writes to the disk only, so it goes by way of a temporary file. */
    byte[] toBytes() throws IOException {
        Path temporary = Files.createTempFile("conv4j", ".h5");
        try {
            try (WritableHdfFile file = HdfFile.write(temporary)) {
                Map<String, WritableGroup> groups = new HashMap<>(Map.of("", file));
                arrays.forEach((path, data) -> {
                    int slash = path.lastIndexOf('/');
                    group(groups, path.substring(0, Math.max(slash, 0))).putDataset(path.substring(slash + 1), data);
                });
            }
            return Files.readAllBytes(temporary);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static WritableGroup group(Map<String, WritableGroup> groups, String path) {
        WritableGroup known = groups.get(path);
        if (known == null) {
            int slash = path.lastIndexOf('/');
            known = group(groups, path.substring(0, Math.max(slash, 0))).putGroup(path.substring(slash + 1));
            groups.put(path, known);
        }
        return known;
    }
}
