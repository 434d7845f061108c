package conv4j.graph;

import java.util.List;

/** An operation that makes the gradient of one input from that of one output; what else it reads, it says itself. */
public interface GradientOfInput extends Operation {

    /** {@return what flows back into the output} */
    Value outputGradient();

    /** {@return what flows on into the input} */
    Value inputGradient();

    @Override
    default List<Value> inputs() {
        return List.of(outputGradient());
    }

    @Override
    default List<Value> outputs() {
        return List.of(inputGradient());
    }
}
