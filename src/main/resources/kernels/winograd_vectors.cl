// Two-dimensional convolution with 3x3 taps, stride and dilation 1 and one group, and its input gradient (the same
// gather, see struct Axis), by F(2x2, 3x3) of Winograd: 16 products for 4 results instead of 36. For CPU devices:
// explicit vectors, no local memory, no barriers.
//
//     y = A' [ sum over ci of (G w G') * (B' x B) ] A,   * element by element, ' transposed
//
//     B' = | 1  0 -1  0 |    G = |  1    0    0  |    A' = | 1  1  1  0 |
//          | 0  1  1  0 |        | 1/2  1/2  1/2 |         | 0  1 -1 -1 |
//          | 0 -1  1  0 |        | 1/2 -1/2  1/2 |
//          | 0  1  0 -1 |        |  0    0    1  |
//
// for every patch of 2x2 target positions, which read 4x4 source positions. Lavin and Gray 2015, section 4.1.
//
// Layouts (row-major, last axis contiguous): x (batch, source y, source x, source channels), y (batch, target y,
// target x, target channels), packed as convolution_pack of convolution_vectors.cl leaves it: (panels, 9, source
// channels, COLUMNS), transformed (panels, 16, source channels, COLUMNS), bias (target channels).
// Build options: STYLE_VECTORS, VECTOR_WIDTH, TILE_ROWS.

// Source channels that are transformed at once: what then lies between the transforms stays in the caches.
#define BLOCK 64

// G w G' of every source channel and vector of target channels.
// Global size (source channels, 2 * panels), local size 1.
kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void winograd_pack(global const float *packed, const ulong packedOffset, global float *transformed,
                   const ulong transformedOffset) {
    const size_t sources = get_global_size(0), panel = get_global_id(1) / 2;
    const size_t place = get_global_id(0) * COLUMNS + get_global_id(1) % 2 * VECTOR_WIDTH, stride = sources * COLUMNS;
    const global float *const w = packed + packedOffset + panel * 9 * stride + place;
    global float *const u = transformed + transformedOffset + panel * 16 * stride + place;
    Vector rows[4][3];
#pragma unroll
    for (int i = 0; i < 3; i++) {
        const Vector w0 = LOAD(w + i * stride), w1 = LOAD(w + (3 + i) * stride), w2 = LOAD(w + (6 + i) * stride);
        rows[0][i] = w0;
        rows[1][i] = 0.5f * (w0 + w2 + w1);
        rows[2][i] = 0.5f * (w0 + w2 - w1);
        rows[3][i] = w2;
    }
#pragma unroll
    for (int i = 0; i < 4; i++) {
        const Vector w0 = rows[i][0], w1 = rows[i][1], w2 = rows[i][2];
        STORE(w0, u + (4 * i) * stride);
        STORE(0.5f * (w0 + w2 + w1), u + (4 * i + 1) * stride);
        STORE(0.5f * (w0 + w2 - w1), u + (4 * i + 2) * stride);
        STORE(w2, u + (4 * i + 3) * stride);
    }
}

// B' d B of a vector of source channels, written with a distance of stride.
inline __attribute__((always_inline)) void transform_source(const Vector d[16], float *to, const int stride) {
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
        STORE(rows[i] - rows[i + 2], to + i * stride);
        STORE(rows[i + 1] + rows[i + 2], to + (i + 1) * stride);
        STORE(rows[i + 2] - rows[i + 1], to + (i + 2) * stride);
        STORE(rows[i + 1] - rows[i + 3], to + (i + 3) * stride);
    }
}

// A' m A + start; m has a distance of stride between its elements.
inline __attribute__((always_inline)) void transform_sums(const Vector *m, const int stride, const Vector start, Vector y[4]) {
    Vector rows[8];
#pragma unroll
    for (int i = 0; i < 4; i++) {
        const Vector m0 = m[i * stride], m1 = m[(4 + i) * stride], m2 = m[(8 + i) * stride], m3 = m[(12 + i) * stride];
        rows[i] = m0 + m1 + m2;
        rows[4 + i] = m1 - m2 - m3;
    }
#pragma unroll
    for (int i = 0; i < 2; i++) {
        y[2 * i] = rows[4 * i] + rows[4 * i + 1] + rows[4 * i + 2] + start;
        y[2 * i + 1] = rows[4 * i + 1] - rows[4 * i + 2] - rows[4 * i + 3] + start;
    }
}

// y = f(bias + x * w): an item computes blocksPerItem blocks of TILE_ROWS patches x COLUMNS channels. A patch that does
// not come out finite is computed once more, directly: an infinity minus another one in a transform is no number, and
// padding times an infinite weight neither, where the convolution has none. Global size (ceil(batch * patches /
// (TILE_ROWS * blocksPerItem)), panels), local size 1.
kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void winograd_convolution(global const uint *control, global const float *x, const ulong xOffset,
                          global const float *packed, const ulong packedOffset, global const float *transformed,
                          const ulong transformedOffset, global const float *bias, const ulong biasOffset,
                          global float *y, const ulong yOffset, const struct Convolution c, const struct Activation f,
                          const int hasBias, const int blocksPerItem) {
    const int across = (c.x.target + 1) / 2, perImage = (c.y.target + 1) / 2 * across;
    const long patches = (long)perImage * (int)control[CONTROL_BATCH];
    const int sources = c.sourceChannels, panel = get_global_id(1), channel = panel * COLUMNS;
    const int count = c.targetChannels - channel;
    const size_t weightStride = (size_t)sources * COLUMNS;
    const global float *const u = transformed + transformedOffset + panel * 16 * weightStride;
    const size_t sourceRow = (size_t)c.x.source * sources, sourceImage = sourceRow * c.y.source;
    Vector start[2] = {0.0f, 0.0f};
    if (hasBias) {
        start[0] = LOAD(bias + biasOffset + channel);
        start[1] = LOAD(bias + biasOffset + channel + VECTOR_WIDTH);
    }
    float v[16 * TILE_ROWS * BLOCK];
    Vector m[16 * TILE_ROWS * 2];

    long patch = get_global_id(0) * (long)blocksPerItem * TILE_ROWS;
    const long end = min(patches, patch + (long)blocksPerItem * TILE_ROWS);
    for (; patch < end; patch += TILE_ROWS) {
        for (int first = 0; first < sources; first += BLOCK) {
            const int length = min(BLOCK, sources - first);
            for (int r = 0; r < TILE_ROWS; r++) {
                const long p = min(patch + r, patches - 1);
                const int inImage = (int)(p % perImage);
                const int sy = 2 * (inImage / across) - c.y.padLow, sx = 2 * (inImage % across) - c.x.padLow;
                const global float *const image = x + xOffset + p / perImage * sourceImage + first;
                const global float *const corner = image + (long)sy * sourceRow + (long)sx * sources;
                const bool inside = sy >= 0 && sy + 4 <= c.y.source && sx >= 0 && sx + 4 <= c.x.source;
                for (int k = 0; k < length; k += VECTOR_WIDTH) {
                    Vector d[16];
                    if (inside) {
#pragma unroll
                        for (int i = 0; i < 16; i++) {
                            d[i] = LOAD(corner + (i / 4) * sourceRow + (i % 4) * sources + k);
                        }
                    } else {
#pragma unroll
                        for (int i = 0; i < 16; i++) {
                            const int py = sy + i / 4, px = sx + i % 4;
                            d[i] = 0.0f;
                            if (py >= 0 && py < c.y.source && px >= 0 && px < c.x.source) {
                                d[i] = LOAD(corner + (i / 4) * sourceRow + (i % 4) * sources + k);
                            }
                        }
                    }
                    transform_source(d, v + r * BLOCK + k, TILE_ROWS * BLOCK);
                }
            }
            for (int i = 0; i < 16; i++) {
                Vector low[TILE_ROWS], high[TILE_ROWS];
#pragma unroll
                for (int r = 0; r < TILE_ROWS; r++) {
                    low[r] = first == 0 ? (Vector)0.0f : m[(i * TILE_ROWS + r) * 2];
                    high[r] = first == 0 ? (Vector)0.0f : m[(i * TILE_ROWS + r) * 2 + 1];
                }
                // No function of its own, because pocl 3.1 then keeps the sums in memory, at half the speed.
                const float *const a = v + i * TILE_ROWS * BLOCK;
                const global float *const w = u + i * weightStride + (size_t)first * COLUMNS;
                for (int k = 0; k < length; k++) {
                    const Vector w0 = LOAD(w + (size_t)k * COLUMNS), w1 = LOAD(w + (size_t)k * COLUMNS + VECTOR_WIDTH);
#pragma unroll
                    for (int r = 0; r < TILE_ROWS; r++) {
                        const Vector factor = (Vector)a[r * BLOCK + k];
                        low[r] = fma(factor, w0, low[r]);
                        high[r] = fma(factor, w1, high[r]);
                    }
                }
#pragma unroll
                for (int r = 0; r < TILE_ROWS; r++) {
                    m[(i * TILE_ROWS + r) * 2] = low[r];
                    m[(i * TILE_ROWS + r) * 2 + 1] = high[r];
                }
            }
        }
        for (int r = 0; r < TILE_ROWS && patch + r < end; r++) {
            const long p = patch + r;
            const int inImage = (int)(p % perImage), ty = 2 * (inImage / across), tx = 2 * (inImage % across);
            Vector results[8], check = 0.0f;
            transform_sums(m + r * 2, TILE_ROWS * 2, start[0], results);
            transform_sums(m + r * 2 + 1, TILE_ROWS * 2, start[1], results + 4);
#pragma unroll
            for (int i = 0; i < 8; i++) {
                check = fma(results[i], (Vector)0.0f, check);
            }
            const bool finite = !any(isnan(check));
            const size_t rowTargets = (size_t)c.x.target * c.targetChannels;
            global float *const to = y + yOffset + (p / perImage * c.y.target + ty) * rowTargets
                    + (long)tx * c.targetChannels + channel;
            for (int i = 0; i < 4; i++) {
                if (ty + i / 2 < c.y.target && tx + i % 2 < c.x.target) {
                    Vector low = results[i], high = results[4 + i];
                    if (!finite) {
                        low = start[0];
                        high = start[1];
                        for (int tap = 0; tap < 9; tap++) {
                            const int sy = ty + i / 2 + tap / 3 - c.y.padLow, sx = tx + i % 2 + tap % 3 - c.x.padLow;
                            if (sy < 0 || sy >= c.y.source || sx < 0 || sx >= c.x.source) {
                                continue;
                            }
                            const global float *const from = x + xOffset + p / perImage * sourceImage
                                    + (long)sy * sourceRow + (long)sx * sources;
                            const global float *const w =
                                    packed + packedOffset + ((size_t)panel * 9 + tap) * weightStride;
                            for (int k = 0; k < sources; k++) {
                                low = fma((Vector)from[k], LOAD(w + (size_t)k * COLUMNS), low);
                                high = fma((Vector)from[k], LOAD(w + (size_t)k * COLUMNS + VECTOR_WIDTH), high);
                            }
                        }
                    }
                    global float *const position = to + (i / 2) * rowTargets + (i % 2) * c.targetChannels;
                    store_activated(low, position, count, f);
                    store_activated(high, position + VECTOR_WIDTH, count - VECTOR_WIDTH, f);
                }
            }
        }
    }
}
