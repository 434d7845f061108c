// Maximum and mean of windows over images, per channel, and their gradients. Images are (batch, height, width,
// channels). Position p of the output covers the inputs i = p * stride + k * dilation - padLow, 0 <= k < kernel,
// that are inside the image (Dumoulin and Visin 2016, section 3). Padding never wins and does not count; a NaN wins.
// A maximum that occurs more than once counts where it is first, rows first. Gradients are gathered, every input
// summing in the order of the windows. Range: units / perItem; a unit is VECTOR_WIDTH channels of a pixel,
// neighbours in memory. Build options: the style's.

struct Window {
    int input, output, taps, stride, dilation, padLow;
};

struct Pool {
    struct Window y, x;
    int channels;
};

// A pixel of a batch of images and the first channel of a vector of its channels.
struct Place {
    ulong item;
    int y, x, channel;
};

struct Place place_of(const ulong unit, const int height, const int width, const int channels) {
    const uint vectors = vectors_of(channels);
    const ulong pixel = quotient(unit, vectors), row = quotient(pixel, width), item = quotient(row, height);
    struct Place p;
    p.item = item;
    p.y = (int)(row - item * height);
    p.x = (int)(pixel - row * width);
    p.channel = (int)(unit - pixel * vectors) * VECTOR_WIDTH;
    return p;
}

ulong element(const struct Place p, const int y, const int x, const int height, const int width, const int channels) {
    return ((p.item * height + y) * width + x) * channels + p.channel;
}

ulong input_element(const struct Place p, const int y, const int x, const struct Pool g) {
    return element(p, y, x, g.y.input, g.x.input, g.channels);
}

ulong output_element(const struct Place p, const int y, const int x, const struct Pool g) {
    return element(p, y, x, g.y.output, g.x.output, g.channels);
}

ulong pool_units(const struct Pool g, const int height, const int width, global const uint *control) {
    return (ulong)control[CONTROL_BATCH] * height * width * vectors_of(g.channels);
}

// The first k whose input is inside, and the first after those; between them all are.
int first_tap(const int start, const struct Window w) {
    return start >= 0 ? 0 : (-start + w.dilation - 1) / w.dilation;
}

int end_tap(const int start, const struct Window w) {
    return min(w.taps, (w.input - start + w.dilation - 1) / w.dilation);
}

// Where the new value takes the maximum's place: it is larger or NaN, and the old one is not NaN.
VectorMask wins(const Vector candidate, const Vector best) {
    return !(candidate <= best) & (best == best);
}

kernel void max_pool(
        global const uint *control, global const float *restrict x, const ulong xo, global float *restrict y,
        const ulong yo, const struct Pool g, const int perItem) {
    const ulong end = end_unit(perItem, pool_units(g, g.y.output, g.x.output, control));
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        const struct Place p = place_of(unit, g.y.output, g.x.output, g.channels);
        const int startY = p.y * g.y.stride - g.y.padLow, startX = p.x * g.x.stride - g.x.padLow;
        const int firstX = first_tap(startX, g.x), endX = end_tap(startX, g.x), count = g.channels - p.channel;
        const int firstY = first_tap(startY, g.y);
        Vector best = load_first(
                x + xo + input_element(p, startY + firstY * g.y.dilation, startX + firstX * g.x.dilation, g), count);
        for (int ky = firstY; ky < end_tap(startY, g.y); ky++) {
            for (int kx = firstX; kx < endX; kx++) {
                const Vector v = load_first(
                        x + xo + input_element(p, startY + ky * g.y.dilation, startX + kx * g.x.dilation, g), count);
                best = select(best, v, wins(v, best));
            }
        }
        store_first(best, y + yo + output_element(p, p.y, p.x, g), count);
    }
}

// Number of the tap that holds the first maximum of the window at output (oy, ox), ky * kernel width + kx, per channel.
VectorMask first_maximum(
        global const float *x, const struct Place p, const int oy, const int ox, const int count,
        const struct Pool g) {
    const int startY = oy * g.y.stride - g.y.padLow, startX = ox * g.x.stride - g.x.padLow;
    const int firstY = first_tap(startY, g.y), firstX = first_tap(startX, g.x), endX = end_tap(startX, g.x);
    VectorMask at = firstY * g.x.taps + firstX;
    Vector best = load_first(
            x + input_element(p, startY + firstY * g.y.dilation, startX + firstX * g.x.dilation, g), count);
    for (int ky = firstY; ky < end_tap(startY, g.y); ky++) {
        for (int kx = firstX; kx < endX; kx++) {
            const Vector v =
                    load_first(x + input_element(p, startY + ky * g.y.dilation, startX + kx * g.x.dilation, g), count);
            const VectorMask better = wins(v, best);
            best = select(best, v, better);
            at = select(at, (VectorMask)(ky * g.x.taps + kx), better);
        }
    }
    return at;
}

// The outputs whose windows may cover an input: from first_window up to, not including, end_window.
int first_window(const int position, const struct Window w) {
    const int reach = position + w.padLow - (w.taps - 1) * w.dilation;
    return reach <= 0 ? 0 : (reach + w.stride - 1) / w.stride;
}

int end_window(const int position, const struct Window w) {
    return min(w.output, (position + w.padLow) / w.stride + 1);
}

// The tap with which a window meets an input position, or -1 where dilation steps over it.
int tap_of(const int position, const int window, const struct Window w) {
    const int distance = position + w.padLow - window * w.stride;
    return distance % w.dilation == 0 ? distance / w.dilation : -1;
}

kernel void max_pool_gradient(
        global const uint *control, global const float *restrict x, const ulong xo, global const float *restrict dy,
        const ulong dyo, global float *restrict dx, const ulong dxo, const struct Pool g, const int perItem) {
    const ulong end = end_unit(perItem, pool_units(g, g.y.input, g.x.input, control));
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        const struct Place p = place_of(unit, g.y.input, g.x.input, g.channels);
        const int count = g.channels - p.channel;
        Vector sum = 0.0f;
        for (int oy = first_window(p.y, g.y); oy < end_window(p.y, g.y); oy++) {
            const int ky = tap_of(p.y, oy, g.y);
            for (int ox = first_window(p.x, g.x); ox < end_window(p.x, g.x); ox++) {
                const int kx = tap_of(p.x, ox, g.x);
                if (ky >= 0 && kx >= 0) {
                    const VectorMask here = first_maximum(x + xo, p, oy, ox, count, g) == ky * g.x.taps + kx;
                    const Vector d = load_first(dy + dyo + output_element(p, oy, ox, g), count);
                    sum = select(sum, sum + d, here);
                }
            }
        }
        store_first(sum, dx + dxo + input_element(p, p.y, p.x, g), count);
    }
}

// The same where windows do not overlap (stride >= kernel, dilation 1): a unit is a cell of stride x stride inputs,
// which holds one window at most, so every window is looked at once. Cells: ceil((input + padLow) / stride) per
// axis.
kernel void max_pool_gradient_cells(
        global const uint *control, global const float *restrict x, const ulong xo, global const float *restrict dy,
        const ulong dyo, global float *restrict dx, const ulong dxo, const struct Pool g, const int cellsY,
        const int cellsX, const int perItem) {
    const ulong end = end_unit(perItem, pool_units(g, cellsY, cellsX, control));
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        const struct Place p = place_of(unit, cellsY, cellsX, g.channels);
        const int startY = p.y * g.y.stride - g.y.padLow, startX = p.x * g.x.stride - g.x.padLow;
        const int count = g.channels - p.channel;
        const bool window = p.y < g.y.output && p.x < g.x.output;
        const VectorMask at = window ? first_maximum(x + xo, p, p.y, p.x, count, g) : (VectorMask)(-1);
        const Vector d = window ? load_first(dy + dyo + output_element(p, p.y, p.x, g), count) : (Vector)(0.0f);
        for (int ky = max(0, -startY); ky < min(g.y.stride, g.y.input - startY); ky++) {
            for (int kx = max(0, -startX); kx < min(g.x.stride, g.x.input - startX); kx++) {
                const int tap = kx < g.x.taps && ky < g.y.taps ? ky * g.x.taps + kx : -2;
                store_first(
                        select((Vector)(0.0f), d, at == tap),
                        dx + dxo + input_element(p, startY + ky, startX + kx, g), count);
            }
        }
    }
}

kernel void average_pool(
        global const uint *control, global const float *restrict x, const ulong xo, global float *restrict y,
        const ulong yo, const struct Pool g, const int perItem) {
    const ulong end = end_unit(perItem, pool_units(g, g.y.output, g.x.output, control));
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        const struct Place p = place_of(unit, g.y.output, g.x.output, g.channels);
        const int startY = p.y * g.y.stride - g.y.padLow, startX = p.x * g.x.stride - g.x.padLow;
        const int firstY = first_tap(startY, g.y), endY = end_tap(startY, g.y);
        const int firstX = first_tap(startX, g.x), endX = end_tap(startX, g.x), count = g.channels - p.channel;
        Vector sum = 0.0f;
        for (int ky = firstY; ky < endY; ky++) {
            Vector row = 0.0f; // sums of sums keep the rounding error of large windows small
            for (int kx = firstX; kx < endX; kx++) {
                row += load_first(
                        x + xo + input_element(p, startY + ky * g.y.dilation, startX + kx * g.x.dilation, g), count);
            }
            sum += row;
        }
        const float covered = (float)((endY - firstY) * (endX - firstX));
        store_first(sum / covered, y + yo + output_element(p, p.y, p.x, g), count);
    }
}

kernel void average_pool_gradient(
        global const uint *control, global const float *restrict dy, const ulong dyo, global float *restrict dx,
        const ulong dxo, const struct Pool g, const int perItem) {
    const ulong end = end_unit(perItem, pool_units(g, g.y.input, g.x.input, control));
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        const struct Place p = place_of(unit, g.y.input, g.x.input, g.channels);
        const int count = g.channels - p.channel;
        Vector sum = 0.0f;
        for (int oy = first_window(p.y, g.y); oy < end_window(p.y, g.y); oy++) {
            const int startY = oy * g.y.stride - g.y.padLow, ky = tap_of(p.y, oy, g.y);
            for (int ox = first_window(p.x, g.x); ox < end_window(p.x, g.x); ox++) {
                const int startX = ox * g.x.stride - g.x.padLow, kx = tap_of(p.x, ox, g.x);
                if (ky >= 0 && kx >= 0) {
                    const int covered = (end_tap(startY, g.y) - first_tap(startY, g.y))
                            * (end_tap(startX, g.x) - first_tap(startX, g.x));
                    sum += load_first(dy + dyo + output_element(p, oy, ox, g), count) / (float)covered;
                }
            }
        }
        store_first(sum, dx + dxo + input_element(p, p.y, p.x, g), count);
    }
}
