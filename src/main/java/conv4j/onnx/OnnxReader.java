package conv4j.onnx;

import conv4j.files.FileFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads ONNX files and the tensor files of ONNX' tests; the numbers of fields are those of {@code onnx.proto}. */
final class OnnxReader {

    /** What a file may hold: more does not fit protocol buffers' 32-bit lengths either. */
    private static final long LARGEST_FILE = Integer.MAX_VALUE;

    private OnnxReader() {}

    static OnnxModel model(Path file) {
        return model(content(file));
    }

    static OnnxTensor tensor(Path file) {
        return tensor(new ProtoReader(content(file)));
    }

    private static ByteBuffer content(Path file) {
        try {
            long size = Files.size(file);
            if (size > LARGEST_FILE) {
                throw new FileFormatException("the file has " + size + " bytes; an ONNX file has less than 2 GiB");
            }
            return ByteBuffer.wrap(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    static OnnxModel model(ByteBuffer content) {
        ProtoReader reader = new ProtoReader(content);
        ByteBuffer graph = null;
        int opset = 1;
        Map<String, String> metadata = new LinkedHashMap<>();
        while (reader.next()) {
            switch (reader.field()) {
                case 7 -> graph = reader.bytes();
                case 8 -> opset = Math.max(opset, opset(reader.message()));
                case 14 -> {
                    String[] entry = texts(reader.message(), 1, 2);
                    metadata.put(entry[0], entry[1]);
                }
                case 25 -> throw new FileFormatException(
                        "the file defines functions of its own, which are not supported; inline them when exporting");
                default -> reader.skip();
            }
        }
        if (graph == null) {
            throw new FileFormatException("not an ONNX model: it has no graph");
        }
        return graph(new ProtoReader(graph), opset, metadata);
    }

    /** The version of ONNX' own operators; 0 where the entry is of others. */
    private static int opset(ProtoReader reader) {
        String domain = "";
        long version = 1;
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> domain = reader.text();
                case 2 -> version = reader.number();
                default -> reader.skip();
            }
        }
        boolean own = domain.isEmpty() || domain.equals("ai.onnx");
        return own ? (int) Math.max(0, Math.min(version, Integer.MAX_VALUE)) : 0;
    }

    private static String[] texts(ProtoReader reader, int... fields) {
        String[] texts = new String[fields.length];
        java.util.Arrays.fill(texts, "");
        while (reader.next()) {
            boolean wanted = false;
            for (int i = 0; i < fields.length && !wanted; i++) {
                if (reader.field() == fields[i]) {
                    texts[i] = reader.text();
                    wanted = true;
                }
            }
            if (!wanted) {
                reader.skip();
            }
        }
        return texts;
    }

    private static OnnxModel graph(ProtoReader reader, int opset, Map<String, String> metadata) {
        String name = "";
        List<OnnxNode> nodes = new ArrayList<>();
        Map<String, OnnxTensor> initializers = new LinkedHashMap<>();
        List<OnnxModel.Port> inputs = new ArrayList<>();
        List<OnnxModel.Port> outputs = new ArrayList<>();
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> nodes.add(node(reader.message()));
                case 2 -> name = reader.text();
                case 5 -> {
                    OnnxTensor tensor = tensor(reader.message());
                    initializers.put(tensor.name(), tensor);
                }
                case 11 -> inputs.add(port(reader.message()));
                case 12 -> outputs.add(port(reader.message()));
                case 15 -> throw new FileFormatException("the file has sparse weights, which are not supported");
                default -> reader.skip();
            }
        }
        inputs.removeIf(input -> initializers.containsKey(input.name()));
        checkNames(nodes, initializers, inputs, outputs);
        return new OnnxModel(opset, name, nodes, initializers, inputs, outputs, metadata);
    }

    /** Every value is written once and before it is read, so that there is no cycle. */
    private static void checkNames(
            List<OnnxNode> nodes,
            Map<String, OnnxTensor> initializers,
            List<OnnxModel.Port> inputs,
            List<OnnxModel.Port> outputs) {
        Set<String> known = new LinkedHashSet<>(initializers.keySet());
        inputs.forEach(input -> known.add(input.name()));
        for (OnnxNode node : nodes) {
            for (String input : node.inputs()) {
                if (!input.isEmpty() && !known.contains(input)) {
                    throw new FileFormatException("node " + node.label() + " reads '" + input
                            + "', which no input, weight or earlier node gives: the graph has a cycle, is not in order"
                            + " or is incomplete");
                }
            }
            for (String output : node.outputs()) {
                if (!output.isEmpty() && !known.add(output)) {
                    throw new FileFormatException(
                            "node " + node.label() + " writes '" + output + "', which is there already");
                }
            }
        }
        for (OnnxModel.Port output : outputs) {
            if (!known.contains(output.name())) {
                throw new FileFormatException("no node writes the graph's output '" + output.name() + "'");
            }
        }
    }

    private static OnnxNode node(ProtoReader reader) {
        String operator = "";
        String domain = "";
        String name = "";
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        Map<String, Object> attributes = new LinkedHashMap<>();
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> inputs.add(reader.text());
                case 2 -> outputs.add(reader.text());
                case 3 -> name = reader.text();
                case 4 -> operator = reader.text();
                case 5 -> attribute(reader.message(), attributes);
                case 7 -> domain = reader.text();
                default -> reader.skip();
            }
        }
        String owner = domain.equals("ai.onnx") ? "" : domain;
        return new OnnxNode(operator, owner, name, List.copyOf(inputs), List.copyOf(outputs), attributes);
    }

    private static void attribute(ProtoReader reader, Map<String, Object> attributes) {
        String name = "";
        long type = 0;
        float real = 0;
        long number = 0;
        String text = "";
        OnnxTensor tensor = null;
        List<Float> reals = new ArrayList<>();
        List<Long> numbers = new ArrayList<>();
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> name = reader.text();
                case 2 -> real = reader.real();
                case 3 -> number = reader.number();
                case 4 -> text = reader.text();
                case 5 -> tensor = tensor(reader.message());
                case 7 -> reader.reals(reals);
                case 8 -> reader.numbers(numbers);
                case 20 -> type = reader.number();
                default -> reader.skip();
            }
        }
        attributes.put(
                name,
                switch ((int) type) {
                    case 1 -> (Object) real;
                    case 2 -> number;
                    case 3 -> text;
                    case 4 -> tensor;
                    case 6 -> floats(reals);
                    case 7 -> numbers.stream().mapToLong(Long::longValue).toArray();
                    default -> null;
                });
    }

    static float[] floats(List<Float> list) {
        float[] values = new float[list.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = list.get(i);
        }
        return values;
    }

    private static OnnxModel.Port port(ProtoReader reader) {
        String name = "";
        int type = 0;
        long[] dims = null;
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> name = reader.text();
                case 2 -> {
                    ProtoReader kinds = reader.message();
                    while (kinds.next()) {
                        if (kinds.field() == 1) {
                            ProtoReader tensor = kinds.message();
                            while (tensor.next()) {
                                switch (tensor.field()) {
                                    case 1 -> type = (int) tensor.number();
                                    case 2 -> dims = dims(tensor.message());
                                    default -> tensor.skip();
                                }
                            }
                        } else {
                            kinds.skip();
                        }
                    }
                }
                default -> reader.skip();
            }
        }
        return new OnnxModel.Port(name, type, dims);
    }

    private static long[] dims(ProtoReader shape) {
        List<Long> dims = new ArrayList<>();
        while (shape.next()) {
            if (shape.field() == 1) {
                ProtoReader dim = shape.message();
                long extent = OnnxModel.OPEN;
                while (dim.next()) {
                    if (dim.field() == 1) {
                        extent = dim.number();
                    } else {
                        dim.skip();
                    }
                }
                dims.add(extent);
            } else {
                shape.skip();
            }
        }
        return dims.stream().mapToLong(Long::longValue).toArray();
    }

    /** A tensor of {@code TensorProto}, as in initializers, attributes and test data. */
    static OnnxTensor tensor(ProtoReader reader) {
        TensorContent content = new TensorContent();
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> reader.numbers(content.dims);
                case 2 -> content.type = (int) Math.max(0, Math.min(reader.number(), Integer.MAX_VALUE));
                case 4 -> reader.reals(content.floats);
                case 5, 7, 11 -> reader.numbers(content.numbers);
                case 8 -> content.name = reader.text();
                case 9 -> content.raw = reader.bytes().order(ByteOrder.LITTLE_ENDIAN);
                case 10 -> reader.doubles(content.floats);
                case 13 -> throw external(content.name);
                case 14 -> {
                    if (reader.number() != 0) {
                        throw external(content.name);
                    }
                }
                default -> reader.skip();
            }
        }
        return content.tensor();
    }

    private static FileFormatException external(String name) {
        return new FileFormatException("the weights" + (name.isEmpty() ? "" : " '" + name + "'")
                + " are not in the file but in another one beside it (external data), which is not supported;"
                + " export the model into one file, in Python with onnx.save(model, file)");
    }
}
