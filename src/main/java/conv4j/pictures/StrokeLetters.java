package conv4j.pictures;

import java.awt.geom.Arc2D;
import java.awt.geom.Path2D;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Reads the letters of {@link StrokeFont} from the resource {@code letters.txt}, which says how they are written. */
final class StrokeLetters {

    private StrokeLetters() {}

    static Map<Integer, StrokeFont.Letter> read() {
        Map<Integer, StrokeFont.Letter> letters = new HashMap<>();
        try (InputStream in = StrokeLetters.class.getResourceAsStream("letters.txt")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            text.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("//"))
                    .forEach(line -> {
                        int space = line.indexOf(' ', 1);
                        String name = line.substring(0, space);
                        int code = name.length() > 2 ? Integer.parseInt(name.substring(2), 16) : name.codePointAt(0);
                        letters.put(code, letter(line.substring(space + 1)));
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return letters;
    }

    private static StrokeFont.Letter letter(String text) {
        String[] parts = text.split(";");
        Path2D lines = new Path2D.Double();
        for (int i = 1; i < parts.length; i++) {
            String stroke = parts[i].strip();
            append(lines, stroke.charAt(0), numbers(stroke.substring(1)));
        }
        return new StrokeFont.Letter(Double.parseDouble(parts[0].strip()), lines);
    }

    private static double[] numbers(String text) {
        String[] words = text.strip().split("[ ,]+");
        double[] numbers = new double[words.length];
        for (int i = 0; i < words.length; i++) {
            numbers[i] = Double.parseDouble(words[i]);
        }
        return numbers;
    }

    private static void append(Path2D lines, char kind, double[] n) {
        switch (kind) {
            case 'A' -> lines.append(
                    new Arc2D.Double(n[0] - n[2], n[1] - n[3], 2 * n[2], 2 * n[3], n[4], n[5], Arc2D.OPEN), false);
            case 'D' -> {
                lines.moveTo(n[0], n[1]);
                lines.lineTo(n[0], n[1] + 0.01);
            }
            case 'L' -> {
                lines.moveTo(n[0], n[1]);
                for (int i = 2; i < n.length; i += 2) {
                    lines.lineTo(n[i], n[i + 1]);
                }
            }
            case 'C' -> curve(lines, n);
            default -> throw new IllegalStateException("letters.txt has a stroke of the kind " + kind);
        }
    }

    /** A curve of Catmull and Rom as ones of Bezier: their inner points lie a sixth of the neighbours' way off. */
    private static void curve(Path2D lines, double[] n) {
        int last = n.length / 2 - 1;
        lines.moveTo(n[0], n[1]);
        for (int i = 0; i < last; i++) {
            int before = 2 * Math.max(0, i - 1);
            int after = 2 * Math.min(last, i + 2);
            int from = 2 * i;
            int to = 2 * i + 2;
            lines.curveTo(
                    n[from] + (n[to] - n[before]) / 6,
                    n[from + 1] + (n[to + 1] - n[before + 1]) / 6,
                    n[to] - (n[after] - n[from]) / 6,
                    n[to + 1] - (n[after + 1] - n[from + 1]) / 6,
                    n[to],
                    n[to + 1]);
        }
    }
}
