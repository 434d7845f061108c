package conv4j.pictures;

import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.PathIterator;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;

/**
 * Paints pictures as SVG that stands in an HTML page: text stays text, and the colours of ink, paper, lines and the first
 * series are the page's CSS variables {@code --ink}, {@code --pale}, {@code --grid}, {@code --paper}, {@code --panel},
 * {@code --blue}, {@code --orange} and {@code --green}, so that a page can be light or dark.
 */
public final class VectorCanvas implements Canvas {

    private static final Map<Color, String> VARIABLES = Map.of(
            Palette.INK, "var(--ink)",
            Palette.PALE_INK, "var(--pale)",
            Palette.GRID, "var(--grid)",
            Palette.PAPER, "var(--paper)",
            Palette.PANEL, "var(--panel)",
            Palette.BLUE, "var(--blue)",
            Palette.ORANGE, "var(--orange)",
            Palette.GREEN, "var(--green)");

    private final StringBuilder out = new StringBuilder();

    private VectorCanvas() {}

    /**
     * Paints a picture.
     *
     * @param picture what to paint
     * @param description what it shows, for people who do not see it
     * @return an svg element that is as wide as its surroundings allow, and never larger than the picture
     */
    public static String render(Picture picture, String description) {
        VectorCanvas canvas = new VectorCanvas();
        picture.paint(canvas);
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + picture.width() + " " + picture.height()
                + "\" style=\"width:100%;max-width:" + picture.width() + "px;height:auto\" role=\"img\" aria-label=\""
                + Html.escape(description) + "\">" + canvas.out + "</svg>\n";
    }

    @Override
    public void fill(Shape shape, Color color) {
        if (shape instanceof Rectangle2D box) {
            out.append("<rect")
                    .append(place(box))
                    .append(paint(" fill=", color))
                    .append("/>");
        } else {
            out.append("<path d=\"")
                    .append(path(shape))
                    .append('"')
                    .append(paint(" fill=", color))
                    .append("/>");
        }
    }

    @Override
    public void draw(Shape shape, Color color, double width, double dash) {
        out.append("<path fill=\"none\" d=\"").append(path(shape)).append('"').append(paint(" stroke=", color));
        out.append(" stroke-width=\"").append(number(width)).append('"');
        if (dash > 0) {
            out.append(" stroke-dasharray=\"").append(number(dash)).append('"');
        } else {
            out.append(" stroke-linecap=\"round\" stroke-linejoin=\"round\"");
        }
        out.append("/>");
    }

    @Override
    public void text(String text, double x, double y, TextStyle style) {
        if (text.isBlank()) {
            return;
        }
        out.append("<text x=\"")
                .append(number(x))
                .append("\" y=\"")
                .append(number(y))
                .append('"');
        out.append(" font-size=\"").append(number(style.size())).append('"').append(paint(" fill=", style.color()));
        if (style.bold()) {
            out.append(" font-weight=\"600\"");
        }
        if (style.anchor() != Anchor.START) {
            String anchor = style.anchor().name().toLowerCase(Locale.ROOT);
            out.append(" text-anchor=\"").append(anchor).append('"');
        }
        if (style.angle() != 0) {
            out.append(" transform=\"rotate(").append(number(-style.angle())).append(' ');
            out.append(number(x)).append(' ').append(number(y)).append(")\"");
        }
        // Whatever font a browser has: the text takes the room that the picture has for it.
        if (text.length() > 1) {
            out.append(" textLength=\"").append(number(style.width(text)));
            out.append("\" lengthAdjust=\"spacingAndGlyphs\"");
        }
        out.append('>').append(Html.escape(text)).append("</text>");
    }

    @Override
    public void image(BufferedImage image, Rectangle2D area) {
        String data = Base64.getEncoder().encodeToString(Png.encode(image));
        out.append("<image").append(place(area)).append(" preserveAspectRatio=\"none\"");
        out.append(" style=\"image-rendering:pixelated\" href=\"data:image/png;base64,")
                .append(data)
                .append("\"/>");
    }

    private static String place(Rectangle2D area) {
        return " x=\"" + number(area.getX()) + "\" y=\"" + number(area.getY()) + "\" width=\"" + number(area.getWidth())
                + "\" height=\"" + number(area.getHeight()) + '"';
    }

    private static String paint(String attribute, Color color) {
        String variable = VARIABLES.get(color);
        if (variable != null) {
            return attribute + '"' + variable + '"';
        }
        String name = attribute.replace("=", "").strip();
        String hex = String.format(Locale.ROOT, "%s\"#%06X\"", attribute, color.getRGB() & 0xFFFFFF);
        return color.getAlpha() == 0xFF
                ? hex
                : hex + " " + name + "-opacity=\"" + number(color.getAlpha() / 255.0) + '"';
    }

    private static String path(Shape shape) {
        StringBuilder path = new StringBuilder();
        double[] points = new double[6];
        int[] counts = {2, 2, 4, 6, 0};
        for (PathIterator i = shape.getPathIterator(null); !i.isDone(); i.next()) {
            int kind = i.currentSegment(points);
            path.append("MLQCZ".charAt(kind));
            for (int k = 0; k < counts[kind]; k++) {
                path.append(k == 0 ? "" : " ").append(number(points[k]));
            }
        }
        return path.toString();
    }

    private static String number(double value) {
        String text = String.format(Locale.ROOT, "%.2f", value);
        return text.replaceFirst("\\.?0+$", "");
    }
}
