// Means of windows over images and their gradients, see pooling.cl. Padding does not count.

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
