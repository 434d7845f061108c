// Maximum and mean of windows over images, per channel, and their gradients. Images are (batch, height, width,
// channels). Position p of the output covers the inputs i = p * stride + k * dilation - padLow, 0 <= k < taps,
// that are inside the image (Dumoulin and Visin 2016, section 3). Padding never wins and does not count; a NaN wins.
// A maximum that occurs more than once counts where it is first, rows first. Gradients are gathered, every input
// summing in an order of the windows that never changes. Range: units / perItem, see
// struct Place of common.cl. Build options: the style's and, with tiles, VECTOR_WIDTH (see common.cl).

struct Window {
    int input, output, taps, stride, dilation, padLow;
};

struct Pool {
    struct Window y, x;
    int channels;
};

ulong input_pixel(const struct Place p, const int y, const int x, const struct Pool g) {
    return pixel_at(p, y, x, g.y.input, g.x.input, g.channels);
}

ulong output_pixel(const struct Place p, const int y, const int x, const struct Pool g) {
    return pixel_at(p, y, x, g.y.output, g.x.output, g.channels);
}

// The first k whose input is inside, and the first after those; between them all are.
int first_tap(const int start, const struct Window w) {
    return start >= 0 ? 0 : (-start + w.dilation - 1) / w.dilation;
}

int end_tap(const int start, const struct Window w) {
    const int left = w.input - start;
    return min(w.taps, w.dilation == 1 ? left : (left + w.dilation - 1) / w.dilation);
}

// The window at output (oy, ox): inputs start + tap * dilation for the taps from first up to, not including, end.
struct Span {
    int startY, startX, firstY, firstX, endY, endX;
};

struct Span span_of(const int oy, const int ox, const struct Pool g) {
    struct Span s;
    s.startY = oy * g.y.stride - g.y.padLow;
    s.startX = ox * g.x.stride - g.x.padLow;
    s.firstY = first_tap(s.startY, g.y);
    s.firstX = first_tap(s.startX, g.x);
    s.endY = end_tap(s.startY, g.y);
    s.endX = end_tap(s.startX, g.x);
    return s;
}

ulong tap_pixel(const struct Place p, const struct Span s, const int ky, const int kx, const struct Pool g) {
    return input_pixel(p, s.startY + ky * g.y.dilation, s.startX + kx * g.x.dilation, g);
}

// Elements from one tap to its neighbour below and to the right.
size_t tap_below(const struct Pool g) {
    return (size_t)g.y.dilation * g.x.input * g.channels;
}

size_t tap_right(const struct Pool g) {
    return (size_t)g.x.dilation * g.channels;
}

// Windows with so many rows and columns of taps inside. Those of 2x2 and 3x3 are the usual ones, and a square is one of
// these below; its loops are as long as those of the larger one, as compilers unroll before they know which it is.
#define SQUARE 9
bool is_square(const struct Span s, const int side) {
    return s.endY - s.firstY == side && s.endX - s.firstX == side;
}

// The inputs of such a window, whose first one row points to: all are asked for before one is waited for.
INLINED void load_square(global const float *row, const int side, const int count, const struct Pool g, Vector *v) {
#pragma unroll
    for (int i = 0; i < SQUARE; i++) {
        if (i < side * side) {
            v[i] = load_first(row + i / side * tap_below(g) + i % side * tap_right(g), count);
        }
    }
}

INLINED Vector square_maximum(global const float *row, const int side, const int count, const struct Pool g) {
    Vector v[SQUARE];
    load_square(row, side, count, g, v);
    Vector best = v[0];
#pragma unroll
    for (int i = 1; i < SQUARE; i++) {
        if (i < side * side) {
            best = larger_of(best, v[i]);
        }
    }
    return best;
}

// The maximum of a window whose first input row points to.
INLINED Vector window_maximum(global const float *row, const struct Span s, const int count, const struct Pool g) {
    if (is_square(s, 2)) {
        return square_maximum(row, 2, count, g);
    }
    if (is_square(s, 3)) {
        return square_maximum(row, 3, count, g);
    }
    Vector best = load_first(row, count);
    for (int ky = s.firstY; ky < s.endY; ky++, row += tap_below(g)) {
        global const float *tap = row;
        for (int kx = s.firstX; kx < s.endX; kx++, tap += tap_right(g)) {
            best = larger_of(best, load_first(tap, count));
        }
    }
    return best;
}

INLINED Vector square_sum(global const float *row, const int side, const int count, const struct Pool g) {
    Vector v[SQUARE];
    load_square(row, side, count, g, v);
    const Vector first = v[0] + v[1], second = v[2] + v[3];
    return side == 2 ? first + second : (first + v[2]) + (v[3] + v[4] + v[5]) + (v[6] + v[7] + v[8]);
}

// The sum of a window whose first input row points to.
INLINED Vector window_sum(global const float *row, const struct Span s, const int count, const struct Pool g) {
    if (is_square(s, 2)) {
        return square_sum(row, 2, count, g);
    }
    if (is_square(s, 3)) {
        return square_sum(row, 3, count, g);
    }
    Vector sum = 0.0f;
    for (int ky = s.firstY; ky < s.endY; ky++, row += tap_below(g)) {
        global const float *tap = row;
        Vector across = 0.0f; // sums of sums keep the rounding error of large windows small
        for (int kx = s.firstX; kx < s.endX; kx++, tap += tap_right(g)) {
            across += load_first(tap, count);
        }
        sum += across;
    }
    return sum;
}

kernel void max_pool(
        global const uint *control, global const float *restrict x, const ulong xo, global float *restrict y,
        const ulong yo, const struct Pool g, const int perItem) {
    const ulong end = end_unit(perItem, image_units(g.y.output, g.x.output, g.channels, control));
    struct Place p = place_of(first_unit(perItem), g.y.output, g.x.output, g.channels);
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        const struct Span s = span_of(p.y, p.x, g);
        global const float *start = x + xo + tap_pixel(p, s, s.firstY, s.firstX, g);
        global float *target = y + yo + output_pixel(p, p.y, p.x, g);
        for (int c = p.first; c < p.end; c += VECTOR_WIDTH) {
            const int count = g.channels - c;
            store_first(window_maximum(start + c, s, count, g), target + c, count);
        }
        p = next_place(p, g.y.output, g.x.output, g.channels);
    }
}

// Number of the tap that holds the first maximum of a window, ky * kernel width + kx, for a vector of channels from c
// on.
VectorMask first_maximum(
        global const float *x, const struct Place p, const struct Span s, const int c, const struct Pool g) {
    VectorMask at = s.firstY * g.x.taps + s.firstX;
    global const float *row = x + tap_pixel(p, s, s.firstY, s.firstX, g) + c;
    Vector best = load_first(row, g.channels - c);
    for (int ky = s.firstY; ky < s.endY; ky++, row += tap_below(g)) {
        global const float *tap = row;
        for (int kx = s.firstX; kx < s.endX; kx++, tap += tap_right(g)) {
            const Vector v = load_first(tap, g.channels - c);
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
    return reach <= 0 ? 0 : w.stride == 1 ? reach : (reach + w.stride - 1) / w.stride;
}

int end_window(const int position, const struct Window w) {
    const int reach = position + w.padLow;
    return min(w.output, (w.stride == 1 ? reach : reach / w.stride) + 1);
}

// The tap with which a window meets an input position, or -1 where dilation steps over it.
int tap_of(const int position, const int window, const struct Window w) {
    const int distance = position + w.padLow - window * w.stride;
    if (w.dilation == 1) {
        return distance;
    }
    return distance % w.dilation == 0 ? distance / w.dilation : -1;
}

kernel void max_pool_gradient(
        global const uint *control, global const float *restrict x, const ulong xo, global const float *restrict dy,
        const ulong dyo, global float *restrict dx, const ulong dxo, const struct Pool g, const int perItem) {
    const ulong end = end_unit(perItem, image_units(g.y.input, g.x.input, g.channels, control));
    struct Place p = place_of(first_unit(perItem), g.y.input, g.x.input, g.channels);
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        global float *target = dx + dxo + input_pixel(p, p.y, p.x, g);
        for (int c = p.first; c < p.end; c += VECTOR_WIDTH) {
            Vector sum = 0.0f;
            for (int oy = first_window(p.y, g.y); oy < end_window(p.y, g.y); oy++) {
                const int ky = tap_of(p.y, oy, g.y);
                for (int ox = first_window(p.x, g.x); ox < end_window(p.x, g.x); ox++) {
                    const int kx = tap_of(p.x, ox, g.x);
                    if (ky >= 0 && kx >= 0) {
                        const VectorMask at = first_maximum(x + xo, p, span_of(oy, ox, g), c, g);
                        const Vector d = load_first(dy + dyo + output_pixel(p, oy, ox, g) + c, g.channels - c);
                        sum = select(sum, sum + d, at == ky * g.x.taps + kx);
                    }
                }
            }
            store_first(sum, target + c, g.channels - c);
        }
#ifdef STYLE_TILES
        // A work-item's only unit: for a second one, scalar registers would not do on some GPUs.
        break;
#endif
        p = next_place(p, g.y.input, g.x.input, g.channels);
    }
}

#ifdef STYLE_TILES
// The same in two steps, each of which reads little: the tap of every window's first maximum, one byte, and what the
// windows over an input say about it. Windows have at most 256 taps.
#if VECTOR_WIDTH == 4
typedef uchar4 Taps;
#define TAPS_OF(mask) convert_uchar4(mask)
#define MASK_OF(taps) convert_int4(taps)
#else
typedef uchar Taps;
#define TAPS_OF(mask) (uchar)(mask)
#define MASK_OF(taps) (int)(taps)
#endif

// The same as first_maximum of a window of 3x3 inputs.
INLINED VectorMask first_of_three_by_three(
        global const float *x, const struct Place p, const struct Span s, const struct Pool g) {
    Vector v[SQUARE];
    load_square(x + tap_pixel(p, s, s.firstY, s.firstX, g) + p.first, 3, VECTOR_WIDTH, g, v);
    Vector best = v[0];
    VectorMask at = s.firstY * g.x.taps + s.firstX;
#pragma unroll
    for (int i = 1; i < SQUARE; i++) {
        const VectorMask better = wins(v[i], best);
        best = select(best, v[i], better);
        at = select(at, (VectorMask)((s.firstY + i / 3) * g.x.taps + s.firstX + i % 3), better);
    }
    return at;
}

kernel void max_pool_taps(
        global const uint *control, global const float *restrict x, const ulong xo, global float *restrict taps,
        const ulong to, const struct Pool g, const int perItem) {
    const ulong end = end_unit(perItem, image_units(g.y.output, g.x.output, g.channels, control));
    const struct Place p = place_of(first_unit(perItem), g.y.output, g.x.output, g.channels);
    if (first_unit(perItem) < end) {
        global uchar *target = (global uchar *)(taps + to) + output_pixel(p, p.y, p.x, g) + p.first;
        const struct Span s = span_of(p.y, p.x, g);
        const VectorMask at = is_square(s, 3) ? first_of_three_by_three(x + xo, p, s, g)
                                              : first_maximum(x + xo, p, s, p.first, g);
        *(global Taps *)target = TAPS_OF(at);
    }
}

kernel void max_pool_gradient_taps(
        global const uint *control, global const float *restrict taps, const ulong to, global const float *restrict dy,
        const ulong dyo, global float *restrict dx, const ulong dxo, const struct Pool g, const int perItem) {
    const ulong end = end_unit(perItem, image_units(g.y.input, g.x.input, g.channels, control));
    const struct Place p = place_of(first_unit(perItem), g.y.input, g.x.input, g.channels);
    if (first_unit(perItem) >= end) {
        return;
    }
    global const uchar *const tapOf = (global const uchar *)(taps + to);
    const int firstY = first_window(p.y, g.y), endY = end_window(p.y, g.y);
    const int firstX = first_window(p.x, g.x), endX = end_window(p.x, g.x);
    Vector sum = 0.0f;
    for (int oy = firstY; oy < endY; oy += 2) {
        for (int ox = firstX; ox < endX; ox += 2) {
            // Four windows are asked for before one is waited for; those that are not there are others once more.
            VectorMask tap[4];
            Vector d[4];
#pragma unroll
            for (int i = 0; i < 4; i++) {
                const ulong at = output_pixel(p, min(oy + i / 2, endY - 1), min(ox + i % 2, endX - 1), g) + p.first;
                tap[i] = MASK_OF(*(global const Taps *)(tapOf + at));
                d[i] = load_first(dy + dyo + at, VECTOR_WIDTH);
            }
#pragma unroll
            for (int i = 0; i < 4; i++) {
                const int ky = tap_of(p.y, oy + i / 2, g.y), kx = tap_of(p.x, ox + i % 2, g.x);
                const bool meets = oy + i / 2 < endY && ox + i % 2 < endX && ky >= 0 && kx >= 0;
                sum = select(sum, sum + d[i], tap[i] == (meets ? ky * g.x.taps + kx : -1));
            }
        }
    }
    store_first(sum, dx + dxo + input_pixel(p, p.y, p.x, g) + p.first, VECTOR_WIDTH);
}
#endif

// The inputs of a cell of stride x stride of them, of which one window at most covers some where windows do not overlap
// (stride >= kernel, dilation 1). Cells: ceil((input + padLow) / stride) per axis.
struct Cell {
    int firstY, endY, firstX, endX; // taps that are inside the image, of the window or beside it
    long corner;                    // element of the first one
    bool window;                    // whether there is one
};

struct Cell cell_of(const struct Place p, const struct Span s, const struct Pool g) {
    struct Cell cell;
    cell.firstY = max(0, -s.startY);
    cell.firstX = max(0, -s.startX);
    cell.endY = min(g.y.stride, g.y.input - s.startY);
    cell.endX = min(g.x.stride, g.x.input - s.startX);
    cell.corner = (long)input_pixel(p, s.startY + cell.firstY, s.startX + cell.firstX, g);
    cell.window = p.y < g.y.output && p.x < g.x.output;
    return cell;
}

// The same where windows do not overlap: a pixel is a cell, so every window is looked at once.
kernel void max_pool_gradient_cells(
        global const uint *control, global const float *restrict x, const ulong xo, global const float *restrict dy,
        const ulong dyo, global float *restrict dx, const ulong dxo, const struct Pool g, const int cellsY,
        const int cellsX, const int perItem) {
    const ulong end = end_unit(perItem, image_units(cellsY, cellsX, g.channels, control));
    struct Place p = place_of(first_unit(perItem), cellsY, cellsX, g.channels);
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        const struct Span s = span_of(p.y, p.x, g);
        const struct Cell cell = cell_of(p, s, g);
        for (int c = p.first; c < p.end; c += VECTOR_WIDTH) {
            const int count = g.channels - c;
            global float *row = dx + dxo + cell.corner + c;
            const VectorMask at = cell.window ? first_maximum(x + xo, p, s, c, g) : (VectorMask)(-1);
            global const float *from = dy + dyo + output_pixel(p, p.y, p.x, g) + c;
            const Vector d = cell.window ? load_first(from, count) : (Vector)(0.0f);
            for (int ky = cell.firstY; ky < cell.endY; ky++, row += tap_below(g)) {
                global float *target = row;
                for (int kx = cell.firstX; kx < cell.endX; kx++, target += tap_right(g)) {
                    const int tap = kx < g.x.taps && ky < g.y.taps ? ky * g.x.taps + kx : -2;
                    store_first(select((Vector)(0.0f), d, at == tap), target, count);
                }
            }
        }
        p = next_place(p, cellsY, cellsX, g.channels);
    }
}

// Where a window of 2x2 has its first maximum, 0 or 1 in its first row, 2 or 3 in the second, and how much that is, for a
// vector of channels from c on. Windows lie side by side and end with the image.
INLINED VectorMask place_of_maximum(
        global const float *x, const struct Place p, const int c, const struct Pool g, Vector *best) {
    const bool below = 2 * p.y + 1 < g.y.input, right = 2 * p.x + 1 < g.x.input;
    global const float *const corner = x + input_pixel(p, 2 * p.y, 2 * p.x, g) + c;
    Vector v[4];
#pragma unroll
    for (int i = 0; i < 4; i++) {
        if ((i < 2 || below) && (i % 2 == 0 || right)) {
            v[i] = load_first(corner + i / 2 * tap_below(g) + i % 2 * tap_right(g), g.channels - c);
        }
    }
    VectorMask at = 0;
    *best = v[0];
#pragma unroll
    for (int i = 1; i < 4; i++) {
        if ((i < 2 || below) && (i % 2 == 0 || right)) {
            const VectorMask better = wins(v[i], *best);
            *best = select(*best, v[i], better);
            at = select(at, (VectorMask)i, better);
        }
    }
    return at;
}

kernel void max_pool_places(
        global const uint *control, global const float *restrict x, const ulong xo, global float *restrict y,
        const ulong yo, global float *restrict places, const ulong po, const struct Pool g, const int perItem) {
    const ulong end = end_unit(perItem, image_units(g.y.output, g.x.output, g.channels, control));
    struct Place p = place_of(first_unit(perItem), g.y.output, g.x.output, g.channels);
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        const ulong pixel = output_pixel(p, p.y, p.x, g);
        for (int c = p.first; c < p.end; c += VECTOR_WIDTH) {
            Vector best;
            const VectorMask at = place_of_maximum(x + xo, p, c, g, &best);
            store_first(best, y + yo + pixel + c, g.channels - c);
            store_first(AS_FLOATS(at), places + po + pixel + c, g.channels - c);
        }
        p = next_place(p, g.y.output, g.x.output, g.channels);
    }
}

// The gradient from these places; behind the last windows it is zero.
kernel void max_pool_places_gradient(
        global const uint *control, global const float *restrict places, const ulong po,
        global const float *restrict dy, const ulong dyo, global float *restrict dx, const ulong dxo,
        const struct Pool g, const int cellsY, const int cellsX, const int perItem) {
    const ulong end = end_unit(perItem, image_units(cellsY, cellsX, g.channels, control));
    struct Place p = place_of(first_unit(perItem), cellsY, cellsX, g.channels);
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        const bool window = p.y < g.y.output && p.x < g.x.output;
        const bool below = 2 * p.y + 1 < g.y.input, right = 2 * p.x + 1 < g.x.input;
        const ulong pixel = output_pixel(p, p.y, p.x, g);
        global float *const corner = dx + dxo + input_pixel(p, 2 * p.y, 2 * p.x, g);
        for (int c = p.first; c < p.end; c += VECTOR_WIDTH) {
            const int count = g.channels - c;
            const Vector at = window ? load_first(places + po + pixel + c, count) : (Vector)(0.0f);
            const Vector d = window ? load_first(dy + dyo + pixel + c, count) : (Vector)(0.0f);
#pragma unroll
            for (int i = 0; i < 4; i++) {
                if ((i < 2 || below) && (i % 2 == 0 || right)) {
                    global float *const target = corner + i / 2 * tap_below(g) + i % 2 * tap_right(g) + c;
                    store_first(select((Vector)(0.0f), d, at == (Vector)i), target, count);
                }
            }
        }
        p = next_place(p, cellsY, cellsX, g.channels);
    }
}

kernel void average_pool(
        global const uint *control, global const float *restrict x, const ulong xo, global float *restrict y,
        const ulong yo, const struct Pool g, const int perItem) {
    const ulong end = end_unit(perItem, image_units(g.y.output, g.x.output, g.channels, control));
    struct Place p = place_of(first_unit(perItem), g.y.output, g.x.output, g.channels);
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        const struct Span s = span_of(p.y, p.x, g);
        const float covered = (float)((s.endY - s.firstY) * (s.endX - s.firstX));
        global const float *start = x + xo + tap_pixel(p, s, s.firstY, s.firstX, g);
        for (int c = p.first; c < p.end; c += VECTOR_WIDTH) {
            const Vector sum = window_sum(start + c, s, g.channels - c, g);
            store_first(sum / covered, y + yo + output_pixel(p, p.y, p.x, g) + c, g.channels - c);
        }
        p = next_place(p, g.y.output, g.x.output, g.channels);
    }
}

// d / covered; with tiles, where four divisions would take longer than the memory, d * (1 / covered).
Vector share_of(const Vector d, const float covered) {
#ifdef STYLE_VECTORS
    return d / covered;
#else
    return d * (1.0f / covered);
#endif
}

kernel void average_pool_gradient(
        global const uint *control, global const float *restrict dy, const ulong dyo, global float *restrict dx,
        const ulong dxo, const struct Pool g, const int perItem) {
    const ulong end = end_unit(perItem, image_units(g.y.input, g.x.input, g.channels, control));
    struct Place p = place_of(first_unit(perItem), g.y.input, g.x.input, g.channels);
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        for (int c = p.first; c < p.end; c += VECTOR_WIDTH) {
            Vector sum = 0.0f;
            for (int oy = first_window(p.y, g.y); oy < end_window(p.y, g.y); oy++) {
                for (int ox = first_window(p.x, g.x); ox < end_window(p.x, g.x); ox++) {
                    if (tap_of(p.y, oy, g.y) >= 0 && tap_of(p.x, ox, g.x) >= 0) {
                        const struct Span s = span_of(oy, ox, g);
                        const float covered = (float)((s.endY - s.firstY) * (s.endX - s.firstX));
                        const Vector d = load_first(dy + dyo + output_pixel(p, oy, ox, g) + c, g.channels - c);
                        sum += share_of(d, covered);
                    }
                }
            }
            store_first(sum, dx + dxo + input_pixel(p, p.y, p.x, g) + c, g.channels - c);
        }
        p = next_place(p, g.y.input, g.x.input, g.channels);
    }
}

#ifdef STYLE_TILES
// The same where windows do not overlap: a pixel is a cell.
kernel void average_pool_gradient_cells(
        global const uint *control, global const float *restrict dy, const ulong dyo, global float *restrict dx,
        const ulong dxo, const struct Pool g, const int cellsY, const int cellsX, const int perItem) {
    const ulong end = end_unit(perItem, image_units(cellsY, cellsX, g.channels, control));
    if (first_unit(perItem) >= end) {
        return;
    }
    const struct Place p = place_of(first_unit(perItem), cellsY, cellsX, g.channels);
    const struct Span s = span_of(p.y, p.x, g);
    const struct Cell cell = cell_of(p, s, g);
    global const float *from = dy + dyo + output_pixel(p, p.y, p.x, g) + p.first;
    const Vector d = cell.window ? load_first(from, VECTOR_WIDTH) : (Vector)(0.0f);
    const Vector share = share_of(d, (float)((s.endY - s.firstY) * (s.endX - s.firstX)));
    global float *row = dx + dxo + cell.corner + p.first;
    for (int ky = cell.firstY; ky < cell.endY; ky++, row += tap_below(g)) {
        global float *target = row;
        for (int kx = cell.firstX; kx < cell.endX; kx++, target += tap_right(g)) {
            const bool covered = cell.window && ky < g.y.taps && kx < g.x.taps;
            store_first(covered ? share : (Vector)(0.0f), target, VECTOR_WIDTH);
        }
    }
}
#endif
