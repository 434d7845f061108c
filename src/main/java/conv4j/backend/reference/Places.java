package conv4j.backend.reference;

import conv4j.backend.Memory;
import conv4j.backend.Placement;
import conv4j.graph.ElementType;
import conv4j.graph.Value;
import java.util.HashSet;
import java.util.Set;

/** Finds the arrays of values, and remembers which memory an operation uses. */
final class Places {

    private final Placement placement;
    private final int maxBatch;
    private Set<ArrayMemory> used = new HashSet<>();

    Places(Placement placement, int maxBatch) {
        this.placement = placement;
        this.maxBatch = maxBatch;
    }

    /** The elements of a FLOAT32 value. */
    Floats of(Value value) {
        return new Floats((float[]) memory(value, ElementType.FLOAT32).array(), offset(value));
    }

    /** The elements of a value that an operation can do without; null for null. */
    Floats ofOptional(Value value) {
        return value == null ? null : of(value);
    }

    /** The first element of a value of any type in its array. */
    int offset(Value value) {
        return (int) placement.of(value).offset();
    }

    /** The memory in which a value lies. */
    ArrayMemory memory(Value value, ElementType type) {
        Placement.Location location = placement.of(value);
        Memory memory = location.memory();
        if (!(memory instanceof ArrayMemory arrayMemory)) {
            throw new IllegalArgumentException(value + " lies in another backend's memory");
        }
        if (memory.type() != type) {
            throw new IllegalArgumentException(value + " lies in memory of " + memory.type() + ", not " + type);
        }
        checkInside(value, location);
        used.add(arrayMemory);
        return arrayMemory;
    }

    private void checkInside(Value value, Placement.Location location) {
        // The items of a data set are as many as its memory holds.
        long elements = value.role() == Value.Role.DATA ? value.shape().size() : value.elements(maxBatch);
        if (location.offset() < 0
                || location.offset() + elements > location.memory().elements()) {
            throw new IllegalArgumentException(value + " was placed at element " + location.offset()
                    + " with a batch of up to " + maxBatch + ", but its memory has only "
                    + location.memory().elements() + " elements");
        }
    }

    /** The memory that was asked for since the last call. */
    Set<ArrayMemory> takeUsed() {
        Set<ArrayMemory> taken = used;
        used = new HashSet<>();
        return taken;
    }
}
