// Kernel gradients by Winograd's method, see winograd.cl. For CPU devices: explicit vectors, no local memory, no barriers.
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

// 4 G dy G' of a patch, 16 elements (RUN, CHANNELS), of each the first length channels from the given one on; those from
// count on are 0.
INLINED void transform_targets(const struct Patch p, const struct Source dy, const int channel, const int count,
                               const int length, const struct Convolution c, float *u) {
    for (int k = 0; k < length; k += VECTOR_WIDTH) {
        Vector d[4], t[16];
        load_gradients(p, dy, channel + k, count - k, c, d);
        transform_gradients(d, t);
#pragma unroll
        for (int i = 0; i < 16; i++) {
            STORE_PRIVATE(t[i], u + i * ELEMENT_OF_RUN + k);
        }
    }
}

// Asks for what a patch reads of so many target channels from the given one on.
INLINED void fetch_gradients(const struct Patch p, const struct Source dy, const int channel, const int channels,
                             const struct Convolution c) {
    const int pixel = c.targetChannels;
    if (dy.places) {
        fetch_window(dy, window_of(p.item, p.y, p.x, c.y.target, c.x.target, pixel) + channel, channels);
    } else {
        const size_t place = (p.item * c.y.target + p.y) * c.x.target + p.x;
        fetch_pixels(dy.x + place * pixel + channel, (size_t)c.x.target * pixel, pixel, channels);
    }
}

// m (ROWS, 2 vectors) += v' (ROWS, length) * u (length, COLUMNS); rows of v and u are CHANNELS apart.
INLINED void multiply_patches(const float *v, const float *u, const int length, Vector *m) {
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

// Kernel gradient as partial sums like those of convolution_kernel_gradient, here over splits runs of patches. An item
// computes sourcesPerItem x targetsPerItem channels of a run, multiples of ROWS and COLUMNS up to CHANNELS. What does
// not come out finite is computed once more, directly. Global size (ceil(source channels / sourcesPerItem), ceil(target
// channels / targetsPerItem), splits), local size 1.
INLINED void gradient_of_kernel(global const uint *control, const global float *x, const struct Source dy,
                                global float *partial, const struct Convolution c, const int splits,
                                const int sourcesPerItem, const int targetsPerItem) {
    const ulong patches =
            (ulong)control[CONTROL_BATCH] * (uint)((c.y.target + 1) / 2) * (uint)((c.x.target + 1) / 2);
    const ulong runLength = (patches + splits - 1) / splits;
    const ulong begin = min(patches, get_global_id(2) * runLength), end = min(patches, begin + runLength);
    const int source = get_global_id(0) * sourcesPerItem, sources = min(sourcesPerItem, c.sourceChannels - source);
    const int target = get_global_id(1) * targetsPerItem, count = min(targetsPerItem, c.targetChannels - target);
    const int columns = (count + COLUMNS - 1) / COLUMNS * COLUMNS;
    const struct Source images = {x, 0};
    float v[16 * ELEMENT_OF_RUN], u[16 * ELEMENT_OF_RUN];
    Vector m[16 * ELEMENT_OF_SUMS];
    for (int i = 0; i < 16 * ELEMENT_OF_SUMS; i++) {
        m[i] = 0.0f;
    }
    for (ulong patch = begin; patch < end; patch += RUN) {
        const int length = (int)min((ulong)RUN, end - patch);
        struct Patch p = patch_of(patch, c), ahead = patch_of(patch + RUN, c);
        for (int k = 0; k < length; k++, next_patch(&p, c), next_patch(&ahead, c)) {
            fetch_source(ahead, images, source, sources, c);
            fetch_gradients(ahead, dy, target, columns, c);
            transform_channels(p, images, source, sources, c, v + k * CHANNELS, ELEMENT_OF_RUN);
            transform_targets(p, dy, target, count, columns, c, u + k * CHANNELS);
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
    global float *const sums = partial + get_global_id(2) * 9 * tap + target;
    for (int i = 0; i < sources * (columns / VECTOR_WIDTH); i++) {
        const int s = i % sources, first = i / sources * VECTOR_WIDTH;
        const Vector *const sum = m + first / COLUMNS * 2 * CHANNELS + 2 * s + first / VECTOR_WIDTH % 2;
        Vector gathered[16], w[9];
        for (int k = 0; k < 16; k++) {
            gathered[k] = sum[k * ELEMENT_OF_SUMS];
        }
        transform_sums_of_gradients(gathered, w);
        if (!all(finite(w, 9))) {
            sum_taps_directly(x + source + s, dy, target + first, count - first, begin, end, c, w);
        }
        global float *const to = sums + (size_t)(source + s) * c.targetChannels + first;
        for (int k = 0; k < 9; k++) {
            store_activated(w[k], to + k * tap, count - first, none);
        }
    }
}

kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void winograd_kernel_gradient(global const uint *control, global const float *x, const ulong xOffset,
                              global const float *dy, const ulong dyOffset, global float *partial,
                              const ulong partialOffset, const struct Convolution c, const int splits,
                              const int sourcesPerItem, const int targetsPerItem) {
    const struct Source gradients = {dy + dyOffset, 0};
    gradient_of_kernel(control, x + xOffset, gradients, partial + partialOffset, c, splits, sourcesPerItem,
                       targetsPerItem);
}

// The same of gradients that are read by their windows, see struct Source.
kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void winograd_kernel_gradient_by_windows(global const uint *control, global const float *x, const ulong xOffset,
                                         global const float *dy, const ulong dyOffset, global float *partial,
                                         const ulong partialOffset, const struct Convolution c, const int splits,
                                         const int sourcesPerItem, const int targetsPerItem,
                                         global const float *places, const ulong placesOffset) {
    const struct Source gradients = {dy + dyOffset, places + placesOffset};
    gradient_of_kernel(control, x + xOffset, gradients, partial + partialOffset, c, splits, sourcesPerItem,
                       targetsPerItem);
}
