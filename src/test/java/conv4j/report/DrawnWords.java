package conv4j.report;

import conv4j.pictures.Picture;
import conv4j.pictures.VectorCanvas;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;

/** What can be read in a picture. */
final class DrawnWords {

    private static final Pattern TEXT = Pattern.compile("<text [^>]*fill=\"([^\"]*)\"[^>]*>([^<]*)</text>");
    private static final Pattern IMAGE = Pattern.compile("base64,([^\"]+)");

    private DrawnWords() {}

    /** All texts, in the order in which they are drawn. */
    static List<String> of(Picture picture) {
        return matches(TEXT, picture)
                .map(found -> found.group(2).replace("&#39;", "'"))
                .toList();
    }

    /** The colours of a text. */
    static List<String> colors(Picture picture, String text) {
        return matches(TEXT, picture)
                .filter(found -> found.group(2).equals(text))
                .map(found -> found.group(1))
                .toList();
    }

    /** All images, in the order in which they are drawn. */
    static List<BufferedImage> images(Picture picture) {
        return matches(IMAGE, picture).map(found -> decoded(found.group(1))).toList();
    }

    private static java.util.stream.Stream<MatchResult> matches(Pattern pattern, Picture picture) {
        return pattern.matcher(VectorCanvas.render(picture, "")).results();
    }

    private static BufferedImage decoded(String base64) {
        try {
            return ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(base64)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
