package conv4j.graph;

import conv4j.shape.Shape;

/** Checks that the records of operations make in their constructors; a failure is a fault of the caller. */
final class Check {

    private Check() {}

    static void shape(String what, Value value, Shape needed) {
        if (!value.shape().equals(needed)) {
            throw new IllegalArgumentException(what + " '" + value.name() + "' has shape " + value.shape()
                    + ", but this operation needs " + needed);
        }
    }

    static void elements(String what, Value value, Value other) {
        if (value.shape().size() != other.shape().size() || value.batched() != other.batched()) {
            throw new IllegalArgumentException(what + " " + value + " must have as many elements as " + other);
        }
    }

    static void single(String what, Value value) {
        columns(what, value, 1);
        if (value.batched()) {
            throw new IllegalArgumentException(what + " is one number, but " + value + " has a batch axis");
        }
    }

    static void columns(String what, Value value, int needed) {
        if (value.shape().size() != needed) {
            throw new IllegalArgumentException(what + " '" + value.name() + "' has "
                    + value.shape().size() + " elements, but this operation needs " + needed);
        }
    }
}
