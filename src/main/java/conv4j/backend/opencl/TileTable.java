package conv4j.backend.opencl;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tiles that a search found to be the fastest on one device with one driver, by shape; kept in a readable file. Tiles
 * change the time that a product takes, never a bit of it.
 */
final class TileTable {

    /**
     * What was found for one shape.
     *
     * @param tile the fastest tile
     * @param milliseconds with it
     * @param usualMilliseconds with the tile that is taken without a search
     */
    record Found(Tile tile, double milliseconds, double usualMilliseconds) {

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT, "%s, %.3f ms (usually %.3f ms)", tile.name(), milliseconds, usualMilliseconds);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(TileTable.class);

    private final Path file;
    private final JsonObject head;
    private final Map<String, Found> found = new TreeMap<>();

    /**
     * The table of a device.
     *
     * @param folder where it is kept, or null to keep it in memory only
     * @param device its name
     * @param driver its driver's version
     * @param sources what tells these kernels from others
     */
    TileTable(Path folder, String device, String driver, String sources) {
        head = new JsonObject();
        head.addProperty("device", device);
        head.addProperty("driver", driver);
        head.addProperty("kernels", sources);
        String key = ProgramCache.key(device, driver, sources).substring(0, 12);
        file = folder == null
                ? null
                : folder.resolve("tiles-" + device.replaceAll("[^A-Za-z0-9]+", "-") + "-" + key + ".json");
        read();
    }

    /** What was found for a shape, or null. */
    Found get(String shape) {
        return found.get(shape);
    }

    /** Everything that was found, by shape. */
    Map<String, Found> all() {
        return found;
    }

    /** Adds what was found, and keeps it. */
    void put(String shape, Found what) {
        found.put(shape, what);
        write();
    }

    /** A file that is not what was written is as good as none: the search begins anew. */
    private void read() {
        if (file == null || !Files.isRegularFile(file)) {
            return;
        }
        try {
            JsonObject tiles = JsonParser.parseString(Files.readString(file))
                    .getAsJsonObject()
                    .getAsJsonObject("tiles");
            for (String shape : tiles.keySet()) {
                JsonObject one = tiles.getAsJsonObject(shape);
                Tile tile = Tile.named(one.get("tile").getAsString());
                found.put(
                        shape,
                        new Found(
                                tile,
                                one.get("ms").getAsDouble(),
                                one.get("usual_ms").getAsDouble()));
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("{} is not used: {}", file, e.toString());
            found.clear();
        }
    }

    private void write() {
        if (file == null) {
            return;
        }
        JsonObject tiles = new JsonObject();
        found.forEach((shape, one) -> {
            JsonObject entry = new JsonObject();
            entry.addProperty("tile", one.tile().name());
            entry.addProperty("ms", one.milliseconds());
            entry.addProperty("usual_ms", one.usualMilliseconds());
            tiles.add(shape, entry);
        });
        JsonObject document = head.deepCopy();
        document.add("tiles", tiles);
        try {
            Files.createDirectories(file.getParent());
            Path part = Files.createTempFile(file.getParent(), "tiles", ".part");
            Files.writeString(
                    part, new GsonBuilder().setPrettyPrinting().create().toJson(document));
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.debug("{} could not be written: {}", file, e.toString());
        }
    }
}
