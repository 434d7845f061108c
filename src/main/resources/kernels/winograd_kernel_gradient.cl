// Kernel gradient of a convolution with 3x3 taps, stride and dilation 1 and one group, by F(3x3, 2x2) of Winograd, which
// gives the 3x3 taps from patches of 2x2 target positions. For CPU devices: explicit vectors, no local memory, no barriers.
//
//     dw = A' [ sum over patches of (G dy G') * (B' x B) ] A,   * element by element, ' transposed
//
//     G = |  1    0  |    A' = | 1  1  1  0 |
//         | 1/2  1/2 |         | 0  1 -1  0 |
//         | 1/2 -1/2 |         | 0  1  1 -1 |
//         |  0    1  |
//
// B is in winograd_patches.cl. The halves wait for the sums.
// Layouts: x and dy as x and y of the convolution; the partial sums as convolution_kernel_gradient leaves them.
// Build options: STYLE_VECTORS, VECTOR_WIDTH.

// RUN patches are transformed at once; an item has up to CHANNELS source channels and as
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
