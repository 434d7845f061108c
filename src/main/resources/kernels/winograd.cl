// What all kernels by Winograd's method share: patches of 2x2 target positions, which read 4x4 source positions, and the
// transforms. A convolution with 3x3 taps, stride and dilation 1 and one group, and its input gradient (the same gather,
// see struct Axis), by F(2x2, 3x3): 16 products for 4 results instead of 36,
//
//     y = A' [ sum over source channels of (G w G') * (B' d B) ] A,   * element by element, ' transposed
//
//     B' = | 1  0 -1  0 |    G = |  1    0    0  |    A' = | 1  1  1  0 |
//          | 0  1  1  0 |        | 1/2  1/2  1/2 |         | 0  1 -1 -1 |
//          | 0 -1  1  0 |        | 1/2 -1/2  1/2 |
//          | 0  1  0 -1 |        |  0    0    1  |
//
// and the kernel gradient by F(3x3, 2x2), with the same B, which gives the 3x3 taps from patches of 2x2 gradients,
//
//     dw = A' [ sum over patches of (G dy G') * (B' d B) ] A
//
//     G = |  1    0  |    A' = | 1  1  1  0 |
//         | 1/2  1/2 |         | 0  1 -1  0 |
//         | 1/2 -1/2 |         | 0  1  1 -1 |
//         |  0    1  |
//
// Lavin and Gray 2015, section 4.1. Matrices here are row-major; d, w and dy are 0 where there is nothing.

// A patch of 2x2 target positions: its item of the batch and its first position.
struct Patch {
    ulong item;
    int y, x;
};

struct Patch patch_of(const ulong number, const struct Convolution c) {
    const uint across = (c.x.target + 1) / 2, perItem = (c.y.target + 1) / 2 * across;
    struct Patch p;
    p.item = quotient(number, perItem);
    const uint inItem = (uint)(number - p.item * perItem);
    p.y = inItem / across * 2;
    p.x = inItem % across * 2;
    return p;
}

// Moves on to the next patch, without dividing.
INLINED void next_patch(struct Patch *p, const struct Convolution c) {
    p->x += 2;
    if (p->x >= c.x.target) {
        p->x = 0;
        p->y += 2;
        if (p->y >= c.y.target) {
            p->y = 0;
            p->item++;
        }
    }
}

// B' d B.
INLINED void transform_source(const Vector d[16], Vector v[16]) {
    Vector rows[16];
#pragma unroll
    for (int i = 0; i < 4; i++) {
        rows[i] = d[i] - d[8 + i];
        rows[4 + i] = d[4 + i] + d[8 + i];
        rows[8 + i] = d[8 + i] - d[4 + i];
        rows[12 + i] = d[4 + i] - d[12 + i];
    }
#pragma unroll
    for (int i = 0; i < 16; i += 4) {
        v[i] = rows[i] - rows[i + 2];
        v[i + 1] = rows[i + 1] + rows[i + 2];
        v[i + 2] = rows[i + 2] - rows[i + 1];
        v[i + 3] = rows[i + 1] - rows[i + 3];
    }
}

// G w G' of a convolution.
INLINED void transform_taps(const Vector w[9], Vector u[16]) {
    Vector rows[12];
#pragma unroll
    for (int i = 0; i < 3; i++) {
        rows[i] = w[i];
        rows[3 + i] = 0.5f * (w[i] + w[6 + i] + w[3 + i]);
        rows[6 + i] = 0.5f * (w[i] + w[6 + i] - w[3 + i]);
        rows[9 + i] = w[6 + i];
    }
#pragma unroll
    for (int i = 0; i < 4; i++) {
        const Vector w0 = rows[3 * i], w1 = rows[3 * i + 1], w2 = rows[3 * i + 2];
        u[4 * i] = w0;
        u[4 * i + 1] = 0.5f * (w0 + w2 + w1);
        u[4 * i + 2] = 0.5f * (w0 + w2 - w1);
        u[4 * i + 3] = w2;
    }
}

// The weights of a tap and a source channel for a vector of target channels, 0 behind the last channel. With reversed != 0
// w is the forward kernel of an input gradient, whose taps are turned by half a circle and whose channels change places.
Vector weights_of(const global float *w, const int tap, const int source, const int target, const struct Convolution c,
                  const int reversed) {
    if (!reversed) {
        const size_t row = (size_t)tap * c.sourceChannels + source;
        return load_first(w + row * c.targetChannels + target, c.targetChannels - target);
    }
    const size_t row = c.sourceChannels;
    const global float *const p = w + ((size_t)(8 - tap) * c.targetChannels + target) * row + source;
#ifdef STYLE_VECTORS
    float lanes[VECTOR_WIDTH];
    for (int i = 0; i < VECTOR_WIDTH; i++) {
        lanes[i] = target + i < c.targetChannels ? p[i * row] : 0.0f;
    }
    return JOIN(vload, VECTOR_WIDTH)(0, lanes);
#elif VECTOR_WIDTH == 4
    return (Vector)(p[0], p[row], p[2 * row], p[3 * row]);
#else
    return p[0];
#endif
}

// A' m A of a convolution.
INLINED void transform_sums(const Vector m[16], Vector y[4]) {
    Vector rows[8];
#pragma unroll
    for (int i = 0; i < 4; i++) {
        rows[i] = m[i] + m[4 + i] + m[8 + i];
        rows[4 + i] = m[4 + i] - m[8 + i] - m[12 + i];
    }
#pragma unroll
    for (int i = 0; i < 2; i++) {
        y[2 * i] = rows[4 * i] + rows[4 * i + 1] + rows[4 * i + 2];
        y[2 * i + 1] = rows[4 * i + 1] - rows[4 * i + 2] - rows[4 * i + 3];
    }
}

// 4 G dy G' of a kernel gradient: the halves wait for the sums.
INLINED void transform_gradients(const Vector dy[4], Vector u[16]) {
    const Vector rows[8] = {dy[0], dy[1], dy[0] + dy[2], dy[1] + dy[3], dy[0] - dy[2], dy[1] - dy[3], dy[2], dy[3]};
#pragma unroll
    for (int i = 0; i < 4; i++) {
        u[4 * i] = rows[2 * i];
        u[4 * i + 1] = rows[2 * i] + rows[2 * i + 1];
        u[4 * i + 2] = rows[2 * i] - rows[2 * i + 1];
        u[4 * i + 3] = rows[2 * i + 1];
    }
}

// A' m A of a kernel gradient, where m is 4 times what it stands for.
INLINED void transform_sums_of_gradients(const Vector m[16], Vector w[9]) {
    Vector rows[12];
#pragma unroll
    for (int i = 0; i < 4; i++) {
        const Vector both = 0.5f * (m[4 + i] + m[8 + i]);
        rows[i] = m[i] + both;
        rows[4 + i] = 0.5f * (m[4 + i] - m[8 + i]);
        rows[8 + i] = both - m[12 + i];
    }
#pragma unroll
    for (int i = 0; i < 3; i++) {
        const Vector m1 = rows[4 * i + 1], m2 = rows[4 * i + 2], both = 0.5f * (m1 + m2);
        w[3 * i] = rows[4 * i] + both;
        w[3 * i + 1] = 0.5f * (m1 - m2);
        w[3 * i + 2] = both - rows[4 * i + 3];
    }
}

// Where images are read. With places, which are null where there are none, they are nowhere written: x and places have one
// pixel for each window of 2x2 of theirs, whose value stands in the place of the four that is noted, the others being 0, as
// max pooling passes gradients on.
struct Source {
    const global float *x, *places;
};

// Where the window of a pixel is in x, of images with so many rows, columns and channels.
INLINED size_t window_of(const ulong item, const int y, const int x, const int rows, const int columns,
                         const int channels) {
    return ((item * ((rows + 1) / 2) + y / 2) * ((columns + 1) / 2) + x / 2) * channels;
}

// What a pixel has of the value of its window.
INLINED Vector in_place(const Vector value, const Vector place, const int y, const int x) {
    return select((Vector)0.0f, value, place == (Vector)(float)(y % 2 * 2 + x % 2));
}

// What a patch reads of a vector of channels, the first of which is that of x; there may be fewer, see LOAD.
INLINED void load_source(const struct Patch p, const global float *x, const struct Convolution c, Vector d[16]) {
    const int sy = p.y - c.y.padLow, sx = p.x - c.x.padLow;
    const size_t pixel = c.sourceChannels, row = c.x.source * pixel;
    const global float *const corner = x + p.item * c.y.source * row + (long)sy * (long)row + (long)sx * (long)pixel;
    const bool inside = sy >= 0 && sy + 4 <= c.y.source && sx >= 0 && sx + 4 <= c.x.source;
    if (inside) {
#pragma unroll
        for (int i = 0; i < 16; i++) {
            d[i] = load_first(corner + (i / 4) * row + (i % 4) * pixel, VECTOR_WIDTH);
        }
        return;
    }
#pragma unroll
    for (int i = 0; i < 16; i++) {
        const int py = sy + i / 4, px = sx + i % 4;
        d[i] = 0.0f;
        if (py >= 0 && py < c.y.source && px >= 0 && px < c.x.source) {
            d[i] = load_first(corner + (i / 4) * row + (i % 4) * pixel, VECTOR_WIDTH);
        }
    }
}

#ifdef STYLE_VECTORS
// Where all of so many numbers are finite.
INLINED VectorMask finite(const Vector *numbers, const int count) {
    VectorMask bounded = -1;
    for (int i = 0; i < count; i++) {
        bounded &= fabs(numbers[i]) <= (Vector)FLT_MAX;
    }
    return bounded;
}

// Asks for two pixels of a row and the two below them, of which so many channels are read.
INLINED void fetch_pixels(const global float *pixel, const size_t row, const int stride, const int channels) {
    for (int k = 0; k < channels; k += FLOATS_OF_A_LINE) {
        PREFETCH(pixel + k);
        PREFETCH(pixel + stride + k);
        PREFETCH(pixel + row + k);
        PREFETCH(pixel + row + stride + k);
    }
}

// Asks for the values of a window and their places, of which so many channels are read.
INLINED void fetch_window(const struct Source from, const size_t window, const int channels) {
    for (int k = 0; k < channels; k += FLOATS_OF_A_LINE) {
        PREFETCH(from.x + window + k);
        PREFETCH(from.places + window + k);
    }
}

// Asks for so many channels, from the given one on, of what a patch reads first of all patches: its last two rows and
// columns, or the last window.
INLINED void fetch_source(const struct Patch p, const struct Source from, const int channel, const int channels,
                          const struct Convolution c) {
    const int sy = p.y - c.y.padLow + 2, sx = p.x - c.x.padLow + 2, pixel = c.sourceChannels;
    if (from.places) {
        fetch_window(from, window_of(p.item, sy + 1, sx + 1, c.y.source, c.x.source, pixel) + channel, channels);
    } else {
        const long place = (long)(p.item * c.y.source + sy) * c.x.source + sx;
        fetch_pixels(from.x + place * pixel + channel, (size_t)c.x.source * pixel, pixel, channels);
    }
}

// A vector of channels, from the given one on, of a pixel that is read by its window.
INLINED Vector load_by_window(const struct Source from, const ulong item, const int y, const int x, const int channel,
                              const struct Convolution c) {
    const size_t at = window_of(item, y, x, c.y.source, c.x.source, c.sourceChannels) + channel;
    return in_place(LOAD(from.x + at), LOAD(from.places + at), y, x);
}

// What load_source finds, by windows.
INLINED void load_source_by_windows(const struct Patch p, const struct Source from, const int channel,
                                    const struct Convolution c, Vector d[16]) {
    const int top = p.y - c.y.padLow, left = p.x - c.x.padLow;
    if (top >= 0 && top + 4 <= c.y.source && left >= 0 && left + 4 <= c.x.source) {
#pragma unroll
        for (int i = 0; i < 16; i++) {
            d[i] = load_by_window(from, p.item, top + i / 4, left + i % 4, channel, c);
        }
        return;
    }
#pragma unroll
    for (int i = 0; i < 16; i++) {
        const int y = top + i / 4, x = left + i % 4;
        d[i] = 0.0f;
        if (y >= 0 && y < c.y.source && x >= 0 && x < c.x.source) {
            d[i] = load_by_window(from, p.item, y, x, channel, c);
        }
    }
}

// B' d B of length channels from the given one on; the 16 elements lie distance apart.
INLINED void transform_channels(const struct Patch p, const struct Source from, const int channel, const int length,
                                const struct Convolution c, float *v, const int distance) {
    for (int k = 0; k < length; k += VECTOR_WIDTH) {
        Vector d[16], t[16];
        if (from.places) {
            load_source_by_windows(p, from, channel + k, c, d);
        } else {
            load_source(p, from.x + channel + k, c, d);
        }
        transform_source(d, t);
#pragma unroll
        for (int i = 0; i < 16; i++) {
            STORE_PRIVATE(t[i], v + i * distance + k);
        }
    }
}
#endif

// What a patch reads of gradients, of a vector of channels from the given one on, of which the first count exist.
INLINED void load_gradients(const struct Patch p, const struct Source dy, const int channel, const int count,
                            const struct Convolution c, Vector d[4]) {
    const size_t pixel = c.targetChannels, row = c.x.target * pixel;
    const Vector zero = (Vector)0.0f;
    if (dy.places) {
        const size_t at = window_of(p.item, p.y, p.x, c.y.target, c.x.target, pixel) + channel;
        const Vector value = load_first(dy.x + at, count), place = load_first(dy.places + at, count);
#pragma unroll
        for (int i = 0; i < 4; i++) {
            d[i] = in_place(value, place, i / 2, i % 2);
        }
        return;
    }
    const global float *const corner = dy.x + (p.item * c.y.target + p.y) * row + p.x * pixel + channel;
    const bool below = p.y + 1 < c.y.target, right = p.x + 1 < c.x.target;
    d[0] = load_first(corner, count);
    d[1] = right ? load_first(corner + pixel, count) : zero;
    d[2] = below ? load_first(corner + row, count) : zero;
    d[3] = below && right ? load_first(corner + row + pixel, count) : zero;
}

// The taps of one source channel for the first count target channels from the given one on, summed over patches from begin
// up to end without Winograd. Padding is not multiplied.
void sum_taps_directly(const global float *x, const struct Source dy, const int channel, const int count,
                       const ulong begin, const ulong end, const struct Convolution c, Vector w[9]) {
    for (int tap = 0; tap < 9; tap++) {
        w[tap] = 0.0f;
    }
    for (ulong patch = begin; patch < end; patch++) {
        const struct Patch p = patch_of(patch, c);
        const global float *const image = x + p.item * c.y.source * c.x.source * c.sourceChannels;
        Vector d[4];
        load_gradients(p, dy, channel, count, c, d);
        for (int i = 0; i < 36; i++) {
            const int tap = i % 9, ty = p.y + i / 18, tx = p.x + i / 9 % 2;
            const int sy = ty + tap / 3 - c.y.padLow, sx = tx + tap % 3 - c.x.padLow;
            if (ty < c.y.target && tx < c.x.target && sy >= 0 && sy < c.y.source && sx >= 0 && sx < c.x.source) {
                const Vector a = (Vector)image[((size_t)sy * c.x.source + sx) * c.sourceChannels];
                w[tap] = fma(a, d[i / 9], w[tap]);
            }
        }
    }
}
