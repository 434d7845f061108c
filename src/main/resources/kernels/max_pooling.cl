// Maxima of windows over images and their gradients, see pooling.cl. Padding never wins; a NaN wins. A maximum that occurs
// more than once counts where it is first, rows first.

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

// Windows of 2x2 side by side, which end with the image: whether the one at a place has input i of its four, those of the
// first row first, and where that is, of a vector of channels from c on.
bool has_input(const struct Place p, const int i, const struct Pool g) {
    return 2 * p.y + i / 2 < g.y.input && 2 * p.x + i % 2 < g.x.input;
}

ulong input_of_four(const struct Place p, const int i, const int c, const struct Pool g) {
    return input_pixel(p, 2 * p.y + i / 2, 2 * p.x + i % 2, g) + c;
}

// Which of the four is the first maximum, and how much that is.
INLINED VectorMask place_of_maximum(
        global const float *x, const struct Place p, const int c, const struct Pool g, Vector *best) {
    Vector v[4];
#pragma unroll
    for (int i = 0; i < 4; i++) {
        if (has_input(p, i, g)) {
            v[i] = load_first(x + input_of_four(p, i, c, g), g.channels - c);
        }
    }
    VectorMask at = 0;
    *best = v[0];
#pragma unroll
    for (int i = 1; i < 4; i++) {
        if (has_input(p, i, g)) {
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
        const ulong pixel = output_pixel(p, p.y, p.x, g);
        for (int c = p.first; c < p.end; c += VECTOR_WIDTH) {
            const int count = g.channels - c;
            const Vector at = window ? load_first(places + po + pixel + c, count) : (Vector)(0.0f);
            const Vector d = window ? load_first(dy + dyo + pixel + c, count) : (Vector)(0.0f);
#pragma unroll
            for (int i = 0; i < 4; i++) {
                if (has_input(p, i, g)) {
                    const Vector passed = select((Vector)(0.0f), d, at == (Vector)i);
                    store_first(passed, dx + dxo + input_of_four(p, i, c, g), count);
                }
            }
        }
        p = next_place(p, cellsY, cellsX, g.channels);
    }
}
