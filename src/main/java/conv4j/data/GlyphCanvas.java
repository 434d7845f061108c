package conv4j.data;

import java.util.Arrays;

/**
 * Draws strokes by distance: a pixel is covered by clamp(width / 2 + 1/2 - distance from its centre to the line), so
 * edges are smooth. Lengths are in pixels. Only additions, multiplications, divisions and square roots of floats are
 * used, which Java 17 defines to the bit; the rasteriser of Java2D has changed between releases.
 */
final class GlyphCanvas {

    /** Straight pieces that one span of a curve is drawn with. */
    private static final int PIECES = 4;

    private final int height;
    private final int width;
    /** Coverage 0 to 1 of each pixel, (height, width). */
    private final float[] coverage;

    GlyphCanvas(int height, int width) {
        this.height = height;
        this.width = width;
        this.coverage = new float[height * width];
    }

    float[] coverage() {
        return coverage;
    }

    void clear() {
        Arrays.fill(coverage, 0);
    }

    /** Draws straight lines between points x, y, x, y ... */
    void lines(float[] points, int count, float strokeWidth) {
        for (int i = 0; i + 1 < count; i++) {
            line(points[2 * i], points[2 * i + 1], points[2 * i + 2], points[2 * i + 3], strokeWidth);
        }
    }

    /** Draws the curve of Catmull and Rom 1974 through points x, y, x, y ...; its ends have the direction of their span. */
    void curve(float[] points, int count, boolean closed, float strokeWidth) {
        int spans = closed ? count : count - 1;
        float fromX = points[0];
        float fromY = points[1];
        for (int span = 0; span < spans; span++) {
            int before = closed ? (span + count - 1) % count : Math.max(span - 1, 0);
            int end = (span + 1) % count;
            int after = closed ? (span + 2) % count : Math.min(span + 2, count - 1);
            for (int piece = 1; piece <= PIECES; piece++) {
                float t = piece / (float) PIECES;
                float x = spline(points[2 * before], points[2 * span], points[2 * end], points[2 * after], t);
                float y = spline(
                        points[2 * before + 1], points[2 * span + 1], points[2 * end + 1], points[2 * after + 1], t);
                line(fromX, fromY, x, y, strokeWidth);
                fromX = x;
                fromY = y;
            }
        }
    }

    private static float spline(float before, float start, float end, float after, float t) {
        float a = 3 * (start - end) + after - before;
        float b = 2 * before - 5 * start + 4 * end - after;
        return start + 0.5f * t * (end - before + t * (b + t * a));
    }

    private void line(float x0, float y0, float x1, float y1, float strokeWidth) {
        float reach = strokeWidth / 2 + 0.5f;
        int top = clamp(Math.min(y0, y1) - reach, height);
        int bottom = clamp(Math.max(y0, y1) + reach + 1, height);
        int left = clamp(Math.min(x0, x1) - reach, width);
        int right = clamp(Math.max(x0, x1) + reach + 1, width);
        float dx = x1 - x0;
        float dy = y1 - y0;
        float scale = 1 / Math.max(dx * dx + dy * dy, 1e-12f);
        for (int row = top; row < bottom; row++) {
            for (int column = left; column < right; column++) {
                float px = column + 0.5f - x0;
                float py = row + 0.5f - y0;
                float along = Math.min(Math.max((px * dx + py * dy) * scale, 0), 1);
                float ex = px - along * dx;
                float ey = py - along * dy;
                float squared = ex * ex + ey * ey;
                if (squared < reach * reach) {
                    float covered = Math.min(reach - (float) Math.sqrt(squared), 1);
                    int pixel = row * width + column;
                    coverage[pixel] = Math.max(coverage[pixel], covered);
                }
            }
        }
    }

    private static int clamp(float position, int extent) {
        return Math.min(Math.max((int) Math.floor(position), 0), extent);
    }
}
