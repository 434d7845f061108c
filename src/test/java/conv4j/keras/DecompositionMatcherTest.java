package conv4j.keras;

import static conv4j.keras.KerasFileTest.compile;
import static conv4j.keras.KerasFileTest.images;
import static conv4j.keras.KerasFileTest.train;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.graph.Binary;
import conv4j.graph.UnaryFunction;
import conv4j.graph.UnaryFunction.Kind;
import conv4j.initializers.Constant;
import conv4j.layers.Activation;
import conv4j.layers.AveragePooling2D;
import conv4j.layers.Concatenate;
import conv4j.layers.Conv2D;
import conv4j.layers.Conv2DTranspose;
import conv4j.layers.Dense;
import conv4j.layers.Divide;
import conv4j.layers.Elementwise;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.layers.Layer;
import conv4j.layers.MaxPooling2D;
import conv4j.layers.SeparableConv2D;
import conv4j.layers.Tensor;
import conv4j.layers.Weighted;
import conv4j.model.FitOptions;
import conv4j.model.Model;
import conv4j.model.Sequential;
import conv4j.optimizers.Adam;
import conv4j.optimizers.Optimizer;
import conv4j.optimizers.RMSprop;
import conv4j.shape.Padding;
import conv4j.shape.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers that Keras has no word for: what is written of them, and that it is read as the same layers. */
class DecompositionMatcherTest {

    private static final Shape IMAGE = Shape.of(6, 5, 3);

    @TempDir
    private Path folder;

    private static int parameters(Kind kind) {
        return switch (kind) {
            case AFFINE, CLIP, HARD_SIGMOID, SCALED_ELU, SHRINK -> 2;
            case CELU, THRESHOLDED_RELU -> 1;
            default -> 0;
        };
    }

    static Stream<Layer> layers() {
        Stream<Layer> functions = Arrays.stream(Kind.values())
                .map(kind -> new Elementwise(
                        new UnaryFunction(kind, parameters(kind) > 0 ? 0.4f : 0, parameters(kind) > 1 ? 0.7f : 0)));
        return Stream.concat(
                functions,
                Stream.<Layer>of(
                        new Elementwise(new UnaryFunction(Kind.CLIP, Float.NEGATIVE_INFINITY, 0.5f)),
                        new Elementwise(new UnaryFunction(Kind.HARD_SIGMOID, 1 / 6f, 0.5f)),
                        new Elementwise(new UnaryFunction(Kind.SHRINK, 0.2f, 0)),
                        new Elementwise(new UnaryFunction(Kind.SHRINK, 0.2f, 0.2f)),
                        new Activation("gelu_tanh"),
                        new MaxPooling2D(3, 2).strides(2, 1).padding(Padding.explicit(1, 2, 0, 1)),
                        new AveragePooling2D(3, 2).strides(2, 1).padding(Padding.explicit(1, 2, 0, 1)),
                        new Conv2DTranspose(2, 2, 3).strides(3, 2).padding(Padding.explicit(1, 2, 0, 3)),
                        new Conv2DTranspose(2, 3)
                                .strides(2)
                                .outputPadding(1, 0)
                                .padding(Padding.explicit(1, 1, 2, 0))
                                .activation("gelu_tanh"),
                        new Conv2D(2, 3).activation("gelu_tanh").padding("same"),
                        new SeparableConv2D(2, 3).activation("gelu_tanh"),
                        new Weighted(Binary.Function.PRELU, 1, 1, 3).weightInitializer(new Constant(0.3)),
                        new Weighted(Binary.Function.PRELU, 6, 1, 3),
                        new Weighted(Binary.Function.ADD, 1, 1, 3),
                        new Weighted(Binary.Function.ADD, 3),
                        new Weighted(Binary.Function.SUBTRACT, 5, 3).reversed(true),
                        new Weighted(Binary.Function.MULTIPLY, 1, 5, 1).weightInitializer(new Constant(0.5)),
                        new Weighted(Binary.Function.DIVIDE, 1, 1, 1).weightInitializer(new Constant(2)),
                        new Weighted(Binary.Function.DIVIDE, 1, 1, 1)
                                .reversed(true)
                                .trainable(false)
                                .weightInitializer(new Constant(2)),
                        new Weighted(Binary.Function.MAXIMUM, 6, 5, 3),
                        new Weighted(Binary.Function.MINIMUM, 1, 1, 3),
                        new Weighted(Binary.Function.EQUAL, 1, 1, 3),
                        new Weighted(Binary.Function.LESS, 1, 1, 3).weightInitializer(new Constant(0.5)),
                        new Weighted(Binary.Function.LESS_OR_EQUAL, 1, 1, 3)
                                .reversed(true)
                                .weightInitializer(new Constant(0.5)),
                        new Weighted(Binary.Function.POWER, 1, 1, 1)
                                .trainable(false)
                                .weightInitializer(new Constant(3))));
    }

    /** Brings numbers to where most functions have a value. */
    private static Layer before(Layer layer) {
        return layer instanceof Elementwise function && function.function().kind() == Kind.AREA_COSINE
                ? new Elementwise(new UnaryFunction(Kind.AFFINE, 0.25f, 2))
                : new Activation("sigmoid");
    }

    private static Sequential line(Layer layer) {
        return new Sequential("line", new Input(IMAGE), before(layer), layer, new Flatten(), new Dense(3));
    }

    private static Model fork(Layer layer) {
        Tensor input = new Input(IMAGE).tensor();
        Tensor x = before(layer).apply(input);
        Tensor y = new Conv2D(3, 1).apply(new Divide().apply(x, new Activation("softplus").apply(input)));
        return new Model(
                "fork",
                input,
                new Dense(3)
                        .apply(new Concatenate().apply(new Flatten().apply(layer.apply(x)), new Flatten().apply(y))));
    }

    private static List<Map<String, Object>> settings(Model model) {
        return model.layers().stream().map(Layer::config).toList();
    }

    private static Map<String, float[]> weights(Model model) {
        Map<String, float[]> weights = new LinkedHashMap<>();
        model.weights()
                .names()
                .forEach(name -> weights.put(name, model.weights().get(name)));
        return weights;
    }

    private void assertComesBack(Model model, Backend backend, Optimizer optimizer) {
        Path file = folder.resolve("model.keras");
        compile(model, optimizer);
        train(model, backend, 2);
        KerasFile.save(model, file);
        try (Model loaded = KerasFile.load(file)) {
            assertEquals(settings(model), settings(loaded));
            assertEquals(model.getClass(), loaded.getClass());
            assertEquals(model.normalization(), loaded.normalization());
            Map<String, float[]> expected = weights(model);
            Map<String, float[]> got = weights(loaded);
            assertEquals(expected.keySet(), got.keySet());
            expected.forEach((name, values) -> assertArrayEquals(values, got.get(name), name));
            List<Double> straight = model.fit(
                            images(IMAGE),
                            new FitOptions().epochs(3).batchSize(8).shuffle(false))
                    .series("loss");
            assertEquals(straight, train(loaded, backend, 3));
            assertEquals(3, straight.size());
        }
    }

    @ParameterizedTest
    @MethodSource("layers")
    void aLayerComesBackAsItWasAndTrainsOn(Layer layer) {
        layer.name("it");
        Map<String, Object> config = layer.config();
        Layer again = conv4j.layers.Layers.fromConfig(layer.className(), config);
        try (Backend backend = Backends.open("cpu");
                Model line = line(layer);
                Model fork = fork(again)) {
            assertComesBack(line, backend, new Adam(0.01));
            assertComesBack(fork, backend, new RMSprop(0.001).momentum(0.5));
        }
    }
}
