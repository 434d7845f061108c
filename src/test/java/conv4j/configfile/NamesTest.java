package conv4j.configfile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesTest {

    @ParameterizedTest
    @CsvSource({
        "'', '', 0",
        "'', abc, 3",
        "abc, '', 3",
        "a, a, 0",
        "a, b, 1",
        "kitten, sitting, 3",
        "flaw, lawn, 2",
        "conv, conv2d, 2",
        "saturday, sunday, 3"
    })
    void theDistanceCountsLettersToChange(String from, String to, int distance) {
        assertEquals(distance, Names.distance(from, to));
        assertEquals(distance, Names.distance(to, from));
    }

    @Test
    void theNearestNameIsAdvisedWhenItIsNear() {
        List<String> known = List.of("dense", "dropout");
        assertEquals("; did you mean dense? There are dense, dropout", Names.advice("danse", known));
        assertEquals("; did you mean dense? There are dense, dropout", Names.advice("d_e_n", known));
        assertEquals("; there are dense, dropout", Names.advice("xyz", known));
        assertEquals("; there are dense, dropout", Names.advice("convolve", known));
    }

    @Test
    void caseAndDashesDoNotMatter() {
        assertEquals("conv2d", Names.plain("Conv_2-D"));
    }

    @Test
    void layersWithoutANameGetThatOfTheirKindAndANumber() {
        assertEquals(
                List.of("conv2d", "relu", "conv2d_1", "conv2d_2", "stem"),
                LayerNames.complete(
                        Arrays.asList(null, "relu", null, null, "stem"),
                        List.of("conv2d", "re_lu", "conv2d", "conv2d", "conv2d")));
    }

    @Test
    void aNumberThatWasGivenIsNotGivenAgain() {
        assertEquals(
                List.of("dense_2", "dense_1", "dense_3", "dense"),
                LayerNames.complete(
                        Arrays.asList(null, "dense_1", null, "dense"), List.of("dense", "dense", "dense", "dense")));
    }
}
