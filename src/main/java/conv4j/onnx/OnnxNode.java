package conv4j.onnx;

import conv4j.files.FileFormatException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One step of an ONNX graph.
 *
 * @param operator its operator
 * @param domain whose operator it is, empty for ONNX' own
 * @param name its name, may be empty
 * @param inputs the names of what it reads; an empty name stands for an input that is left out
 * @param outputs the names of what it writes
 * @param attributes by name: Long, Float, String, OnnxTensor, long[], float[]; null for a kind that nothing here uses
 */
record OnnxNode(
        String operator,
        String domain,
        String name,
        List<String> inputs,
        List<String> outputs,
        Map<String, Object> attributes) {

    /** How messages name the node. */
    String label() {
        String shown = !name.isEmpty() ? name : outputs.isEmpty() ? "" : outputs.get(0);
        return operator + " '" + shown + "'";
    }

    boolean has(int input) {
        return input < inputs.size() && !inputs.get(input).isEmpty();
    }

    boolean has(String attribute) {
        return attributes.containsKey(attribute);
    }

    /** Whether an output is given a name, so that somebody may read it. */
    boolean writes(int output) {
        return output < outputs.size() && !outputs.get(output).isEmpty();
    }

    long integer(String attribute, long otherwise) {
        return value(attribute, Long.class).orElse(otherwise);
    }

    int size(String attribute, int otherwise) {
        long value = integer(attribute, otherwise);
        if (value != (int) value) {
            throw new FileFormatException(
                    label() + ": attribute '" + attribute + "' is " + value + ", which is beyond what any size may be");
        }
        return (int) value;
    }

    boolean flag(String attribute, boolean otherwise) {
        return integer(attribute, otherwise ? 1 : 0) != 0;
    }

    float real(String attribute, float otherwise) {
        return value(attribute, Float.class).orElse(otherwise);
    }

    String text(String attribute, String otherwise) {
        return value(attribute, String.class).orElse(otherwise);
    }

    /** A list of whole numbers, or null. */
    long[] integers(String attribute) {
        return value(attribute, long[].class).orElse(null);
    }

    /** A list of sizes; where the attribute is missing as many as asked for of the other number. */
    int[] sizes(String attribute, int count, int otherwise) {
        long[] given = integers(attribute);
        int[] sizes = new int[given == null ? count : given.length];
        if (sizes.length != count) {
            throw new FileFormatException(
                    label() + ": attribute '" + attribute + "' has " + sizes.length + " numbers, but needs " + count);
        }
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = given == null ? otherwise : Sizes.checked(given[i], label() + ": attribute '" + attribute + "'");
        }
        return sizes;
    }

    /** A list of floating-point numbers, or null. */
    float[] reals(String attribute) {
        return value(attribute, float[].class).orElse(null);
    }

    OnnxTensor tensor(String attribute) {
        return value(attribute, OnnxTensor.class).orElse(null);
    }

    private <T> Optional<T> value(String attribute, Class<T> type) {
        Object value = attributes.get(attribute);
        if (value == null) {
            return Optional.empty();
        }
        if (!type.isInstance(value)) {
            throw new FileFormatException(label() + ": attribute '" + attribute + "' is "
                    + value.getClass().getSimpleName() + ", but " + type.getSimpleName() + " is needed");
        }
        return Optional.of(type.cast(value));
    }
}
