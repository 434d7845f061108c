// Winograd's method on GPUs, see winograd.cl: what goes before and after sixteen products by tile_product, one for each
// element of the transforms,
//
//     M[i] (patches, target channels) = V[i] (patches, source channels) * U[i] (source channels, target channels),
//
// and for a kernel gradient
//
//     M[i] (source channels, target channels) = V[i]' * D[i] (patches, target channels).
//
// V, U, M and D have the element as their first axis, and hold the patches of a part of the batch at a time: of the items
// from firstItem on, at most so many. A work-item has one vector of channels. Layouts of x, y, w and dy: those of the
// convolution. Build options: STYLE_TILES, VECTOR_WIDTH.

#if VECTOR_WIDTH == 4
#define IN_EACH(v, f) OF_EACH(activate, v, f)
#define FINITE(v) all(fabs(v) <= FLT_MAX)
#else
#define IN_EACH(v, f) activate(v, f)
#define FINITE(v) (fabs(v) <= FLT_MAX)
#endif

ulong patches_of_part(const struct Convolution c, const int firstItem, const int items, global const uint *control) {
    return (ulong)items_now(firstItem, items, control) * (uint)((c.y.target + 1) / 2) * (uint)((c.x.target + 1) / 2);
}

// A patch of a part and a vector of channels.
struct PatchVector {
    struct Patch patch;
    ulong number; // of the patch, within the part
    int channel;
};

struct PatchVector patch_vector(const struct Convolution c, const int channels, const int firstItem) {
    const uint vectors = vectors_of(channels);
    struct PatchVector at;
    at.number = quotient(get_global_id(0), vectors);
    at.channel = (int)(get_global_id(0) - at.number * vectors) * VECTOR_WIDTH;
    at.patch = patch_of(at.number, c);
    at.patch.item += firstItem;
    return at;
}

// The 16 elements of a transform, distance apart.
void store_elements(const Vector elements[16], global float *to, const size_t distance) {
#pragma unroll
    for (int i = 0; i < 16; i++) {
        store_first(elements[i], to + i * distance, VECTOR_WIDTH);
    }
}

// V = B' x B. Global size (patches * vectors of source channels).
kernel void winograd_source(global const uint *control, global const float *x, const ulong xOffset, global float *v,
                            const ulong vOffset, const struct Convolution c, const int firstItem, const int items) {
    const ulong patches = patches_of_part(c, firstItem, items, control);
    const struct PatchVector at = patch_vector(c, c.sourceChannels, firstItem);
    if (at.number >= patches) {
        return;
    }
    Vector d[16], elements[16];
    load_source(at.patch, x + xOffset + at.channel, c, d);
    transform_source(d, elements);
    store_elements(elements, v + vOffset + at.number * c.sourceChannels + at.channel, patches * c.sourceChannels);
}

// U = G w G' of pairs of channels, of which w and U have one order; with reversed != 0 of the kernel turned by half a
// circle. Global size (pairs / VECTOR_WIDTH).
kernel void winograd_weights(global const float *w, const ulong wOffset, global float *u, const ulong uOffset,
                             const ulong pairs, const int reversed) {
    const ulong pair = get_global_id(0) * VECTOR_WIDTH;
    if (pair >= pairs) {
        return;
    }
    Vector taps[9], elements[16];
#pragma unroll
    for (int i = 0; i < 9; i++) {
        taps[i] = load_first(w + wOffset + (reversed ? 8 - i : i) * pairs + pair, VECTOR_WIDTH);
    }
    transform_taps(taps, elements);
    store_elements(elements, u + uOffset + pair, pairs);
}

// The sums of one position without Winograd. Padding is not multiplied.
Vector sum_directly(const global float *image, const global float *w, const int sy, const int sx, const int target,
                    const struct Convolution c, const int reversed) {
    Vector sum = 0.0f;
    for (int tap = 0; tap < 9; tap++) {
        const int py = sy + tap / 3, px = sx + tap % 3;
        if (py < 0 || py >= c.y.source || px < 0 || px >= c.x.source) {
            continue;
        }
        const global float *const from = image + ((size_t)py * c.x.source + px) * c.sourceChannels;
        for (int k = 0; k < c.sourceChannels; k++) {
            sum = fma((Vector)from[k], weights_of(w, tap, k, target, c, reversed), sum);
        }
    }
    return sum;
}

// y = f(bias + A' M A). A patch that does not come out finite is computed once more, directly: an infinity minus another
// one in a transform is no number, and padding times an infinite weight neither, where the convolution has none. Global
// size (patches * vectors of target channels).
kernel void winograd_targets(global const uint *control, global const float *x, const ulong xOffset,
                             global const float *w, const ulong wOffset, global const float *m, const ulong mOffset,
                             global const float *bias, const ulong biasOffset, global float *y, const ulong yOffset,
                             const struct Convolution c, const struct Activation f, const int hasBias,
                             const int reversed, const int firstItem, const int items) {
    const ulong patches = patches_of_part(c, firstItem, items, control);
    const struct PatchVector at = patch_vector(c, c.targetChannels, firstItem);
    if (at.number >= patches) {
        return;
    }
    const size_t element = patches * c.targetChannels, row = (size_t)c.x.target * c.targetChannels;
    const global float *const sums = m + mOffset + at.number * c.targetChannels + at.channel;
    Vector elements[16], results[4];
#pragma unroll
    for (int i = 0; i < 16; i++) {
        elements[i] = load_first(sums + i * element, VECTOR_WIDTH);
    }
    transform_sums(elements, results);
    const struct Patch p = at.patch;
    if (!(FINITE(results[0]) && FINITE(results[1]) && FINITE(results[2]) && FINITE(results[3]))) {
        const global float *const image = x + xOffset + p.item * c.y.source * c.x.source * c.sourceChannels;
#pragma unroll
        for (int i = 0; i < 4; i++) {
            results[i] = sum_directly(image, w + wOffset, p.y + i / 2 - c.y.padLow, p.x + i % 2 - c.x.padLow,
                                      at.channel, c, reversed);
        }
    }
    const Vector start = hasBias ? load_first(bias + biasOffset + at.channel, VECTOR_WIDTH) : (Vector)0.0f;
    global float *const first =
            y + yOffset + (p.item * c.y.target + p.y) * row + (size_t)p.x * c.targetChannels + at.channel;
#pragma unroll
    for (int i = 0; i < 4; i++) {
        if (p.y + i / 2 < c.y.target && p.x + i % 2 < c.x.target) {
            const Vector result = results[i] + start;
            store_first(f.kind == LINEAR ? result : IN_EACH(result, f), first + i / 2 * row + i % 2 * c.targetChannels,
                        VECTOR_WIDTH);
        }
    }
}

// D = 4 G dy G'. Global size (patches * vectors of target channels).
kernel void winograd_gradients(global const uint *control, global const float *dy, const ulong dyOffset,
                               global float *d, const ulong dOffset, const struct Convolution c, const int firstItem,
                               const int items) {
    const ulong patches = patches_of_part(c, firstItem, items, control);
    const struct PatchVector at = patch_vector(c, c.targetChannels, firstItem);
    if (at.number >= patches) {
        return;
    }
    const struct Source source = {dy + dyOffset, 0};
    Vector gradients[4], elements[16];
    load_gradients(at.patch, source, at.channel, VECTOR_WIDTH, c, gradients);
    transform_gradients(gradients, elements);
    store_elements(elements, d + dOffset + at.number * c.targetChannels + at.channel, patches * c.targetChannels);
}

// dw = A' M A / 4, where M is the sum of all parts (parts of the batch, 16, splits, source channels, target channels), in
// order. What does not come out finite is computed once more, directly. Global size (source channels * vectors of target
// channels).
kernel void winograd_sum(global const uint *control, global const float *x, const ulong xOffset,
                         global const float *dy, const ulong dyOffset, global const float *m, const ulong mOffset,
                         global float *dw, const ulong dwOffset, const struct Convolution c, const int items,
                         const int splits) {
    const size_t pairs = (size_t)c.sourceChannels * c.targetChannels, pair = get_global_id(0) * VECTOR_WIDTH;
    if (pair >= pairs) {
        return;
    }
    const uint batch = control[CONTROL_BATCH], parts = (batch + items - 1) / items;
    Vector elements[16], taps[9];
#pragma unroll
    for (int i = 0; i < 16; i++) {
        elements[i] = 0.0f;
    }
    for (uint part = 0; part < parts; part++) {
        const global float *const first = m + mOffset + (size_t)part * 16 * splits * pairs + pair;
        for (int split = 0; split < splits; split++) {
#pragma unroll
            for (int i = 0; i < 16; i++) {
                elements[i] += load_first(first + ((size_t)i * splits + split) * pairs, VECTOR_WIDTH);
            }
        }
    }
    transform_sums_of_gradients(elements, taps);
    bool finite = true;
#pragma unroll
    for (int i = 0; i < 9; i++) {
        finite = finite && FINITE(taps[i]);
    }
    if (!finite) {
        const int source = pair / c.targetChannels, target = pair % c.targetChannels;
        const struct Source gradients = {dy + dyOffset, 0};
        sum_taps_directly(x + xOffset + source, gradients, target, VECTOR_WIDTH, 0,
                          patches_of_part(c, 0, batch, control), c, taps);
    }
#pragma unroll
    for (int i = 0; i < 9; i++) {
        store_first(taps[i], dw + dwOffset + i * pairs + pair, VECTOR_WIDTH);
    }
}
