// Convolutions and input gradients by Winograd's method, see winograd.cl. For CPU devices: explicit vectors, no local
// memory, no barriers.
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
    Vector taps[9], elements[16];
#pragma unroll
    for (int i = 0; i < 9; i++) {
        taps[i] = LOAD(w + i * stride);
    }
    transform_taps(taps, elements);
#pragma unroll
    for (int i = 0; i < 16; i++) {
        STORE(elements[i], u + i * stride);
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
            transform_channels(p, x + xOffset + first, length, c, v + r * BLOCK, ELEMENT);
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
