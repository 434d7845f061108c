package conv4j.graph;

import java.util.List;

/** An operation that reads one value and writes one. */
public interface OneInput extends Operation {

    /** {@return the value that is read} */
    Value input();

    /** {@return the value that is written} */
    Value output();

    @Override
    default List<Value> inputs() {
        return List.of(input());
    }

    @Override
    default List<Value> outputs() {
        return List.of(output());
    }
}
