package conv4j.pictures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every animation of the gallery, as a file and as the documents show it. */
class ArithmeticGalleryTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(ArithmeticGallery.class)
    void aGifShowsEveryFrameForEver(ArithmeticGallery drawn) throws IOException {
        ArithmeticFigureTest.assertGifShowsEveryFrame(drawn, folder.resolve("a.gif"));
    }

    @ParameterizedTest
    @EnumSource(ArithmeticGallery.class)
    void theDocumentedGalleryIsWhatTheCommandDraws(ArithmeticGallery drawn) throws IOException {
        String name = drawn.fileName() + ".gif";
        GifFrames gif = GifFrames.read(ArithmeticFigureTest.DOCUMENTED.resolve(name));
        ArithmeticFigure figure = ArithmeticFigure.small(drawn.axis());
        assertEquals(figure.frames(), gif.images().size(), name);
        assertEquals(figure.frame(0).getWidth(), gif.images().get(0).getWidth(), name);
        assertEquals(figure.frame(0).getHeight(), gif.images().get(0).getHeight(), name);
        for (int i : new int[] {0, figure.frames() / 2, figure.frames() - 1}) {
            ArithmeticFigureTest.assertNear(figure.frame(i), gif.images().get(i), name + ", frame " + i);
        }
        assertTrue(
                Files.readString(Path.of("docs", "convolution-arithmetic.md")).contains("images/arithmetic/" + name));
    }
}
