// Rectangles, enlarging and joining. Images are (batch, height, width, channels).
// Range: units / perItem, see struct Place of common.cl; in copy_runs a unit is a piece of a run.
// Build options: the style's and, with tiles, VECTOR_WIDTH (see common.cl).

struct Size {
    int height, width;
};

ulong units_of(const struct Size size, const int channels, global const uint *control) {
    return image_units(size.height, size.width, channels, control);
}

struct Place place_in(const ulong unit, const struct Size size, const int channels) {
    return place_of(unit, size.height, size.width, channels);
}

ulong pixel_in(const struct Place p, const int y, const int x, const struct Size size, const int channels) {
    return pixel_at(p, y, x, size.height, size.width, channels);
}

// y[r,c] = x[r - top, c - left], 0 outside: zero padding; with negative top and left cropping.
kernel void shift_image(
        global const uint *control, global const float *restrict x, const ulong xo, global float *restrict y,
        const ulong yo, const struct Size input, const struct Size output, const int channels, const int top,
        const int left, const int perItem) {
    const ulong end = end_unit(perItem, units_of(output, channels, control));
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        const struct Place p = place_in(unit, output, channels);
        const int iy = p.y - top, ix = p.x - left;
        const bool inside = iy >= 0 && iy < input.height && ix >= 0 && ix < input.width;
        const ulong from = inside ? pixel_in(p, iy, ix, input, channels) : 0;
        const ulong to = pixel_in(p, p.y, p.x, output, channels);
        for (int c = p.first; c < p.end; c += VECTOR_WIDTH) {
            const Vector v = inside ? load_first(x + xo + from + c, channels - c) : (Vector)(0.0f);
            store_first(v, y + yo + to + c, channels - c);
        }
    }
}

// The two positions of a small axis that an enlarged position lies between, and the weight of the second. Nearest: the
// position alone. Bilinear: centre (2 p + 1 - factor) / (2 factor), held inside the axis; in integers, so it is exact.
struct Between {
    int low, high;
    float weight;
};

struct Between between(const int position, const int factor, const int extent, const int bilinear) {
    struct Between b;
    const int centre = bilinear ? min(max(2 * position + 1 - factor, 0), 2 * factor * (extent - 1)) : position / factor;
    b.low = bilinear ? centre / (2 * factor) : centre;
    b.high = bilinear ? min(b.low + 1, extent - 1) : centre;
    b.weight = bilinear ? (float)(centre % (2 * factor)) / (float)(2 * factor) : 0.0f;
    return b;
}

// The weight of a small position in an enlarged one.
float weight_of(const int small, const struct Between b) {
    return (small == b.low ? 1.0f - b.weight : 0.0f) + (small == b.high ? b.weight : 0.0f);
}

// factors: rows and columns of the output per row and column of the input.
kernel void enlarge(
        global const uint *control, global const float *restrict x, const ulong xo, global float *restrict y,
        const ulong yo, const struct Size input, const struct Size factors, const int channels, const int bilinear,
        const int perItem) {
    const struct Size output = {input.height * factors.height, input.width * factors.width};
    const ulong end = end_unit(perItem, units_of(output, channels, control));
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        const struct Place p = place_in(unit, output, channels);
        const struct Between v = between(p.y, factors.height, input.height, bilinear);
        const struct Between h = between(p.x, factors.width, input.width, bilinear);
        const ulong from = xo + pixel_in(p, v.low, h.low, input, channels);
        const ulong right = xo + pixel_in(p, v.low, h.high, input, channels);
        const ulong below = xo + pixel_in(p, v.high, h.low, input, channels);
        const ulong corner = xo + pixel_in(p, v.high, h.high, input, channels);
        const ulong to = yo + pixel_in(p, p.y, p.x, output, channels);
        for (int c = p.first; c < p.end; c += VECTOR_WIDTH) {
            const int count = channels - c;
            Vector result = load_first(x + from + c, count);
            if (bilinear) {
                const Vector low = (1.0f - h.weight) * result + h.weight * load_first(x + right + c, count);
                const Vector left = load_first(x + below + c, count), end = load_first(x + corner + c, count);
                result = (1.0f - v.weight) * low + v.weight * ((1.0f - h.weight) * left + h.weight * end);
            }
            store_first(result, y + to + c, count);
        }
    }
}

// dx[small] = sum of dy[large] * weight of small in large, rows first.
kernel void enlarge_gradient(
        global const uint *control, global const float *restrict dy, const ulong dyo, global float *restrict dx,
        const ulong dxo, const struct Size input, const struct Size factors, const int channels, const int bilinear,
        const int perItem) {
    const struct Size output = {input.height * factors.height, input.width * factors.width};
    const ulong end = end_unit(perItem, units_of(input, channels, control));
    const int reach = bilinear ? 1 : 0; // bilinear weights reach into the neighbours
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        const struct Place p = place_in(unit, input, channels);
        const int firstX = max(0, (p.x - reach) * factors.width);
        const int endX = min(output.width, (p.x + 1 + reach) * factors.width);
        const int firstY = max(0, (p.y - reach) * factors.height);
        const int endY = min(output.height, (p.y + 1 + reach) * factors.height);
        for (int c = p.first; c < p.end; c += VECTOR_WIDTH) {
            Vector sum = 0.0f;
            for (int oy = firstY; oy < endY; oy++) {
                const float wy = weight_of(p.y, between(oy, factors.height, input.height, bilinear));
                for (int ox = firstX; ox < endX; ox++) {
                    const float w = wy * weight_of(p.x, between(ox, factors.width, input.width, bilinear));
                    const ulong at = dyo + pixel_in(p, oy, ox, output, channels);
                    sum += w != 0.0f ? w * load_first(dy + at + c, channels - c) : (Vector)(0.0f);
                }
            }
            store_first(sum, dx + dxo + pixel_in(p, p.y, p.x, input, channels) + c, channels - c);
        }
    }
}

// y[r * yStride + i] = x[r * xStride + i] for i < run: joins and splits along an axis. A unit is a piece of a run of
// row r, with tiles of VECTOR_WIDTH elements.
kernel void copy_runs(
        global const uint *control, global const float *restrict x, const ulong xo, global float *restrict y,
        const ulong yo, const ulong rows, const int run, const int xStride, const int yStride, const int piece,
        const int perItem) {
    const uint pieces = (run + piece - 1) / piece;
    const ulong end = end_unit(perItem, rows * control[CONTROL_BATCH] * pieces);
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        const ulong row = quotient(unit, pieces);
        const int first = (int)(unit - row * pieces) * piece;
#ifdef STYLE_TILES
        const ulong from = xo + row * xStride + first, to = yo + row * yStride + first;
        store_first(load_first(x + from, VECTOR_WIDTH), y + to, VECTOR_WIDTH);
#else
        for (int i = first; i < min(first + piece, run); i++) {
            y[yo + row * yStride + i] = x[xo + row * xStride + i];
        }
#endif
    }
}
