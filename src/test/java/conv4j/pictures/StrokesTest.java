package conv4j.pictures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.PathIterator;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Letters and digits as they were looked at and found good, as rows of signs: {@code #} is ink. After a change that is
 * meant, {@code mvn test -Dtest=StrokesTest -Dconv4j.drawPictures=true} draws them anew, to be looked at again.
 */
class StrokesTest {

    /** Places at the edge of a stroke may differ from one Java version to the next. */
    private static final int MOST_DIFFERENT = 12;

    private static final String LETTERS = "AÉîg8@~×→猫ß j";

    /** A drawing by its name; it is made within the test, where what it is made by is looked at. */
    private static Arguments drawn(String name, Supplier<Shape> shape, int width, int height) {
        return Arguments.of(name, shape, width, height);
    }

    static Stream<Arguments> drawings() {
        return Stream.of(
                drawn("strokes-letters.txt", () -> StrokeFont.outline(LETTERS, 4, 38, 33.2, false), 350, 50),
                drawn("strokes-letters-bold.txt", () -> StrokeFont.outline(LETTERS, 4, 38, 33.2, true), 390, 50),
                drawn("strokes-digits.txt", () -> digits(false), 260, 40),
                drawn("strokes-digits-bold.txt", () -> digits(true), 260, 40));
    }

    private static Shape digits(boolean bold) {
        AffineTransform place = AffineTransform.getTranslateInstance(130, 20);
        place.scale(30, 30);
        return place.createTransformedShape(StrokeText.outline("-0123456.789", bold));
    }

    private static List<String> rows(Shape shape, int width, int height) {
        return IntStream.range(0, height)
                .mapToObj(y -> IntStream.range(0, width)
                        .mapToObj(x -> shape.contains(x + 0.5, y + 0.5) ? "#" : ".")
                        .collect(Collectors.joining()))
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("drawings")
    void lettersLookAsTheyDid(String name, Supplier<Shape> drawing, int width, int height) throws IOException {
        Shape shape = drawing.get();
        assertTrue(new Rectangle2D.Double(0, 0, width, height).contains(shape.getBounds2D()), "cut off");
        List<String> rows = rows(shape, width, height);
        if (Boolean.getBoolean("conv4j.drawPictures")) {
            Files.write(Path.of("src/test/resources/conv4j/pictures", name), rows);
            Assumptions.abort(name + " was drawn anew; look at it");
        }
        try (InputStream in = StrokesTest.class.getResourceAsStream(name)) {
            List<String> before = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            assertEquals(before.size(), rows.size());
            int different = 0;
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    different += before.get(y).charAt(x) == rows.get(y).charAt(x) ? 0 : 1;
                }
            }
            assertTrue(different <= MOST_DIFFERENT, different + " places differ:\n" + String.join("\n", rows));
        }
    }

    /** Code, width, and the path in units. */
    private static String line(int code, StrokeFont.Letter letter) {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%04X %.1f", code, letter.width()));
        double[] points = new double[6];
        int[] counts = {2, 2, 4, 6, 0};
        for (PathIterator part = letter.lines().getPathIterator(null); !part.isDone(); part.next()) {
            int kind = part.currentSegment(points);
            line.append(' ').append("MLQCZ".charAt(kind));
            for (int i = 0; i < counts[kind]; i++) {
                line.append(String.format(Locale.ROOT, i == 0 ? "%.1f" : ",%.1f", points[i] + 0.0));
            }
        }
        return line.toString();
    }

    @Test
    void everyLetterIsReadWithItsStrokes() throws IOException {
        List<String> lines = new TreeMap<>(StrokeLetters.read())
                .entrySet().stream()
                        .map(entry -> line(entry.getKey(), entry.getValue()))
                        .toList();
        if (Boolean.getBoolean("conv4j.drawPictures")) {
            Files.write(Path.of("src/test/resources/conv4j/pictures/strokes-paths.txt"), lines);
            Assumptions.abort("strokes-paths.txt was written anew; look at it");
        }
        try (InputStream in = StrokesTest.class.getResourceAsStream("strokes-paths.txt")) {
            assertEquals(
                    new String(in.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .toList(),
                    lines);
        }
    }

    /** A capital A is 11 units wide and a space lies between letters; an em has 16.6 units. */
    @Test
    void widthsAddUp() {
        double letter = StrokeFont.width("A", 16.6, false);
        assertEquals(2 * letter + 2.4, StrokeFont.width("AA", 16.6, false), 1e-9);
        assertEquals(2 * letter + 3, StrokeFont.width("AA", 16.6, true), 1e-9);
        assertEquals(2 * letter, StrokeFont.width("A", 33.2, false), 1e-9);
        assertEquals(0, StrokeFont.width("", 16.6, false));
        assertEquals(12, StrokeFont.capHeight(16.6), 1e-9);
        assertEquals(StrokeFont.width(" ", 10, false), StrokeFont.width("\t", 10, false));
    }

    @Test
    void digitsHaveOneWidthAndPointsAreNarrow() {
        assertEquals(3 * 0.64 + 0.26, StrokeText.width("-1.5"), 1e-12);
    }

    @ParameterizedTest
    @CsvSource({"3, 3", "-2, -2", "0, 0", "0.5, 0.5", "-1.25, -1.3", "0.04, 0.0", "10.06, 10.1"})
    void numbersHaveADecimalOnlyWhereTheyNeedOne(float value, String text) {
        assertEquals(text, StrokeText.text(value));
    }
}
