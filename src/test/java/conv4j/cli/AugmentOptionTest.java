package conv4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.augmentation.Augmentation;
import conv4j.augmentation.Interval;
import conv4j.augmentation.RandomBrightness;
import conv4j.augmentation.RandomContrast;
import conv4j.augmentation.RandomCutout;
import conv4j.augmentation.RandomFlip;
import conv4j.augmentation.RandomRotation;
import conv4j.augmentation.RandomTranslation;
import conv4j.graph.Augment.Edge;
import conv4j.shape.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.TypeConversionException;

class AugmentOptionTest {

    private static Augmentation[] augmentations(String text) {
        return new AugmentOption.Converter().convert(text).forImages(Shape.of(32, 40, 3), null);
    }

    @Test
    void namesWithAmountsBecomeAugmentationsInTheirOrder() {
        assertArrayEquals(
                new Augmentation[] {
                    new RandomTranslation(Interval.around(2 / 32.0), Interval.around(2 / 40.0), Edge.CONSTANT, 0),
                    new RandomFlip(RandomFlip.Mode.HORIZONTAL_AND_VERTICAL),
                    new RandomRotation(Interval.around(0.125), Edge.CONSTANT, 0),
                    new RandomCutout(Interval.of(0.5), Interval.of(0.4), 0),
                    new RandomBrightness(0.5),
                    new RandomContrast(1)
                },
                augmentations("shift=2, flip=both,rotate=45,cutout=16,brightness=0.5,CONTRAST=1"));
    }

    @Test
    void amountsMayBeLeftOut() {
        assertArrayEquals(
                augmentations("flip=horizontal,shift=4,rotate=15,cutout=8,brightness=0.2,contrast=0.2"),
                augmentations("flip,shift,rotate,cutout,brightness,contrast"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "zoom|'zoom' is not known; choose from flip, shift",
                "flip,|'' is not known",
                "flip=up|horizontal, vertical or both",
                "shift=0|pixels above 0",
                "shift=1.5|whole number of pixels",
                "rotate=361|degrees above 0, up to 360",
                "brightness=-0.1|above 0, up to 1",
                "contrast=|contrast= is not possible",
                "cutout=NaN|cutout=NaN"
            })
    void whatIsWrongIsNamed(String text, String expected) {
        String message = assertThrows(TypeConversionException.class, () -> augmentations(text))
                .getMessage();
        assertTrue(message.contains(expected), message);
    }
}
