package conv4j.layers;

import conv4j.graph.Binary;
import conv4j.graph.Reduce;
import conv4j.graph.Unary;
import conv4j.graph.UnaryFunction;
import conv4j.graph.UnaryFunction.Kind;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.function.UnaryOperator;

/** The operations of which normalizations over an item's own numbers are made. */
final class Statistics {

    private final LayerContext context;
    private final String layer;

    Statistics(LayerContext context, String layer) {
        this.context = context;
        this.layer = layer;
    }

    /** The same numbers under another shape. */
    Value view(Value value, Shape shape) {
        return Reshape.view(context, value, value.like(value.name(), shape));
    }

    /** Of (rows, columns) the means (rows, 1). */
    Value meanOfRows(Value matrix) {
        int rows = matrix.shape().dim(0);
        if (matrix.columns() == 1) {
            return matrix;
        }
        Value means = value("means", matrix, Shape.of(rows));
        context.graph().add(new Reduce(matrix, means, Reduce.Kind.MEAN));
        return view(means, Shape.of(rows, 1));
    }

    /**
     * {@code (x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon)}.
     *
     * @param mean adds what computes means, of a shape that broadcasts with x
     */
    Value standardized(Value x, UnaryOperator<Value> mean, float epsilon) {
        Value distance = binary("distances", x, mean.apply(x), Binary.Function.SUBTRACT);
        Value variance = mean.apply(binary("squares", distance, distance, Binary.Function.MULTIPLY));
        Value more = unary("variance", variance, new UnaryFunction(Kind.AFFINE, 1, epsilon));
        Value deviation = unary("deviation", more, UnaryFunction.of(Kind.SQUARE_ROOT));
        return binary("standardized", distance, deviation, Binary.Function.DIVIDE);
    }

    /** {@code x * gamma + beta} into the layer's output. */
    Value scaled(Value x, Value gamma, Value beta, Value output) {
        Value product = binary("scaled", x, gamma, Binary.Function.MULTIPLY);
        context.graph().add(new Binary(product, beta, output, Binary.Function.ADD));
        return output;
    }

    private Value binary(String name, Value a, Value b, Binary.Function function) {
        Value result = value(name, a, Binary.broadcast(a.shape(), b.shape()));
        context.graph().add(new Binary(a, b, result, function));
        return result;
    }

    private Value unary(String name, Value x, UnaryFunction function) {
        Value result = value(name, x, x.shape());
        context.graph().add(new Unary(x, result, function));
        return result;
    }

    private Value value(String name, Value like, Shape shape) {
        return like.like(layer + " " + name, shape);
    }
}
