package conv4j.keras;

import conv4j.shape.Shape;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.io.IOException;
import java.lang.reflect.Array;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** An HDF5 file of arrays by path. It has no groups but those on the paths: the library damages files with empty groups. */
final class H5Writer {

    private final Map<String, Object> arrays = new LinkedHashMap<>();

    /** Adds an array. */
    void put(String path, Shape shape, float[] values) {
        arrays.put(path, nested(shape.toArray(), values));
    }

    /** Adds a single number, an Integer or a Float. */
    void put(String path, Number number) {
        arrays.put(path, number);
    }

    boolean isEmpty() {
        return arrays.isEmpty();
    }

    /** The library wants an array of arrays; of a single number it wants the number. */
    private static Object nested(int[] dims, float[] values) {
        if (dims.length == 0) {
            return values[0];
        }
        Object array = Array.newInstance(float.class, dims);
        fill(array, values, 0);
        return array;
    }

    private static int fill(Object array, float[] values, int from) {
        if (array instanceof float[] row) {
            System.arraycopy(values, from, row, 0, row.length);
            return from + row.length;
        }
        int next = from;
        for (Object part : (Object[]) array) {
            next = fill(part, values, next);
        }
        return next;
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
