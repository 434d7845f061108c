// Convolutions and input gradients by Winograd's method, see winograd.cl. For CPU devices: explicit vectors, no local
// memory, no barriers.
//
// Layouts (row-major, last axis contiguous): x (batch, source y, source x, source channels), y (batch, target y,
// target x, target channels), packed (panels, 9, source channels, COLUMNS), transformed (panels, 16, source channels,
// COLUMNS), bias (target channels).
// Build options: STYLE_VECTORS, VECTOR_WIDTH, TILE_ROWS, PANELS: the most panels for which a patch is transformed once.

// Source channels that are transformed at once: what then lies between the transforms stays in the caches, and within
// the 128 KiB of private memory that compilers for some devices allow.
#define BLOCK 64
// Distances of the 16 elements of transformed patches and of their sums; no powers of two, which share sets of a cache.
#define ELEMENT (TILE_ROWS * BLOCK + 16)
#define SUMS 17

// A kernel in panels, and G w G' of it, for every source channel and vector of target channels, 0 behind the last one; w and
// reversed as of weights_of. Global size (source channels, 2 * panels), local size 1.
kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void winograd_pack(global const float *w, const ulong wOffset, global float *packed, const ulong packedOffset,
                   global float *transformed, const ulong transformedOffset, const struct Convolution c,
                   const int reversed) {
    const int source = get_global_id(0), target = get_global_id(1) * VECTOR_WIDTH;
    const size_t panel = target / COLUMNS, stride = (size_t)c.sourceChannels * COLUMNS;
    const size_t place = (size_t)source * COLUMNS + target % COLUMNS;
    global float *const p = packed + packedOffset + panel * 9 * stride + place;
    global float *const u = transformed + transformedOffset + panel * 16 * stride + place;
    Vector taps[9], elements[16];
#pragma unroll
    for (int i = 0; i < 9; i++) {
        taps[i] = weights_of(w + wOffset, i, source, target, c, reversed);
        STORE(taps[i], p + i * stride);
    }
    transform_taps(taps, elements);
#pragma unroll
    for (int i = 0; i < 16; i++) {
        STORE(elements[i], u + i * stride);
    }
}

// m (TILE_ROWS, vectors) = v (TILE_ROWS, length) * u (length, vectors), added to what is there unless it is the first; one
// vector or the two of a panel.
INLINED void multiply_element(const float *v, const global float *u, const int length, const bool isFirst,
                              const int vectors, Vector *m) {
    Vector low[TILE_ROWS], high[TILE_ROWS];
#pragma unroll
    for (int r = 0; r < TILE_ROWS; r++) {
        low[r] = isFirst ? (Vector)0.0f : m[2 * r * SUMS];
        high[r] = isFirst || vectors == 1 ? (Vector)0.0f : m[(2 * r + 1) * SUMS];
    }
    for (int k = 0; k < length; k++) {
        const Vector u0 = LOAD(u + (size_t)k * COLUMNS), u1 = LOAD(u + (size_t)k * COLUMNS + VECTOR_WIDTH);
#pragma unroll
        for (int r = 0; r < TILE_ROWS; r++) {
            const Vector a = (Vector)v[r * BLOCK + k];
            low[r] = fma(a, u0, low[r]);
            if (vectors == 2) {
                high[r] = fma(a, u1, high[r]);
            }
        }
    }
#pragma unroll
    for (int r = 0; r < TILE_ROWS; r++) {
        m[2 * r * SUMS] = low[r];
        if (vectors == 2) {
            m[(2 * r + 1) * SUMS] = high[r];
        }
    }
}

// The value of a channel of a pixel.
INLINED float source_value(const struct Source from, const ulong item, const int y, const int x, const int channel,
                           const struct Convolution c) {
    if (from.places) {
        const size_t at = window_of(item, y, x, c.y.source, c.x.source, c.sourceChannels) + channel;
        return (int)from.places[at] == y % 2 * 2 + x % 2 ? from.x[at] : 0.0f;
    }
    return from.x[((item * c.y.source + y) * c.x.source + x) * c.sourceChannels + channel];
}

// The sums of one position for a vector of channels without Winograd; w (9, source channels, COLUMNS). Padding is not
// multiplied.
Vector sum_directly(const struct Source from, const ulong item, const global float *w, const int sy, const int sx,
                    const struct Convolution c) {
    Vector sum = 0.0f;
    for (int tap = 0; tap < 9; tap++) {
        const int py = sy + tap / 3, px = sx + tap % 3;
        if (py < 0 || py >= c.y.source || px < 0 || px >= c.x.source) {
            continue;
        }
        const global float *const at = w + (size_t)tap * c.sourceChannels * COLUMNS;
        for (int k = 0; k < c.sourceChannels; k++) {
            sum = fma((Vector)source_value(from, item, py, px, k, c), LOAD(at + (size_t)k * COLUMNS), sum);
        }
    }
    return sum;
}

// Whether the target has result i of a patch.
INLINED bool has_result(const struct Patch p, const int i, const struct Convolution c) {
    return p.y + i / 2 < c.y.target && p.x + i % 2 < c.x.target;
}

// Where result i of a patch is in the target, and where its window's maximum is among the maxima: at the first channel.
INLINED size_t result_place(const struct Patch p, const int i, const struct Convolution c) {
    return ((p.item * c.y.target + p.y + i / 2) * c.x.target + p.x + i % 2) * c.targetChannels;
}

INLINED size_t window_place(const struct Patch p, const struct Convolution c) {
    return window_of(p.item, p.y, p.x, c.y.target, c.x.target, c.targetChannels);
}

// The four results of a patch, without bias, of a vector of channels from y on, of which the first count exist.
INLINED void write_results(const Vector results[4], const struct Patch p, const Vector start, global float *y,
                           const int count, const struct Convolution c, const struct Activation f) {
#pragma unroll
    for (int i = 0; i < 4; i++) {
        if (has_result(p, i, c)) {
            store_activated(results[i] + start, y + result_place(p, i, c), count, f);
        }
    }
}

// What becomes of the results of patches, as WinogradSteps.java says.
#define ALL_RESULTS 0
#define MAXIMA 1
#define MAXIMA_AND_PLACES 2

// Where results of a vector of channels go, of which the first count exist.
struct Target {
    global float *y, *places;
    int count, form;
};

// Writes the largest of the results of a patch, which is the window of a max pooling, to y of half the height and width,
// and which of the four it was first. The activation never falls, so that it may come after the maximum.
INLINED void write_maximum(const Vector results[4], const struct Patch p, const Vector start, const struct Target to,
                           const struct Convolution c, const struct Activation f) {
    Vector best = results[0] + start;
    VectorMask at = 0;
#pragma unroll
    for (int i = 1; i < 4; i++) {
        if (has_result(p, i, c)) {
            const Vector result = results[i] + start;
            const VectorMask better = wins(result, best);
            best = select(best, result, better);
            at = select(at, (VectorMask)i, better);
        }
    }
    const size_t window = window_place(p, c);
    store_activated(best, to.y + window, to.count, f);
    if (to.form == MAXIMA_AND_PLACES) {
        store_first(AS_FLOATS(at), to.places + window, to.count);
    }
}

// Asks for where the results of a patch of a panel of channels go.
INLINED void fetch_results(const struct Patch p, const struct Target to, const struct Convolution c) {
#pragma unroll
    for (int vector = 0; vector < COLUMNS; vector += VECTOR_WIDTH) {
        if (to.form == ALL_RESULTS) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                PREFETCH_TO_WRITE(to.y + result_place(p, i, c) + vector);
            }
        } else {
            PREFETCH_TO_WRITE(to.y + window_place(p, c) + vector);
            if (to.form != MAXIMA) {
                PREFETCH_TO_WRITE(to.places + window_place(p, c) + vector);
            }
        }
    }
}

INLINED void write_patch(const Vector results[4], const struct Patch p, const Vector start, const struct Target to,
                         const struct Convolution c, const struct Activation f) {
    if (to.form == ALL_RESULTS) {
        write_results(results, p, start, to.y, to.count, c, f);
    } else {
        write_maximum(results, p, start, to, c, f);
    }
}

// Writes the results of a patch from its sums m. Returns where they are finite.
INLINED VectorMask finish_patch(const Vector *m, const struct Patch p, const Vector start, const struct Target to,
                                const struct Convolution c, const struct Activation f) {
    Vector results[4];
    transform_sums(m, results);
    write_patch(results, p, start, to, c, f);
    return finite(results, 4);
}

// Writes the results of a patch that are not finite once more, without Winograd; w as of sum_directly.
void repair_patch(const Vector *m, const struct Patch p, const Vector start, const struct Target to,
                  const struct Convolution c, const struct Activation f, const struct Source from,
                  const global float *w) {
    Vector results[4];
    transform_sums(m, results);
    if (all(finite(results, 4))) {
        return;
    }
    for (int i = 0; i < 4; i++) {
        results[i] = sum_directly(from, p.item, w, p.y + i / 2 - c.y.padLow, p.x + i % 2 - c.x.padLow, c);
    }
    write_patch(results, p, start, to, c, f);
}

// y = f(bias + x * w) or, as the target's form says, the largest of each patch: an item computes TILE_ROWS patches x PANELS
// panels of COLUMNS channels. A patch that does not come out finite is computed once more, directly: an infinity minus
// another one in a transform is no number, and padding times an infinite weight neither, where the convolution has none.
// Global size (ceil(batch * patches / TILE_ROWS), ceil(panels / PANELS)), local size 1.
INLINED void convolve(global const uint *control, const struct Source from, const global float *packed,
                      const global float *transformed, const global float *bias, const struct Target to,
                      const struct Convolution c, const struct Activation f, const int hasBias) {
    const ulong patches =
            (ulong)control[CONTROL_BATCH] * (uint)((c.y.target + 1) / 2) * (uint)((c.x.target + 1) / 2);
    const ulong firstPatch = get_global_id(0) * (ulong)TILE_ROWS;
    const int sources = c.sourceChannels;
    const int firstPanel = get_global_id(1) * PANELS;
    const int endPanel = min(firstPanel + PANELS, (c.targetChannels + COLUMNS - 1) / COLUMNS);
    const size_t elementWeights = (size_t)sources * COLUMNS;
    struct Patch patch[TILE_ROWS];
    struct Patch next = patch_of(firstPatch, c);
    for (int r = 0; r < TILE_ROWS; r++) {
        patch[r] = next;
        if (firstPatch + r + 1 < patches) {
            next_patch(&next, c);
        }
    }
    float v[16 * ELEMENT];
    Vector m[PANELS * TILE_ROWS * 2 * SUMS];
    for (int first = 0; first < sources; first += BLOCK) {
        const int length = min(BLOCK, sources - first);
        for (int r = 0; r < TILE_ROWS; r++) {
            transform_channels(patch[r], from, first, length, c, v + r * BLOCK, ELEMENT);
            if (first == 0) {
                fetch_source(next, from, 0, sources, c);
                next_patch(&next, c);
            }
        }
        for (int panel = firstPanel; panel < endPanel; panel++) {
            const global float *const u = transformed + panel * 16 * elementWeights + (size_t)first * COLUMNS;
            Vector *const sums = m + (panel - firstPanel) * TILE_ROWS * 2 * SUMS;
            if (first + BLOCK >= sources) {
                const struct Target target = {to.y + panel * COLUMNS, to.places + panel * COLUMNS, COLUMNS, to.form};
                for (int r = 0; r < TILE_ROWS; r++) {
                    fetch_results(patch[r], target, c);
                }
            }
            for (int i = 0; i < 16; i++) {
                const float *const elements = v + i * ELEMENT;
#pragma unroll
                for (int r = 0; r < TILE_ROWS; r++) {
                    PREFETCH(elements + ELEMENT + r * BLOCK);
                }
                if (c.targetChannels - panel * COLUMNS > VECTOR_WIDTH) {
                    multiply_element(elements, u + i * elementWeights, length, first == 0, 2, sums + i);
                } else {
                    multiply_element(elements, u + i * elementWeights, length, first == 0, 1, sums + i);
                }
            }
        }
    }
    const int firstChannel = firstPanel * COLUMNS, endChannel = min(endPanel * COLUMNS, c.targetChannels);
    const int rows = (int)min((ulong)TILE_ROWS, patches - firstPatch);
    for (int channel = firstChannel; channel < endChannel; channel += VECTOR_WIDTH) {
        const int column = channel % COLUMNS, count = c.targetChannels - channel;
        const Vector *const sums =
                m + ((channel - firstChannel) / COLUMNS * TILE_ROWS * 2 + column / VECTOR_WIDTH) * SUMS;
        const Vector start = hasBias ? LOAD(bias + channel) : (Vector)0.0f;
        const struct Target target = {to.y + channel, to.places + channel, count, to.form};
        VectorMask allFinite = -1;
        for (int r = 0; r < rows; r++) {
            allFinite &= finish_patch(sums + 2 * r * SUMS, patch[r], start, target, c, f);
        }
        if (!all(allFinite)) {
            const global float *const weights = packed + channel / COLUMNS * 9 * elementWeights + column;
            for (int r = 0; r < rows; r++) {
                repair_patch(sums + 2 * r * SUMS, patch[r], start, target, c, f, from, weights);
            }
        }
    }
}

kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void winograd_convolution(global const uint *control, global const float *x, const ulong xOffset,
                          global const float *packed, const ulong packedOffset, global const float *transformed,
                          const ulong transformedOffset, global const float *bias, const ulong biasOffset,
                          global float *y, const ulong yOffset, const struct Convolution c, const struct Activation f,
                          const int hasBias, global float *places, const ulong placesOffset, const int form) {
    const struct Source from = {x + xOffset, 0};
    const struct Target to = {y + yOffset, places + placesOffset, c.targetChannels, form};
    convolve(control, from, packed + packedOffset, transformed + transformedOffset, bias + biasOffset, to, c, f,
             hasBias);
}

// The same of images that are read by their windows, see struct Source.
kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void winograd_convolution_by_windows(global const uint *control, global const float *x, const ulong xOffset,
                                     global const float *packed, const ulong packedOffset,
                                     global const float *transformed, const ulong transformedOffset,
                                     global const float *bias, const ulong biasOffset, global float *y,
                                     const ulong yOffset, const struct Convolution c, const struct Activation f,
                                     const int hasBias, global const float *places, const ulong placesOffset) {
    const struct Source from = {x + xOffset, places + placesOffset};
    const struct Target to = {y + yOffset, y + yOffset, c.targetChannels, ALL_RESULTS};
    convolve(control, from, packed + packedOffset, transformed + transformedOffset, bias + biasOffset, to, c, f,
             hasBias);
}
