// Rectangles, enlarging and joining. Images are (batch, height, width, channels).
// Range: units / perItem; a unit is VECTOR_WIDTH channels of an output pixel, in copy_runs a piece of a run.
// Build options: the style's (see common.cl).

struct Size {
    int height, width;
};

// Item, row, column and first channel of a unit of images of a size.
struct Place {
    ulong item;
    int y, x, channel;
};

struct Place place_of(const ulong unit, const struct Size size, const int channels) {
    const uint vectors = vectors_of(channels);
    const ulong pixel = quotient(unit, vectors), row = quotient(pixel, size.width), item = quotient(row, size.height);
    struct Place p;
    p.item = item;
    p.y = (int)(row - item * size.height);
    p.x = (int)(pixel - row * size.width);
    p.channel = (int)(unit - pixel * vectors) * VECTOR_WIDTH;
    return p;
}

ulong element(const struct Place p, const int y, const int x, const struct Size size, const int channels) {
    return ((p.item * size.height + y) * size.width + x) * channels + p.channel;
}

ulong image_units(const struct Size size, const int channels, global const uint *control) {
    return (ulong)control[CONTROL_BATCH] * size.height * size.width * vectors_of(channels);
}

// y[r,c] = x[r - top, c - left], 0 outside: zero padding; with negative top and left cropping.
kernel void shift_image(
        global const uint *control, global const float *restrict x, const ulong xo, global float *restrict y,
        const ulong yo, const struct Size input, const struct Size output, const int channels, const int top,
        const int left, const int perItem) {
    const ulong end = end_unit(perItem, image_units(output, channels, control));
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        const struct Place p = place_of(unit, output, channels);
        const int iy = p.y - top, ix = p.x - left, count = channels - p.channel;
        const bool inside = iy >= 0 && iy < input.height && ix >= 0 && ix < input.width;
        const Vector v = inside ? load_first(x + xo + element(p, iy, ix, input, channels), count) : (Vector)(0.0f);
        store_first(v, y + yo + element(p, p.y, p.x, output, channels), count);
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
    const ulong end = end_unit(perItem, image_units(output, channels, control));
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        const struct Place p = place_of(unit, output, channels);
        const int count = channels - p.channel;
        const struct Between v = between(p.y, factors.height, input.height, bilinear);
        const struct Between h = between(p.x, factors.width, input.width, bilinear);
        Vector result = load_first(x + xo + element(p, v.low, h.low, input, channels), count);
        if (bilinear) {
            const Vector right = load_first(x + xo + element(p, v.low, h.high, input, channels), count);
            const Vector below = load_first(x + xo + element(p, v.high, h.low, input, channels), count);
            const Vector corner = load_first(x + xo + element(p, v.high, h.high, input, channels), count);
            result = (1.0f - v.weight) * ((1.0f - h.weight) * result + h.weight * right)
                    + v.weight * ((1.0f - h.weight) * below + h.weight * corner);
        }
        store_first(result, y + yo + element(p, p.y, p.x, output, channels), count);
    }
}

// dx[small] = sum of dy[large] * weight of small in large, rows first.
kernel void enlarge_gradient(
        global const uint *control, global const float *restrict dy, const ulong dyo, global float *restrict dx,
        const ulong dxo, const struct Size input, const struct Size factors, const int channels, const int bilinear,
        const int perItem) {
    const struct Size output = {input.height * factors.height, input.width * factors.width};
    const ulong end = end_unit(perItem, image_units(input, channels, control));
    const int reach = bilinear ? 1 : 0; // bilinear weights reach into the neighbours
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        const struct Place p = place_of(unit, input, channels);
        const int count = channels - p.channel;
        const int firstX = max(0, (p.x - reach) * factors.width);
        const int endX = min(output.width, (p.x + 1 + reach) * factors.width);
        const int endY = min(output.height, (p.y + 1 + reach) * factors.height);
        Vector sum = 0.0f;
        for (int oy = max(0, (p.y - reach) * factors.height); oy < endY; oy++) {
            const float wy = weight_of(p.y, between(oy, factors.height, input.height, bilinear));
            for (int ox = firstX; ox < endX; ox++) {
                const float w = wy * weight_of(p.x, between(ox, factors.width, input.width, bilinear));
                const Vector d = load_first(dy + dyo + element(p, oy, ox, output, channels), count);
                sum += w != 0.0f ? w * d : (Vector)(0.0f);
            }
        }
        store_first(sum, dx + dxo + element(p, p.y, p.x, input, channels), count);
    }
}

// y[r * yStride + i] = x[r * xStride + i] for i < run: joins and splits along an axis. A unit is a piece of a run of
// row r.
kernel void copy_runs(
        global const uint *control, global const float *restrict x, const ulong xo, global float *restrict y,
        const ulong yo, const ulong rows, const int run, const int xStride, const int yStride, const int piece,
        const int perItem) {
    const uint pieces = (run + piece - 1) / piece;
    const ulong end = end_unit(perItem, rows * control[CONTROL_BATCH] * pieces);
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        const ulong row = quotient(unit, pieces);
        const int first = (int)(unit - row * pieces) * piece;
        for (int i = first; i < min(first + piece, run); i++) {
            y[yo + row * yStride + i] = x[xo + row * xStride + i];
        }
    }
}
