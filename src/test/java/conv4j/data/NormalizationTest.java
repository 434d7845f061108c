package conv4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class NormalizationTest {

    @Test
    void centeredMapsBytesToMinusOneHalfToOneHalf() {
        float[] values = {0, 127.5f, 255};
        Normalization.centered().apply(values, 0, 3, 3);
        assertArrayEquals(new float[] {-0.5f, 0, 0.5f}, values, 1e-7f);
    }

    @Test
    void unitMapsBytesToZeroToOneAndIdentityChangesNothing() {
        float[] values = {0, 255, 51};
        Normalization.IDENTITY.apply(values, 0, 3, 1);
        assertArrayEquals(new float[] {0, 255, 51}, values);
        Normalization.unit().apply(values, 0, 3, 1);
        assertArrayEquals(new float[] {0, 1, 0.2f}, values, 1e-7f);
    }

    @Test
    void eachChannelHasItsOwnPairAndOthersAreLeftAlone() {
        float[] values = {9, 1, 2, 3, 4, 9};
        new Normalization(new float[] {1, 10}, new float[] {0.5f, 0}).apply(values, 1, 4, 2);
        assertArrayEquals(new float[] {9, 1.5f, 20, 3.5f, 40, 9}, values);
    }

    @Test
    void meansAndDeviationsAreInUnitsOfOneOrOfTheInputs() {
        float[] values = {0.485f * 255, 0.456f * 255 + 0.224f * 255};
        Normalization.of(new double[] {0.485, 0.456}, new double[] {0.229, 0.224})
                .apply(values, 0, 2, 2);
        assertArrayEquals(new float[] {0, 1}, values, 1e-5f);
        float[] raw = {33.3f + 78.6f};
        Normalization.ofRaw(new double[] {33.3}, new double[] {78.6}).apply(raw, 0, 1, 1);
        assertEquals(1, raw[0], 1e-6f);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        float[] two = {1, 2};
        assertThrows(IllegalArgumentException.class, () -> new Normalization(two, new float[1]));
        assertThrows(IllegalArgumentException.class, () -> new Normalization(new float[0], new float[0]));
        assertThrows(IllegalArgumentException.class, () -> new Normalization(two, two).check(3));
        assertThrows(IllegalArgumentException.class, () -> Normalization.of(new double[1], new double[] {0}));
        assertThrows(IllegalArgumentException.class, () -> Normalization.of(new double[1], new double[2]));
    }

    @Test
    void equalityIsByContentAndArraysCannotBeChangedFromOutside() {
        float[] scale = {1, 2};
        Normalization one = new Normalization(scale, new float[] {3, 4});
        scale[0] = 9;
        one.shift()[0] = 9;
        Normalization same = new Normalization(new float[] {1, 2}, new float[] {3, 4});
        assertEquals(same, one);
        assertEquals(same.hashCode(), one.hashCode());
        assertNotEquals(same, Normalization.unit());
    }
}
