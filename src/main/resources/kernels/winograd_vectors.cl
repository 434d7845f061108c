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
// for every patch of 2x2 target positions, which read 4x4 source positions. Lavin and Gray 2015, section 4.1. The
// kernel gradient, further below, has other matrices.
//
// Layouts (row-major, last axis contiguous): x (batch, source y, source x, source channels), y (batch, target y,
// target x, target channels), packed as convolution_pack of convolution_vectors.cl leaves it: (panels, 9, source
// channels, COLUMNS), transformed (panels, 16, source channels, COLUMNS), bias (target channels).
// Build options: STYLE_VECTORS, VECTOR_WIDTH, TILE_ROWS, PANELS: the most panels for which a patch is transformed once.

// Source channels that are transformed at once: what then lies between the transforms stays in the caches, and within
// the 128 KiB of private memory that compilers for some devices allow.
#define BLOCK 64
// Distances of the 16 elements of transformed patches and of their sums; no powers of two, which share sets of a cache.
#define ELEMENT (TILE_ROWS * BLOCK + 16)
#define SUMS 17

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

// B' d B of length source channels from channel first on; d is what the patch reads, zero on padding. The 16 elements
// lie distance apart.
void transform_source(const struct Patch p, const global float *x, const int first, const int length,
                      const struct Convolution c, float *v, const int distance) {
    const int sy = p.y - c.y.padLow, sx = p.x - c.x.padLow;
    const size_t pixel = c.sourceChannels, row = c.x.source * pixel;
    const global float *const corner =
            x + p.item * c.y.source * row + (long)sy * (long)row + (long)sx * (long)pixel + first;
    const bool inside = sy >= 0 && sy + 4 <= c.y.source && sx >= 0 && sx + 4 <= c.x.source;
    for (int k = 0; k < length; k += VECTOR_WIDTH) {
        Vector d[16], rows[16];
        if (inside) {
#pragma unroll
            for (int i = 0; i < 16; i++) {
                d[i] = LOAD(corner + (i / 4) * row + (i % 4) * pixel + k);
            }
        } else {
#pragma unroll
            for (int i = 0; i < 16; i++) {
                const int py = sy + i / 4, px = sx + i % 4;
                d[i] = 0.0f;
                if (py >= 0 && py < c.y.source && px >= 0 && px < c.x.source) {
                    d[i] = LOAD(corner + (i / 4) * row + (i % 4) * pixel + k);
                }
            }
        }
#pragma unroll
        for (int i = 0; i < 4; i++) {
            rows[i] = d[i] - d[8 + i];
            rows[4 + i] = d[4 + i] + d[8 + i];
            rows[8 + i] = d[8 + i] - d[4 + i];
            rows[12 + i] = d[4 + i] - d[12 + i];
        }
#pragma unroll
        for (int i = 0; i < 16; i += 4) {
            STORE(rows[i] - rows[i + 2], v + i * distance + k);
            STORE(rows[i + 1] + rows[i + 2], v + (i + 1) * distance + k);
            STORE(rows[i + 2] - rows[i + 1], v + (i + 2) * distance + k);
            STORE(rows[i + 1] - rows[i + 3], v + (i + 3) * distance + k);
        }
    }
}

// m (TILE_ROWS, 2 vectors) = v (TILE_ROWS, length) * u (length, COLUMNS), added to what is there unless it is the first.
void multiply_element(const float *v, const global float *u, const int length, const bool isFirst, Vector *m) {
    Vector low[TILE_ROWS], high[TILE_ROWS];
#pragma unroll
    for (int r = 0; r < TILE_ROWS; r++) {
        low[r] = isFirst ? (Vector)0.0f : m[2 * r * SUMS];
        high[r] = isFirst ? (Vector)0.0f : m[(2 * r + 1) * SUMS];
    }
    for (int k = 0; k < length; k++) {
        const Vector u0 = LOAD(u + (size_t)k * COLUMNS), u1 = LOAD(u + (size_t)k * COLUMNS + VECTOR_WIDTH);
#pragma unroll
        for (int r = 0; r < TILE_ROWS; r++) {
            const Vector a = (Vector)v[r * BLOCK + k];
            low[r] = fma(a, u0, low[r]);
            high[r] = fma(a, u1, high[r]);
        }
    }
#pragma unroll
    for (int r = 0; r < TILE_ROWS; r++) {
        m[2 * r * SUMS] = low[r];
        m[(2 * r + 1) * SUMS] = high[r];
    }
}

// A' m A.
void transform_sums(const Vector *m, Vector y[4]) {
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

// The sums of one position without Winograd; w (9, source channels, COLUMNS). Padding is not multiplied.
void sum_directly(const global float *image, const global float *w, const int sy, const int sx,
                  const struct Convolution c, Vector sums[2]) {
    sums[0] = 0.0f;
    sums[1] = 0.0f;
    for (int tap = 0; tap < 9; tap++) {
        const int py = sy + tap / 3, px = sx + tap % 3;
        if (py < 0 || py >= c.y.source || px < 0 || px >= c.x.source) {
            continue;
        }
        const global float *const from = image + ((size_t)py * c.x.source + px) * c.sourceChannels;
        const global float *const at = w + (size_t)tap * c.sourceChannels * COLUMNS;
        for (int k = 0; k < c.sourceChannels; k++) {
            sums[0] = fma((Vector)from[k], LOAD(at + (size_t)k * COLUMNS), sums[0]);
            sums[1] = fma((Vector)from[k], LOAD(at + (size_t)k * COLUMNS + VECTOR_WIDTH), sums[1]);
        }
    }
}

// Writes the results of a patch from its sums m (2 vectors, SUMS).
void finish_patch(const Vector *m, const struct Patch p, const global float *x, const global float *w,
                  const Vector start[2], global float *y, const int count, const struct Convolution c,
                  const struct Activation f) {
    Vector low[4], high[4];
    VectorMask bounded = -1;
    transform_sums(m, low);
    transform_sums(m + SUMS, high);
#pragma unroll
    for (int i = 0; i < 4; i++) {
        bounded &= fabs(low[i]) <= (Vector)FLT_MAX;
        bounded &= fabs(high[i]) <= (Vector)FLT_MAX;
    }
    const bool finite = all(bounded);
    const size_t row = (size_t)c.x.target * c.targetChannels;
    global float *const first = y + (p.item * c.y.target + p.y) * row + (size_t)p.x * c.targetChannels;
    for (int i = 0; i < 4; i++) {
        const int dy = i / 2, dx = i % 2;
        if (p.y + dy >= c.y.target || p.x + dx >= c.x.target) {
            continue;
        }
        Vector sums[2] = {low[i], high[i]};
        if (!finite) {
            const global float *const image = x + p.item * c.y.source * c.x.source * c.sourceChannels;
            sum_directly(image, w, p.y + dy - c.y.padLow, p.x + dx - c.x.padLow, c, sums);
        }
        global float *const to = first + dy * row + dx * c.targetChannels;
        store_activated(sums[0] + start[0], to, count, f);
        store_activated(sums[1] + start[1], to + VECTOR_WIDTH, count - VECTOR_WIDTH, f);
    }
}

// y = f(bias + x * w): an item computes TILE_ROWS patches x PANELS panels of COLUMNS channels. A patch that does not
// come out finite is computed once more, directly: an infinity minus another one in a transform is no number, and
// padding times an infinite weight neither, where the convolution has none. Global size (ceil(batch * patches /
// TILE_ROWS), ceil(panels / PANELS)), local size 1.
kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void winograd_convolution(global const uint *control, global const float *x, const ulong xOffset,
                          global const float *packed, const ulong packedOffset, global const float *transformed,
                          const ulong transformedOffset, global const float *bias, const ulong biasOffset,
                          global float *y, const ulong yOffset, const struct Convolution c, const struct Activation f,
                          const int hasBias) {
    const ulong patches =
            (ulong)control[CONTROL_BATCH] * (uint)((c.y.target + 1) / 2) * (uint)((c.x.target + 1) / 2);
    const ulong firstPatch = get_global_id(0) * (ulong)TILE_ROWS;
    const int sources = c.sourceChannels;
    const int firstPanel = get_global_id(1) * PANELS;
    const int endPanel = min(firstPanel + PANELS, (c.targetChannels + COLUMNS - 1) / COLUMNS);
    const size_t elementWeights = (size_t)sources * COLUMNS;
    float v[16 * ELEMENT];
    Vector m[PANELS * TILE_ROWS * 2 * SUMS];
    for (int first = 0; first < sources; first += BLOCK) {
        const int length = min(BLOCK, sources - first);
        for (int r = 0; r < TILE_ROWS; r++) {
            const struct Patch p = patch_of(min(firstPatch + r, patches - 1), c);
            transform_source(p, x + xOffset, first, length, c, v + r * BLOCK, ELEMENT);
        }
        for (int panel = firstPanel; panel < endPanel; panel++) {
            const global float *const u =
                    transformed + transformedOffset + panel * 16 * elementWeights + (size_t)first * COLUMNS;
            Vector *const sums = m + (panel - firstPanel) * TILE_ROWS * 2 * SUMS;
            for (int i = 0; i < 16; i++) {
                multiply_element(v + i * ELEMENT, u + i * elementWeights, length, first == 0, sums + i);
            }
        }
    }
    for (int panel = firstPanel; panel < endPanel; panel++) {
        const int channel = panel * COLUMNS;
        Vector start[2] = {0.0f, 0.0f};
        if (hasBias) {
            start[0] = LOAD(bias + biasOffset + channel);
            start[1] = LOAD(bias + biasOffset + channel + VECTOR_WIDTH);
        }
        for (int r = 0; r < TILE_ROWS && firstPatch + r < patches; r++) {
            finish_patch(m + ((panel - firstPanel) * TILE_ROWS + r) * 2 * SUMS, patch_of(firstPatch + r, c),
                         x + xOffset, packed + packedOffset + panel * 9 * elementWeights, start, y + yOffset + channel,
                         c.targetChannels - channel, c, f);
        }
    }
}

// The kernel gradient is F(3x3, 2x2), which gives the 3x3 taps from patches of 2x2 target positions:
//
//     dw = A' [ sum over patches of (G dy G') * (B' x B) ] A, with the B of above and
//
//     G = |  1    0  |    A' = | 1  1  1  0 |
//         | 1/2  1/2 |         | 0  1 -1  0 |
//         | 1/2 -1/2 |         | 0  1  1 -1 |
//         |  0    1  |
//
// The halves wait for the sums. RUN patches are transformed at once; an item has up to CHANNELS source channels and as
// many target channels, a register tile ROWS x COLUMNS of them: what an item works on stays in the second cache, and
// within 128 KiB of private memory.
#define RUN 12
#define CHANNELS 32
#define ROWS (VECTOR_WIDTH == 16 ? 8 : 4)
#define ELEMENT_OF_RUN (RUN * CHANNELS)
#define ELEMENT_OF_SUMS (CHANNELS * CHANNELS / VECTOR_WIDTH)

// 4 G dy G' of a patch, 16 elements (RUN, CHANNELS), the first length channels of each; target positions that do not
// exist and channels from count on are 0.
void transform_target(const struct Patch p, const global float *dy, const int count, const int length,
                      const struct Convolution c, float *u) {
    const size_t pixel = c.targetChannels, row = c.x.target * pixel;
    const global float *const corner = dy + (p.item * c.y.target + p.y) * row + p.x * pixel;
    const bool below = p.y + 1 < c.y.target, right = p.x + 1 < c.x.target;
    for (int k = 0; k < length; k += VECTOR_WIDTH) {
        const Vector d0 = load_first(corner + k, count - k);
        const Vector d1 = load_first(corner + pixel + k, right ? count - k : 0);
        const Vector d2 = load_first(corner + row + k, below ? count - k : 0);
        const Vector d3 = load_first(corner + row + pixel + k, below && right ? count - k : 0);
        const Vector rows[8] = {d0, d1, d0 + d2, d1 + d3, d0 - d2, d1 - d3, d2, d3};
#pragma unroll
        for (int i = 0; i < 4; i++) {
            float *const to = u + 4 * i * ELEMENT_OF_RUN + k;
            STORE(rows[2 * i], to);
            STORE(rows[2 * i] + rows[2 * i + 1], to + ELEMENT_OF_RUN);
            STORE(rows[2 * i] - rows[2 * i + 1], to + 2 * ELEMENT_OF_RUN);
            STORE(rows[2 * i + 1], to + 3 * ELEMENT_OF_RUN);
        }
    }
}

// m (ROWS, 2 vectors) += v' (ROWS, length) * u (length, COLUMNS); rows of v and u are CHANNELS apart.
void multiply_patches(const float *v, const float *u, const int length, Vector *m) {
    Vector low[ROWS], high[ROWS];
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
        low[r] = m[2 * r];
        high[r] = m[2 * r + 1];
    }
    for (int k = 0; k < length; k++) {
        const Vector u0 = LOAD(u + k * CHANNELS), u1 = LOAD(u + k * CHANNELS + VECTOR_WIDTH);
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
            const Vector a = (Vector)v[k * CHANNELS + r];
            low[r] = fma(a, u0, low[r]);
            high[r] = fma(a, u1, high[r]);
        }
    }
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
        m[2 * r] = low[r];
        m[2 * r + 1] = high[r];
    }
}

// A' m A, where m is 4 times what it stands for.
void transform_gradient(const Vector *m, Vector w[9]) {
    Vector rows[12];
#pragma unroll
    for (int i = 0; i < 4; i++) {
        const Vector m1 = m[(4 + i) * ELEMENT_OF_SUMS], m2 = m[(8 + i) * ELEMENT_OF_SUMS], both = 0.5f * (m1 + m2);
        rows[i] = m[i * ELEMENT_OF_SUMS] + both;
        rows[4 + i] = 0.5f * (m1 - m2);
        rows[8 + i] = both - m[(12 + i) * ELEMENT_OF_SUMS];
    }
#pragma unroll
    for (int i = 0; i < 3; i++) {
        const Vector m1 = rows[4 * i + 1], m2 = rows[4 * i + 2], both = 0.5f * (m1 + m2);
        w[3 * i] = rows[4 * i] + both;
        w[3 * i + 1] = 0.5f * (m1 - m2);
        w[3 * i + 2] = both - rows[4 * i + 3];
    }
}

// The taps of one source channel for the first count target channels of a vector, summed over patches from begin up to
// end without Winograd. Padding is not multiplied.
void sum_taps_directly(const global float *x, const global float *dy, const int count, const ulong begin,
                       const ulong end, const struct Convolution c, Vector w[9]) {
    for (int tap = 0; tap < 9; tap++) {
        w[tap] = 0.0f;
    }
    for (ulong patch = begin; patch < end; patch++) {
        const struct Patch p = patch_of(patch, c);
        const global float *const image = x + p.item * c.y.source * c.x.source * c.sourceChannels;
        for (int i = 0; i < 36; i++) {
            const int tap = i % 9, ty = p.y + i / 18, tx = p.x + i / 9 % 2;
            const int sy = ty + tap / 3 - c.y.padLow, sx = tx + tap % 3 - c.x.padLow;
            if (ty < c.y.target && tx < c.x.target && sy >= 0 && sy < c.y.source && sx >= 0 && sx < c.x.source) {
                const size_t position = (p.item * c.y.target + ty) * c.x.target + tx;
                const Vector a = (Vector)image[((size_t)sy * c.x.source + sx) * c.sourceChannels];
                w[tap] = fma(a, load_first(dy + position * c.targetChannels, count), w[tap]);
            }
        }
    }
}

// Kernel gradient as partial sums like those of convolution_kernel_gradient, here over splits runs of patches. An item
// computes sourcesPerItem x targetsPerItem channels of a run, multiples of ROWS and COLUMNS up to CHANNELS. What does
// not come out finite is computed once more, directly. Global size (ceil(source channels / sourcesPerItem), ceil(target
// channels / targetsPerItem), splits), local size 1.
kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void winograd_kernel_gradient(global const uint *control, global const float *x, const ulong xOffset,
                              global const float *dy, const ulong dyOffset, global float *partial,
                              const ulong partialOffset, const struct Convolution c, const int splits,
                              const int sourcesPerItem, const int targetsPerItem) {
    const ulong patches =
            (ulong)control[CONTROL_BATCH] * (uint)((c.y.target + 1) / 2) * (uint)((c.x.target + 1) / 2);
    const ulong runLength = (patches + splits - 1) / splits;
    const ulong begin = min(patches, get_global_id(2) * runLength), end = min(patches, begin + runLength);
    const int source = get_global_id(0) * sourcesPerItem, sources = min(sourcesPerItem, c.sourceChannels - source);
    const int target = get_global_id(1) * targetsPerItem, count = min(targetsPerItem, c.targetChannels - target);
    const int columns = (count + COLUMNS - 1) / COLUMNS * COLUMNS;
    const global float *const gradients = dy + dyOffset + target;
    float v[16 * ELEMENT_OF_RUN], u[16 * ELEMENT_OF_RUN];
    Vector m[16 * ELEMENT_OF_SUMS];
    for (int i = 0; i < 16 * ELEMENT_OF_SUMS; i++) {
        m[i] = 0.0f;
    }
    for (ulong patch = begin; patch < end; patch += RUN) {
        const int length = (int)min((ulong)RUN, end - patch);
        for (int k = 0; k < length; k++) {
            const struct Patch p = patch_of(patch + k, c);
            transform_source(p, x + xOffset, source, sources, c, v + k * CHANNELS, ELEMENT_OF_RUN);
            transform_target(p, gradients, count, columns, c, u + k * CHANNELS);
        }
        for (int i = 0; i < 16; i++) {
            for (int t = 0; t < columns; t += COLUMNS) {
                Vector *const tile = m + i * ELEMENT_OF_SUMS + t / COLUMNS * 2 * CHANNELS;
                for (int s = 0; s < sources; s += ROWS) {
                    multiply_patches(v + i * ELEMENT_OF_RUN + s, u + i * ELEMENT_OF_RUN + t, length, tile + 2 * s);
                }
            }
        }
    }
    const struct Activation none = {LINEAR, 0.0f, 0.0f, 0.0f};
    const size_t tap = (size_t)c.sourceChannels * c.targetChannels;
    global float *const sums = partial + partialOffset + get_global_id(2) * 9 * tap + target;
    for (int i = 0; i < sources * (columns / VECTOR_WIDTH); i++) {
        const int s = i % sources, first = i / sources * VECTOR_WIDTH;
        Vector w[9];
        VectorMask bounded = -1;
        transform_gradient(m + first / COLUMNS * 2 * CHANNELS + 2 * s + first / VECTOR_WIDTH % 2, w);
#pragma unroll
        for (int k = 0; k < 9; k++) {
            bounded &= fabs(w[k]) <= (Vector)FLT_MAX;
        }
        if (!all(bounded)) {
            sum_taps_directly(x + xOffset + source + s, gradients + first, count - first, begin, end, c, w);
        }
        global float *const to = sums + (size_t)(source + s) * c.targetChannels + first;
        for (int k = 0; k < 9; k++) {
            store_activated(w[k], to + k * tap, count - first, none);
        }
    }
}
