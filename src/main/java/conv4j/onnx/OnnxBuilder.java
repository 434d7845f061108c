package conv4j.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An ONNX file that is being written; the numbers of fields are those of {@code onnx.proto}. */
final class OnnxBuilder {

    /** The version of ONNX' operators that files are written for. */
    static final int OPSET = 17;

    private static final int IR_VERSION = 8;
    private static final int INTS = 7;

    private final ProtoWriter graph = new ProtoWriter();
    private final Set<String> names = new HashSet<>();
    private final Map<String, ProtoWriter> initializers = new LinkedHashMap<>();
    private final List<ProtoWriter> nodes = new ArrayList<>();

    /** A name that nothing else in the file has. */
    String unique(String wanted) {
        String name = wanted;
        for (int i = 1; !names.add(name); i++) {
            name = wanted + "_" + i;
        }
        return name;
    }

    /** Adds a node of one output, which is called like the node. */
    String node(String operator, String name, Map<String, ?> attributes, String... inputs) {
        return nodes(operator, name, attributes, 1, inputs)[0];
    }

    /** Adds a node of several outputs. */
    String[] nodes(String operator, String name, Map<String, ?> attributes, int count, String... inputs) {
        String[] outputs = new String[count];
        ProtoWriter node = new ProtoWriter();
        for (String input : inputs) {
            node.text(1, input);
        }
        for (int i = 0; i < count; i++) {
            outputs[i] = unique(name);
            node.text(2, outputs[i]);
        }
        node.text(3, outputs[0]).text(4, operator);
        attributes.forEach((key, value) -> node.message(5, attribute(key, value)));
        nodes.add(node);
        return outputs;
    }

    private static ProtoWriter attribute(String name, Object value) {
        ProtoWriter attribute = new ProtoWriter().text(1, name);
        if (value instanceof Float number) {
            return attribute.real(2, number).number(20, 1);
        }
        if (value instanceof Integer number) {
            return attribute.number(3, number).number(20, 2);
        }
        if (value instanceof String text) {
            return attribute.text(4, text).number(20, 3);
        }
        for (int number : (int[]) value) {
            attribute.number(8, number);
        }
        return attribute.number(20, INTS);
    }

    /** Adds a constant of floats; the same name is one constant. */
    String floats(String name, float[] values, int... dims) {
        byte[] bytes = new byte[Math.multiplyExact(Float.BYTES, values.length)];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
        return constant(name, OnnxTensor.FLOAT, bytes, dims);
    }

    /** Adds a constant of whole numbers. */
    String longs(String name, long... values) {
        byte[] bytes = new byte[Long.BYTES * values.length];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(values);
        return constant(name, OnnxTensor.INT64, bytes, values.length);
    }

    private String constant(String wanted, int type, byte[] bytes, int... dims) {
        String name = unique(wanted);
        ProtoWriter tensor = new ProtoWriter();
        for (int dim : dims) {
            tensor.number(1, dim);
        }
        initializers.put(name, tensor.number(2, type).text(8, name).bytes(9, bytes));
        return name;
    }

    /** The file, of one input and one output of batches of N. */
    byte[] file(String name, ProtoWriter input, ProtoWriter output, Map<String, String> metadata) {
        nodes.forEach(node -> graph.message(1, node));
        graph.text(2, name);
        initializers.values().forEach(tensor -> graph.message(5, tensor));
        graph.message(11, input).message(12, output);
        ProtoWriter model = new ProtoWriter().number(1, IR_VERSION).text(2, "conv4j");
        model.message(7, graph).message(8, new ProtoWriter().text(1, "").number(2, OPSET));
        metadata.forEach(
                (key, value) -> model.message(14, new ProtoWriter().text(1, key).text(2, value)));
        return model.toBytes();
    }

    /** A batch of N items of floats. */
    static ProtoWriter port(String name, int... item) {
        ProtoWriter shape = new ProtoWriter().message(1, new ProtoWriter().text(2, "N"));
        for (int dim : item) {
            shape.message(1, new ProtoWriter().number(1, dim));
        }
        ProtoWriter tensor = new ProtoWriter().number(1, OnnxTensor.FLOAT).message(2, shape);
        return new ProtoWriter().text(1, name).message(2, new ProtoWriter().message(1, tensor));
    }
}
