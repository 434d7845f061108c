package conv4j.data;

import conv4j.random.RandomStream;
import conv4j.shape.Shape;

/** Paints one image of {@link Glyphs} after the other; holds the scratch arrays for it, so each thread needs its own. */
final class GlyphPainter {

    private static final int MOST_POINTS = 16;
    /** Deviation of the sum of the four bytes of a random word, for noise. */
    private static final float FOUR_BYTES = 147.8f;

    private final int height;
    private final int width;
    private final int channels;
    /** Half the shorter side: 1 in the digit's coordinates, which go from -1 to 1. */
    private final float unit;

    private final GlyphCanvas canvas;
    private final float[] image;
    private final float[] points = new float[2 * MOST_POINTS];
    private final float[] corners;
    private final float[] digitColor;
    private final float[] clutterColor;

    private RandomStream random;

    /** The warp and the affine map of the drawing in hand. */
    private final float[] wave = new float[8];

    private float xx;
    private float xy;
    private float yx;
    private float yy;
    private float centerX;
    private float centerY;

    GlyphPainter(Shape shape) {
        height = shape.dim(0);
        width = shape.dim(1);
        channels = shape.dim(2);
        unit = Math.min(height, width) / 2f;
        canvas = new GlyphCanvas(height, width);
        image = new float[shape.size()];
        corners = new float[4 * channels];
        digitColor = new float[channels];
        clutterColor = new float[channels];
    }

    /** Paints a digit; what is random comes from the stream. Writes (height, width, channels) bytes. */
    void paint(int digit, RandomStream stream, byte[] out, int offset) {
        random = stream;
        chooseColors();
        background();
        clutter();
        digit(digit);
        noise(out, offset);
    }

    /** The digit is clearly lighter or darker than the background, at random; that is what a linear model cannot undo. */
    private void chooseColors() {
        float base = random.nextFloat(50, 205);
        float contrast = random.nextFloat(75, 150);
        boolean lighter = base < 105 || (base <= 150 && random.nextInt(2) == 0);
        float sign = lighter ? 1 : -1;
        for (int c = 0; c < channels; c++) {
            float channelBase = base + random.nextFloat(-35, 35);
            for (int corner = 0; corner < 4; corner++) {
                corners[corner * channels + c] = channelBase + random.nextFloat(-28, 28);
            }
            digitColor[c] = channelBase + sign * contrast + random.nextFloat(-25, 25);
            clutterColor[c] = channelBase + random.nextFloat(-90, 90);
        }
    }

    /** Colours between those of the four corners. */
    private void background() {
        for (int row = 0; row < height; row++) {
            float down = (row + 0.5f) / height;
            for (int column = 0; column < width; column++) {
                float right = (column + 0.5f) / width;
                for (int c = 0; c < channels; c++) {
                    float top = corners[c] + right * (corners[channels + c] - corners[c]);
                    float bottom =
                            corners[2 * channels + c] + right * (corners[3 * channels + c] - corners[2 * channels + c]);
                    image[(row * width + column) * channels + c] = top + down * (bottom - top);
                }
            }
        }
    }

    /** Pieces of other digits, around the middle and behind the digit. */
    private void clutter() {
        canvas.clear();
        int pieces = 1 + random.nextInt(4);
        for (int i = 0; i < pieces; i++) {
            float angle = random.nextFloat(-3.14f, 3.14f);
            float direction = random.nextFloat(-3.14f, 3.14f);
            float distance = random.nextFloat(0.75f, 1.15f);
            chooseMap(angle, random.nextFloat(0.35f, 0.7f), 0.2f);
            centerX = width / 2f + unit * distance * (float) StrictMath.cos(direction);
            centerY = height / 2f + unit * distance * (float) StrictMath.sin(direction);
            Strokes.Stroke[][] ways = Strokes.of(random.nextInt(Strokes.digits()));
            Strokes.Stroke[] way = ways[random.nextInt(ways.length)];
            fragment(way[random.nextInt(way.length)], strokeWidth() * 0.8f);
        }
        blend(clutterColor, random.nextFloat(0.5f, 1));
    }

    /** A few neighbouring points of a stroke. */
    private void fragment(Strokes.Stroke stroke, float strokeWidth) {
        int all = stroke.points().length / 2;
        int count = Math.min(all, 2 + random.nextInt(3));
        int first = random.nextInt(all - count + 1);
        place(stroke, first, count);
        draw(stroke.smooth(), false, count, strokeWidth);
    }

    private void digit(int digit) {
        canvas.clear();
        chooseMap(random.nextFloat(-0.4f, 0.4f), random.nextFloat(0.5f, 0.84f), 0.25f);
        centerX = width / 2f + unit * random.nextFloat(-0.2f, 0.2f);
        centerY = height / 2f + unit * random.nextFloat(-0.2f, 0.2f);
        Strokes.Stroke[][] ways = Strokes.of(digit);
        float strokeWidth = strokeWidth();
        for (Strokes.Stroke stroke : ways[random.nextInt(ways.length)]) {
            int count = stroke.points().length / 2;
            place(stroke, 0, count);
            draw(stroke.smooth(), stroke.closed(), count, strokeWidth);
        }
        blend(digitColor, random.nextFloat(0.85f, 1));
    }

    private float strokeWidth() {
        return unit * random.nextFloat(0.1f, 0.25f);
    }

    private void draw(boolean smooth, boolean closed, int count, float strokeWidth) {
        if (smooth) {
            canvas.curve(points, count, closed, strokeWidth);
        } else {
            canvas.lines(points, count, strokeWidth);
        }
    }

    /** Rotation, scale, narrower or wider, shear, and a smooth warp of two waves in each direction. */
    private void chooseMap(float angle, float scale, float shear) {
        float cos = (float) StrictMath.cos(angle) * scale * unit;
        float sin = (float) StrictMath.sin(angle) * scale * unit;
        float narrow = random.nextFloat(0.7f, 1.1f);
        float slant = random.nextFloat(-shear, shear);
        xx = cos * narrow;
        xy = cos * slant - sin;
        yx = sin * narrow;
        yy = sin * slant + cos;
        for (int i = 0; i < wave.length; i += 2) {
            wave[i] = random.nextFloat(0, 6.28f);
            wave[i + 1] = random.nextFloat(-0.1f, 0.1f);
        }
    }

    /** Puts points of a stroke, shaken, warped and mapped to pixels, into {@link #points}. */
    private void place(Strokes.Stroke stroke, int first, int count) {
        for (int i = 0; i < count; i++) {
            float x = 2 * stroke.points()[2 * (first + i)] - 1 + random.nextFloat(-0.05f, 0.05f);
            float y = 2 * stroke.points()[2 * (first + i) + 1] - 1 + random.nextFloat(-0.05f, 0.05f);
            float warpedX = x + wave(0, 2.2f * y) + wave(2, 3.4f * (x + y));
            float warpedY = y + wave(4, 2.2f * x) + wave(6, 3.4f * (x - y));
            points[2 * i] = centerX + xx * warpedX + xy * warpedY;
            points[2 * i + 1] = centerY + yx * warpedX + yy * warpedY;
        }
    }

    private float wave(int index, float position) {
        return wave[index + 1] * (float) StrictMath.sin(position + wave[index]);
    }

    private void blend(float[] color, float opacity) {
        float[] coverage = canvas.coverage();
        for (int pixel = 0; pixel < coverage.length; pixel++) {
            float part = coverage[pixel] * opacity;
            if (part > 0) {
                for (int c = 0; c < channels; c++) {
                    image[pixel * channels + c] += part * (color[c] - image[pixel * channels + c]);
                }
            }
        }
    }

    /** Adds noise that is nearly normal: the sum of the four bytes of a random word. */
    private void noise(byte[] out, int offset) {
        float scale = random.nextFloat(4, 18) / FOUR_BYTES;
        for (int i = 0; i < image.length; i++) {
            int word = random.nextInt();
            int sum = (word & 0xFF) + (word >>> 8 & 0xFF) + (word >>> 16 & 0xFF) + (word >>> 24);
            float value = image[i] + scale * (sum - 510) + 0.5f;
            out[offset + i] = (byte) (int) Math.min(Math.max(value, 0), 255);
        }
    }
}
