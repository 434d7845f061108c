package conv4j.files;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The JSON header of a safetensors file, checked: names are unique, sizes follow from type and shape, and the tensors
 * cover the data from its first byte to its last without overlap or hole. Anything else throws
 * {@link FileFormatException}.
 *
 * @param metadata the strings under {@code __metadata__}
 * @param entries the tensors by name, in the order of their data
 */
record SafetensorsHeader(Map<String, String> metadata, Map<String, TensorEntry> entries) {

    static final String METADATA = "__metadata__";
    /** The most axes of a tensor, read or written. */
    static final int MAX_RANK = 32;

    private static final int SHOWN = 60;
    private static final int LISTED = 20;

    /** Reads and checks the JSON text of a file whose data part has the given number of bytes. */
    static SafetensorsHeader parse(String file, String json, long dataBytes) {
        return new Parser(file, dataBytes).parse(json);
    }

    /** One reading of one header; the file's name is for messages. */
    private record Parser(String file, long dataBytes) {

        SafetensorsHeader parse(String json) {
            Map<String, String> metadata = new LinkedHashMap<>();
            Map<String, TensorEntry> entries = new LinkedHashMap<>();
            try (JsonReader in = new JsonReader(new StringReader(json))) {
                in.setStrictness(Strictness.STRICT);
                in.beginObject();
                boolean seenMetadata = false;
                while (in.hasNext()) {
                    String name = in.nextName();
                    if (name.equals(METADATA)) {
                        require(!seenMetadata, "has " + METADATA + " twice");
                        seenMetadata = true;
                        readMetadata(in, metadata);
                    } else {
                        require(!entries.containsKey(name), "has tensor " + shown(name) + " twice");
                        entries.put(name, readEntry(in, name));
                    }
                }
                in.endObject();
                require(in.peek() == JsonToken.END_DOCUMENT, "has text after its header");
            } catch (IOException | IllegalStateException | NumberFormatException notJson) {
                throw new FileFormatException(
                        file + " is not a readable safetensors file: its header is not the JSON that is needed ("
                                + firstLine(notJson.getMessage()) + ")",
                        notJson);
            }
            return new SafetensorsHeader(metadata, ordered(entries));
        }

        private void readMetadata(JsonReader in, Map<String, String> metadata) throws IOException {
            in.beginObject();
            while (in.hasNext()) {
                String key = in.nextName();
                require(in.peek() == JsonToken.STRING, "has metadata " + shown(key) + " that is not a string");
                require(metadata.put(key, in.nextString()) == null, "has metadata " + shown(key) + " twice");
            }
            in.endObject();
        }

        private TensorEntry readEntry(JsonReader in, String name) throws IOException {
            ElementFormat format = null;
            long[] shape = null;
            long[] range = null;
            in.beginObject();
            while (in.hasNext()) {
                String key = in.nextName();
                switch (key) {
                    case "dtype" -> {
                        require(format == null, tensor(name) + " has two dtypes");
                        format = format(name, in.nextString());
                    }
                    case "shape" -> {
                        require(shape == null, tensor(name) + " has two shapes");
                        shape = numbers(in, name, key, MAX_RANK);
                    }
                    case "data_offsets" -> {
                        require(range == null, tensor(name) + " has data_offsets twice");
                        range = numbers(in, name, key, 2);
                    }
                    default -> throw refused(tensor(name) + " has a field " + shown(key) + " that is not known");
                }
            }
            in.endObject();
            require(
                    format != null && shape != null && range != null && range.length == 2,
                    tensor(name) + " needs dtype, shape and two data_offsets");
            return checked(new TensorEntry(name, format, shape, range[0], range[1]));
        }

        private ElementFormat format(String name, String text) {
            for (ElementFormat format : ElementFormat.values()) {
                if (format.name().equals(text)) {
                    return format;
                }
            }
            throw refused(tensor(name) + " has dtype " + shown(text) + "; known are " + ElementFormat.names());
        }

        private long[] numbers(JsonReader in, String name, String key, int most) throws IOException {
            List<Long> numbers = new ArrayList<>();
            in.beginArray();
            while (in.hasNext()) {
                require(numbers.size() < most, tensor(name) + " has more than " + most + " numbers in its " + key);
                require(in.peek() == JsonToken.NUMBER, tensor(name) + " has a " + key + " that is not of numbers");
                String text = in.nextString();
                require(
                        text.matches("\\d{1,18}"),
                        tensor(name) + " has " + shown(text) + " in its " + key
                                + "; whole numbers from 0 to 10^18 are needed");
                numbers.add(Long.parseLong(text));
            }
            in.endArray();
            return numbers.stream().mapToLong(Long::longValue).toArray();
        }

        private TensorEntry checked(TensorEntry entry) {
            long begin = entry.begin();
            long end = entry.end();
            require(
                    begin <= end && end <= dataBytes,
                    entry + " is said to lie at bytes " + begin + " to " + end + " of the data, but the file has "
                            + dataBytes + " bytes of data; it is truncated or damaged");
            long needed = entry.format().bytes();
            try {
                for (long extent : entry.shape()) {
                    needed = Math.multiplyExact(needed, extent);
                }
            } catch (ArithmeticException overflow) {
                throw refused(entry + " has more elements than any file can hold");
            }
            require(
                    needed == end - begin,
                    entry + " needs " + needed + " bytes, but its data_offsets span " + (end - begin));
            return entry;
        }

        private Map<String, TensorEntry> ordered(Map<String, TensorEntry> entries) {
            List<TensorEntry> sorted = new ArrayList<>(entries.values());
            sorted.sort(Comparator.comparingLong(TensorEntry::begin).thenComparingLong(TensorEntry::end));
            Map<String, TensorEntry> ordered = new LinkedHashMap<>();
            long at = 0;
            for (TensorEntry entry : sorted) {
                require(entry.begin() >= at, entry + " overlaps the tensor before it");
                require(
                        entry.begin() == at,
                        "has " + (entry.begin() - at) + " bytes before " + entry + " that belong to no tensor");
                at = entry.end();
                ordered.put(entry.name(), entry);
            }
            require(at == dataBytes, "has " + (dataBytes - at) + " bytes after its last tensor that belong to none");
            return ordered;
        }

        private static String tensor(String name) {
            return "tensor " + shown(name);
        }

        private void require(boolean holds, String problem) {
            if (!holds) {
                throw refused(problem);
            }
        }

        private FileFormatException refused(String problem) {
            return new FileFormatException(file + " is not a readable safetensors file: it " + told(problem));
        }

        private static String told(String problem) {
            return problem.startsWith("has ") ? problem : "is wrong about a tensor: " + problem;
        }
    }

    /** A text of the file in quotes, safe and short enough for one line of a message. */
    static String shown(String text) {
        return '"' + safe(text) + '"';
    }

    /** A text of the file without what could break a line, turn its direction or command a terminal. */
    static String safe(String text) {
        String clean = text.substring(0, Math.min(text.length(), SHOWN)).replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?");
        return text.length() <= SHOWN ? clean : clean + "...";
    }

    /** The first names of a set, safe for a message. */
    static String listed(Set<String> names) {
        String first = names.stream().limit(LISTED).map(SafetensorsHeader::safe).collect(Collectors.joining(", "));
        return "[" + first + (names.size() <= LISTED ? "]" : ", and " + (names.size() - LISTED) + " more]");
    }

    private static String firstLine(String message) {
        return message == null ? "no reason given" : message.lines().findFirst().orElse("");
    }
}
