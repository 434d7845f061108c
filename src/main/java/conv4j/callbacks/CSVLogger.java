package conv4j.callbacks;

import conv4j.model.Callback;
import conv4j.model.Model;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes the logs of every epoch as a line of a CSV file, as Keras' {@code CSVLogger}: {@code epoch}, from 0, then the
 * names of the first epoch in alphabetical order, and {@code NA} for what is missing. Without validation the file has
 * columns for it all the same. Lines end with CR LF, as RFC 4180 wants, and are in the file when the epoch has ended.
 */
public final class CSVLogger implements Callback {

    private static final String LINE_END = "\r\n";
    private static final String MISSING = "NA";
    private static final String VALIDATION = "val_";

    private final Path file;
    private String separator = ",";
    private boolean append;
    private boolean writesHeader;
    private List<String> keys;

    /**
     * A log in a file.
     *
     * @param file replaced if it is there, unless {@link #append} says otherwise; its folder is made
     */
    public CSVLogger(Path file) {
        this.file = file;
    }

    /**
     * Sets what stands between two columns.
     *
     * @param text by default a comma
     * @return this
     */
    public CSVLogger separator(String text) {
        this.separator = text;
        return this;
    }

    /**
     * Sets whether a file that is there is kept, and lines are put after it; useful for a training that is resumed.
     *
     * @param keeps by default false
     * @return this
     */
    public CSVLogger append(boolean keeps) {
        this.append = keeps;
        return this;
    }

    @Override
    public void onTrainBegin(Model model) {
        keys = null;
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            writesHeader = !append || !Files.exists(file) || Files.size(file) == 0;
            if (writesHeader) {
                Files.writeString(file, "");
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
        StringBuilder lines = new StringBuilder();
        if (keys == null) {
            keys = columns(logs);
            if (writesHeader) {
                lines.append(line("epoch", keys));
            }
        }
        lines.append(line(
                String.valueOf(epoch),
                keys.stream().map(key -> text(logs.get(key))).toList()));
        try {
            Files.writeString(file, lines, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private static List<String> columns(Map<String, Double> logs) {
        List<String> columns = new ArrayList<>(logs.keySet().stream().sorted().toList());
        if (columns.stream().noneMatch(key -> key.startsWith(VALIDATION))) {
            columns.addAll(columns.stream().map(key -> VALIDATION + key).toList());
        }
        return columns;
    }

    private String line(String first, List<String> others) {
        return others.stream().map(text -> separator + text).collect(Collectors.joining("", first, LINE_END));
    }

    /** A number as Python writes it. */
    private static String text(Double value) {
        if (value == null) {
            return MISSING;
        }
        if (!Double.isFinite(value)) {
            return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }
        return Double.toString(value).toLowerCase(Locale.ROOT);
    }

    private UncheckedIOException failure(IOException e) {
        return new UncheckedIOException(
                "the log " + file + " cannot be written: " + e + "; give another file to CSVLogger", e);
    }
}
