package conv4j.augmentation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.graph.Augment;
import conv4j.graph.Augment.Edge;
import conv4j.graph.Augment.Range;
import conv4j.graph.Graph;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AugmentationsTest {

    private static final Interval SOME = new Interval(-0.25, 0.5);
    private static final Interval SHARE = new Interval(0.125, 0.25);

    static Stream<Augmentation> augmentations() {
        return Stream.of(
                new RandomFlip(),
                new RandomFlip(RandomFlip.Mode.VERTICAL),
                new RandomTranslation(0.1, 0.2),
                new RandomTranslation(SOME, SHARE, Edge.CONSTANT, 128),
                new RandomRotation(0.1),
                new RandomRotation(SOME, Edge.NEAREST, 3),
                new RandomCutout(0.5, 0.25),
                new RandomCutout(SHARE, SHARE, 7),
                new RandomBrightness(0.2),
                new RandomBrightness(SOME, new Interval(0, 1)),
                new RandomContrast(0.3),
                new RandomContrast(0.3, 0.1, new Interval(-1, 1)));
    }

    @ParameterizedTest
    @MethodSource("augmentations")
    void aConfigurationMakesTheSameAugmentation(Augmentation augmentation) {
        assertEquals(augmentation, Augmentations.fromConfig(augmentation.className(), augmentation.config()));
    }

    @Test
    void defaultsAreThoseOfKeras() {
        assertEquals(new RandomFlip(), Augmentations.fromConfig("RandomFlip", Map.of()));
        assertEquals(
                new RandomTranslation(0.2, 0.1),
                Augmentations.fromConfig("RandomTranslation", Map.of("height_factor", 0.2, "width_factor", 0.1)));
        assertEquals(new RandomRotation(0.2), Augmentations.fromConfig("RandomRotation", Map.of("factor", 0.2)));
        assertEquals(
                new RandomCutout(0.5, 0.25),
                Augmentations.fromConfig("RandomCutout", Map.of("height_factor", 0.5, "width_factor", 0.25)));
        assertEquals(new RandomBrightness(0.2), Augmentations.fromConfig("RandomBrightness", Map.of("factor", 0.2)));
        assertEquals(new RandomContrast(0.2), Augmentations.fromConfig("RandomContrast", Map.of("factor", 0.2)));
    }

    @Test
    void whatIsWrongIsRefusedWithWhatThereIs() {
        assertRefused("RandomZoom", "RandomFlip, RandomTranslation", Map.of());
        assertRefused("RandomFlip", "sideways", Map.of("mode", "sideways"));
        assertRefused("RandomRotation", "factor", Map.of());
        assertRefused("RandomRotation", "between -1.0 and 1.0", Map.of("factor", 15));
        assertRefused("RandomRotation", "fill_mode", Map.of("factor", 0.1, "fill_mode", "black"));
        assertRefused("RandomCutout", "between 0.0 and 1.0", Map.of("height_factor", 2, "width_factor", 0.1));
        assertRefused("RandomContrast", "between 0 and 1", Map.of("factor", -0.1));
        assertRefused("RandomBrightness", "hue", Map.of("factor", 0.1, "hue", 0.1));
        assertRefused("RandomBrightness", "one or two numbers", Map.of("factor", List.of(1, 2, 3)));
    }

    private static void assertRefused(String className, String text, Map<String, Object> config) {
        String message = assertThrows(IllegalArgumentException.class, () -> Augmentations.fromConfig(className, config))
                .getMessage();
        assertTrue(message.contains(text), message);
    }

    /** Remembers constants; the normalization is x / 2 - 1 and, for the second channel, its opposite. */
    private static final class Recorder implements AugmentationContext {
        private final Graph graph = new Graph();
        private final List<float[]> constants = new ArrayList<>();
        private int streams;

        @Override
        public Graph graph() {
            return graph;
        }

        @Override
        public int stream() {
            return streams++;
        }

        @Override
        public float[] normalized(double raw) {
            return new float[] {(float) raw / 2 - 1, 1 - (float) raw / 2};
        }

        @Override
        public Value constant(String name, Shape shape, float... elements) {
            constants.add(elements);
            return Value.state(name, shape);
        }
    }

    private static final Value IMAGES = Value.input("images", Shape.of(20, 32, 2));

    @Test
    void factorsBecomeWholePixelsAndRawValuesNormalizedOnes() {
        Recorder recorder = new Recorder();
        Value output = new RandomTranslation(SOME, new Interval(-4 / 32.0, 4 / 32.0), Edge.CONSTANT, 10)
                .emit(recorder, IMAGES);
        Augment operation = (Augment) recorder.graph.operations().get(0);
        assertEquals(new Range(-5, 10), operation.rows());
        assertEquals(new Range(-4, 4), operation.columns());
        assertEquals(output, operation.output());
        assertArrayEquals(new float[] {4, -4}, recorder.constants.get(0));
    }

    @Test
    void anglesAreSharesOfATurn() {
        Recorder recorder = new Recorder();
        new RandomRotation(SOME, Edge.WRAP, 0).emit(recorder, IMAGES);
        Augment operation = (Augment) recorder.graph.operations().get(0);
        assertEquals(new Range(-(1 << 22), 1 << 23), operation.rows());
        assertTrue(recorder.constants.isEmpty(), "a fill without use");
    }

    /** Limits: the size of the range, its lower and its upper end, for a channel that is turned over too. */
    @Test
    void colorsAreLimitedToTheNormalizedRange() {
        Recorder recorder = new Recorder();
        new RandomBrightness(SOME, new Interval(0, 8)).emit(recorder, IMAGES);
        new RandomContrast(0.5, 0.25, new Interval(0, 8)).emit(recorder, IMAGES);
        Augment.Colors brightness = (Augment.Colors) recorder.graph.operations().get(0);
        Augment.Colors contrast = (Augment.Colors) recorder.graph.operations().get(2);
        assertArrayEquals(new float[] {4, -4, -1, -3, 3, 1}, recorder.constants.get(0));
        assertEquals(new Range(-(1 << 22), 1 << 23), brightness.factors());
        assertEquals(new Range(1 << 23, 5 << 22), contrast.factors());
        assertEquals(1, contrast.stream());
    }
}
