package conv4j.pictures;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.arithmetic.Axis;
import conv4j.arithmetic.Kind;
import conv4j.backend.reference.ReferenceBackend;
import conv4j.shape.Window;
import java.awt.Color;
import java.awt.Point;
import java.awt.Shape;
import java.awt.geom.Point2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The animations: their frames, the colours of known cells, and the files. */
class ArithmeticFigureTest {

    static final Path DOCUMENTED = Path.of("docs", "images", "arithmetic");

    /** Levels of a channel by which a rare colour may be off in a palette of 63. */
    private static final int NEAR = 48;

    private static final Set<Color> FLAT =
            Set.of(Pen.BACKGROUND, Pen.INPUT, Pen.OUTPUT, Pen.PENDING, shaded(Pen.INPUT));

    @TempDir
    Path folder;

    /** Height 5, padding 1, stride 2: three places. */
    private static final Axis STRIDED = new Axis(Kind.CONVOLUTION, new Window(5, 3, 2, 1, 1, 1));

    /** Width 4, no padding: two places. */
    private static final Axis PLAIN = new Axis(Kind.CONVOLUTION, new Window(4, 3, 1, 1, 0, 0));

    private static Color middle(BufferedImage image, Plane plane, int row, int column) {
        Point2D place = plane.corner(row + 0.5, column + 0.5);
        return new Color(image.getRGB((int) Math.floor(place.getX()), (int) Math.floor(place.getY())));
    }

    private static Color shaded(Color cell) {
        Color shade = Pen.SHADE;
        double part = shade.getAlpha() / 255.0;
        return new Color(
                mixed(cell.getRed(), shade.getRed(), part),
                mixed(cell.getGreen(), shade.getGreen(), part),
                mixed(cell.getBlue(), shade.getBlue(), part));
    }

    private static int mixed(int below, int above, double part) {
        return (int) Math.round(below + part * (above - below));
    }

    private static void assertColor(Color want, Color got, int tolerance, String what) {
        assertTrue(off(want, got) <= tolerance, () -> what + " is " + got + ", but should be " + want);
    }

    private static int off(Color want, Color got) {
        return Math.max(
                Math.max(Math.abs(want.getRed() - got.getRed()), Math.abs(want.getGreen() - got.getGreen())),
                Math.abs(want.getBlue() - got.getBlue()));
    }

    @Test
    void cellsHaveTheColoursOfWhatTheyAre() {
        ArithmeticFigure figure = new ArithmeticFigure(STRIDED, PLAIN, null);
        assertEquals(6, figure.frames());
        // The fourth place: the second row of places, the second column.
        BufferedImage image = figure.frame(3);
        assertEquals(7, figure.below().rows());
        assertEquals(4, figure.below().columns());
        for (int row = 0; row < 7; row++) {
            for (int column = 0; column < 4; column++) {
                boolean inWindow = row >= 2 && row < 5 && column >= 1;
                boolean padding = row == 0 || row == 6;
                Color cell = padding ? Pen.BACKGROUND : Pen.INPUT;
                Color want = inWindow ? shaded(cell) : cell;
                assertColor(want, middle(image, figure.below(), row, column), 2, "cell " + row + ", " + column);
            }
        }
        for (int i = 0; i < 6; i++) {
            Color later = i == 3 ? Pen.CURRENT : Pen.PENDING;
            Color want = i < 3 ? Pen.OUTPUT : later;
            assertColor(want, middle(image, figure.above(), i / 2, i % 2), 0, "output " + i);
        }
        assertColor(Pen.PENDING, middle(figure.frame(0), figure.above(), 0, 1), 0, "a later output");
    }

    @Test
    void insertedZerosAndPaddingAreDashedAndInputsAreNot() {
        Axis axis = new Axis(Kind.TRANSPOSED, new Window(5, 3, 2, 1, 0, 0));
        ArithmeticFigure figure = new ArithmeticFigure(axis, axis, null);
        assertEquals(25, figure.frames());
        Plane below = figure.below();
        assertEquals(7, below.rows());
        BufferedImage image = figure.frame(24);
        assertColor(Pen.INPUT, middle(image, below, 2, 2), 0, "the first input");
        assertColor(Pen.INSERTED, middle(image, below, 3, 2), 0, "an inserted zero");
        assertColor(Pen.BACKGROUND, middle(image, below, 0, 1), 0, "padding");
        assertEquals(3, gaps(image, below.corner(0, 0), below.corner(0, 1)), "the outer edge of padding");
        assertEquals(3, gaps(image, below.corner(4, 3), below.corner(4, 4)), "below an inserted zero's row");
        assertEquals(0, gaps(image, below.corner(2, 2), below.corner(2, 3)), "the edge of an input");
    }

    /** Light pieces of a horizontal edge of a cell, its ends left out. */
    private static int gaps(BufferedImage image, Point2D from, Point2D to) {
        int y = (int) Math.floor(from.getY());
        int gaps = 0;
        boolean inside = false;
        for (int x = (int) from.getX() + 2; x < to.getX() - 1; x++) {
            boolean light = new Color(image.getRGB(x, y)).getRed() > 215;
            gaps += light && !inside ? 1 : 0;
            inside = light;
        }
        return gaps;
    }

    @Test
    void aGifShowsEveryFrameForEver() throws IOException {
        assertGifShowsEveryFrame(ArithmeticGallery.NO_PADDING, folder.resolve("a.gif"));
    }

    static void assertGifShowsEveryFrame(ArithmeticGallery drawn, Path file) throws IOException {
        ArithmeticFigure figure = ArithmeticFigure.small(drawn.axis());
        ArithmeticFiles.writeGif(figure, file);
        GifFrames gif = GifFrames.read(file);
        int outputs = drawn.axis().output() * drawn.axis().output();
        assertEquals(outputs, gif.images().size());
        assertEquals(0, gif.loops(), "repeats for ever");
        assertEquals(Set.of(60), new HashSet<>(gif.delays()));
        for (int i = 0; i < outputs; i++) {
            assertNear(figure.frame(i), gif.images().get(i), drawn + ", frame " + i);
        }
    }

    static void assertNear(BufferedImage want, BufferedImage got, String what) {
        assertNear(want, got, 0, what);
    }

    /** Within three pixels of each other, so many may be anything. */
    private static void assertNear(BufferedImage want, BufferedImage got, int strays, String what) {
        assertEquals(want.getWidth(), got.getWidth(), what);
        assertEquals(want.getHeight(), got.getHeight(), what);
        int[] wanted = pixels(want);
        int[] shown = pixels(got);
        List<Point> far = new ArrayList<>();
        for (int i = 0; i < wanted.length; i++) {
            Color color = new Color(wanted[i]);
            Color drawn = new Color(shown[i]);
            int tolerance = FLAT.contains(color) ? 0 : NEAR;
            if (off(color, drawn) <= tolerance) {
                continue;
            }
            Point here = new Point(i % want.getWidth(), i / want.getWidth());
            far.add(here);
            long around = far.stream()
                    .filter(other -> Math.abs(other.x - here.x) <= 3 && Math.abs(other.y - here.y) <= 3)
                    .count();
            if (around > strays) {
                assertColor(color, drawn, tolerance, what + ", pixel " + i);
            }
        }
    }

    private static int[] pixels(BufferedImage image) {
        return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }

    @Test
    void everyFrameIsAPngOfItsOwn() throws IOException {
        ArithmeticFigure figure = new ArithmeticFigure(STRIDED, PLAIN, null);
        List<Path> files = ArithmeticFiles.writeFrames(figure, folder.resolve("frames"));
        assertEquals(6, files.size());
        assertEquals("frame-005.png", files.get(5).getFileName().toString());
        for (int i = 0; i < 6; i++) {
            BufferedImage want = figure.frame(i);
            assertArrayEquals(pixels(want), pixels(ImageIO.read(files.get(i).toFile())), "frame " + i);
        }
    }

    /** Under a pooling's window the numbers of the input make the number of the output. */
    @Test
    void numbersAreWhatTheBackendComputes() {
        Axis axis = new Axis(Kind.POOLING, new Window(4, 2, 2, 1, 0, 0));
        Axis back = new Axis(Kind.TRANSPOSED, new Window(3, 2, 1, 1, 0, 0));
        try (ReferenceBackend backend = new ReferenceBackend()) {
            FigureNumbers max = FigureNumbers.compute(axis, axis, FigureNumbers.Pooling.MAX, backend);
            FigureNumbers mean = FigureNumbers.compute(axis, axis, FigureNumbers.Pooling.AVERAGE, backend);
            float[] x = max.input();
            assertEquals(Math.max(Math.max(x[2], x[3]), Math.max(x[6], x[7])), max.output()[1]);
            assertEquals((x[8] + x[9] + x[12] + x[13]) / 4, mean.output()[2]);
            FigureNumbers transposed = FigureNumbers.compute(back, back, null, backend);
            // The kernel slides turned: the first output sees the first input under its last element.
            assertEquals(
                    transposed.input()[0] * transposed.kernel()[3], transposed.output()[0]);
            assertEquals(
                    transposed.input()[3] * transposed.kernel()[0], transposed.output()[8]);
            assertEquals(0, backend.allocatedBytes());
        }
    }

    @Test
    void numbersAreWrittenIntoTheCells() {
        try (ReferenceBackend backend = new ReferenceBackend()) {
            FigureNumbers numbers = FigureNumbers.compute(STRIDED, PLAIN, null, backend);
            ArithmeticFigure figure = new ArithmeticFigure(STRIDED, PLAIN, numbers);
            BufferedImage image = figure.frame(0);
            assertTrue(ink(image, figure.below(), 5, 0) > 10, "an input");
            assertTrue(ink(image, figure.above(), 0, 0, Color.WHITE) > 10, "the current output");
            assertEquals(0, ink(image, figure.above(), 2, 1), "an output that is still to come");
            assertTrue(ink(figure.frame(5), figure.above(), 0, 0) > 10, "an output that is done");
        }
    }

    private static int ink(BufferedImage image, Plane plane, int row, int column) {
        return ink(image, plane, row, column, Pen.INK);
    }

    /** Pixels of a colour inside a cell, its border left out. */
    private static int ink(BufferedImage image, Plane plane, int row, int column, Color ink) {
        int count = 0;
        for (double y = row + 0.1; y < row + 0.9; y += 0.02) {
            for (double x = column + 0.1; x < column + 0.9; x += 0.02) {
                Point2D place = plane.corner(y, x);
                count += new Color(image.getRGB((int) place.getX(), (int) place.getY())).equals(ink) ? 1 : 0;
            }
        }
        return count;
    }

    @Test
    void digitsDifferFromEachOther() {
        Set<String> outlines = new HashSet<>();
        for (String text : List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "-", ".", "10")) {
            StringBuilder pixels = new StringBuilder();
            Shape outline = StrokeText.outline(text, false);
            for (double y = -0.6; y < 0.6; y += 0.05) {
                for (double x = -0.7; x < 0.7; x += 0.05) {
                    pixels.append(outline.contains(x, y) ? '#' : ' ');
                }
            }
            assertTrue(outline.getBounds2D().getHeight() < 1.3, text);
            assertTrue(outlines.add(pixels.toString()), text);
        }
        assertEquals("12", StrokeText.text(12));
        assertEquals("1.7", StrokeText.text(5 / 3f));
        assertEquals("-3", StrokeText.text(-3));
    }

    @Test
    void whatIsTooLargeToBeSeenIsRefused() {
        Axis wide = new Axis(Kind.CONVOLUTION, new Window(65, 3, 1, 1, 0, 0));
        Axis many = new Axis(Kind.CONVOLUTION, new Window(40, 2, 1, 1, 0, 0));
        Axis most = new Axis(Kind.CONVOLUTION, new Window(64, 3, 2, 1, 0, 0));
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> new ArithmeticFigure(wide, PLAIN, null));
        assertTrue(refused.getMessage().contains("65x4 cells"), refused::getMessage);
        assertThrows(IllegalArgumentException.class, () -> new ArithmeticFigure(many, many, null));
        assertTrue(new ArithmeticFigure(most, most, null).frame(0).getWidth() < 1000);
    }

    @Test
    void theGalleryHasTheCasesOfTheGuide() {
        List<ArithmeticGallery> all = ArithmeticGallery.all();
        assertEquals(15, all.size());
        List<Integer> relationships =
                all.stream().map(drawn -> drawn.axis().relationship().number()).toList();
        assertEquals(List.of(1, 2, 3, 4, 5, 6, 6, 8, 9, 10, 11, 12, 13, 14, 15), relationships);
        assertEquals("no-padding", all.get(0).fileName());
        assertEquals("transposed-strided-padded-odd", all.get(13).fileName());
    }

    @Test
    void theDocumentedNumbersAreWhatTheCommandDraws() throws IOException {
        Axis half = new Axis(Kind.CONVOLUTION, new Window(4, 3, 1, 1, 1, 1));
        Axis pool = new Axis(Kind.POOLING, new Window(6, 2, 2, 1, 0, 0));
        try (ReferenceBackend backend = new ReferenceBackend()) {
            assertDocumented("numbers-half-padding.gif", half, FigureNumbers.compute(half, half, null, backend));
            assertDocumented(
                    "numbers-max-pooling.gif",
                    pool,
                    FigureNumbers.compute(pool, pool, FigureNumbers.Pooling.MAX, backend));
        }
    }

    private static void assertDocumented(String name, Axis axis, FigureNumbers numbers) throws IOException {
        GifFrames gif = GifFrames.read(DOCUMENTED.resolve(name));
        ArithmeticFigure figure = new ArithmeticFigure(axis, axis, numbers);
        assertEquals(figure.frames(), gif.images().size(), name);
        for (int i : new int[] {0, figure.frames() / 2, figure.frames() - 1}) {
            // Java 17 drew the documented ones; others round the outlines of digits differently, two pixels of some.
            int strays = Runtime.version().feature() == 17 ? 0 : 2;
            assertNear(figure.frame(i), gif.images().get(i), strays, name + ", frame " + i);
        }
    }

    @Test
    void theDocumentShowsNothingThatIsNotThere() throws IOException {
        String document = Files.readString(Path.of("docs", "convolution-arithmetic.md"));
        try (Stream<Path> images = Files.list(DOCUMENTED)) {
            images.forEach(
                    image -> assertTrue(document.contains("images/arithmetic/" + image.getFileName()), image + ""));
        }
    }
}
