package conv4j.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RotationTest {

    private static final double TURN = 1 << 24;
    private static final double ONE = 1 << 30;

    /** Five products cut off at 2^-30, and the first terms that are left out. */
    @Test
    void sineAndCosineAreOffByAtMostFourUnits() {
        for (int angle = -(1 << 25); angle <= 1 << 25; angle += 997) {
            Rotation rotation = Rotation.of(angle, 3, 3);
            double radians = 2 * Math.PI * angle / TURN;
            assertEquals(Math.sin(radians) * ONE, rotation.sine(), 4, "sine of " + angle);
            assertEquals(Math.cos(radians) * ONE, rotation.cosine(), 4, "cosine of " + angle);
        }
    }

    @Test
    void quartersAreExact() {
        int quarter = 1 << 22;
        int one = 1 << 30;
        for (int turns = -2; turns <= 2; turns++) {
            int whole = turns << 24;
            assertEquals(new Rotation(0, one, 5, 4), Rotation.of(whole, 5, 4));
            assertEquals(new Rotation(one, 0, 5, 4), Rotation.of(whole + quarter, 5, 4));
            assertEquals(new Rotation(0, -one, 5, 4), Rotation.of(whole + 2 * quarter, 5, 4));
            assertEquals(new Rotation(-one, 0, 5, 4), Rotation.of(whole + 3 * quarter, 5, 4));
        }
    }

    /** Against the formula in double precision; a position is off by the error of sine and cosine times the distance. */
    @Test
    void positionsAreThoseOfTheFormula() {
        int height = 37;
        int width = 64;
        for (int angle : new int[] {12_345, -700_000, 3_000_001, 9_999_999}) {
            double a = 2 * Math.PI * angle / TURN;
            Rotation rotation = Rotation.of(angle, height, width);
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    double py = y - (height - 1) / 2.0;
                    double px = x - (width - 1) / 2.0;
                    double row = (height - 1) / 2.0 + px * Math.sin(a) + py * Math.cos(a);
                    double column = (width - 1) / 2.0 + px * Math.cos(a) - py * Math.sin(a);
                    double tolerance = 4 / ONE * (Math.abs(px) + Math.abs(py)) + Math.ulp(64);
                    assertEquals(row, position(rotation.row(y, x)), tolerance + 0x1p-24);
                    assertEquals(column, position(rotation.column(y, x)), tolerance + 0x1p-24);
                }
            }
        }
    }

    private static double position(long position) {
        return Rotation.before(position) + (double) Rotation.weight(position);
    }
}
