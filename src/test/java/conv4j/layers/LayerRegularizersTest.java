package conv4j.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import conv4j.regularizers.L1L2;
import conv4j.regularizers.L2;
import conv4j.regularizers.Regularizer;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Penalties of every parameter of every layer that has some. */
class LayerRegularizersTest {

    /** How the penalty of one parameter is set on a layer. */
    private record Setting<L extends Layer>(
            String key,
            Supplier<L> making,
            BiFunction<L, Regularizer, Layer> byValue,
            BiFunction<L, String, Layer> byName) {

        Layer with(Regularizer penalty) {
            L layer = making.get();
            assertSame(layer, byValue.apply(layer, penalty));
            return layer;
        }

        Layer with(String penalty) {
            L layer = making.get();
            assertSame(layer, byName.apply(layer, penalty));
            return layer;
        }

        @Override
        public String toString() {
            return making.get().className() + " " + key;
        }
    }

    static List<Setting<?>> settings() {
        Supplier<Conv2D> conv = () -> new Conv2D(2, 3);
        Supplier<Conv2DTranspose> transposed = () -> new Conv2DTranspose(2, 3);
        Supplier<DepthwiseConv2D> depthwise = () -> new DepthwiseConv2D(3);
        Supplier<SeparableConv2D> separable = () -> new SeparableConv2D(2, 3);
        Supplier<Dense> dense = () -> new Dense(2);
        return List.of(
                new Setting<>("kernel_regularizer", conv, Conv2D::kernelRegularizer, Conv2D::kernelRegularizer),
                new Setting<>("bias_regularizer", conv, Conv2D::biasRegularizer, Conv2D::biasRegularizer),
                new Setting<>(
                        "kernel_regularizer",
                        transposed,
                        Conv2DTranspose::kernelRegularizer,
                        Conv2DTranspose::kernelRegularizer),
                new Setting<>("kernel_regularizer", dense, Dense::kernelRegularizer, Dense::kernelRegularizer),
                new Setting<>("bias_regularizer", dense, Dense::biasRegularizer, Dense::biasRegularizer),
                new Setting<>(
                        "depthwise_regularizer",
                        depthwise,
                        DepthwiseConv2D::depthwiseRegularizer,
                        DepthwiseConv2D::depthwiseRegularizer),
                new Setting<>(
                        "depthwise_regularizer",
                        separable,
                        SeparableConv2D::depthwiseRegularizer,
                        SeparableConv2D::depthwiseRegularizer),
                new Setting<>(
                        "pointwise_regularizer",
                        separable,
                        SeparableConv2D::pointwiseRegularizer,
                        SeparableConv2D::pointwiseRegularizer),
                new Setting<>(
                        "beta_regularizer",
                        LayerNormalization::new,
                        LayerNormalization::betaRegularizer,
                        LayerNormalization::betaRegularizer),
                new Setting<>(
                        "gamma_regularizer",
                        BatchNormalization::new,
                        BatchNormalization::gammaRegularizer,
                        BatchNormalization::gammaRegularizer));
    }

    private static Map<String, Object> written(String className, Map<String, Object> config) {
        return Map.of("class_name", className, "config", config);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void aPenaltyIsKeptInTheConfiguration(Setting<?> setting) {
        assertNull(setting.making().get().config().get(setting.key()));
        assertNull(setting.with((Regularizer) null).config().get(setting.key()));
        Layer layer = setting.with(new L1L2(0.5, 0.25));
        assertEquals(
                written("L1L2", Map.of("l1", 0.5, "l2", 0.25)), layer.config().get(setting.key()));
        assertEquals(
                layer.config(),
                Layers.fromConfig(layer.className(), layer.config()).config());
    }

    @ParameterizedTest
    @MethodSource("settings")
    void aPenaltyMayBeNamed(Setting<?> setting) {
        assertEquals(setting.with(new L2(0.01)).config(), setting.with("l2").config());
    }
}
