// Convolution with small groups (depthwise above all) for CPU devices: vectors run over target channels, across groups.
//
//     y[n, ty, tx, t] = f(bias[t] + sum over (ky, kx, s) of x[n, sy, sx, g * sources + s] * w[ky, kx, s, t])
//
// with g = t / targets; sources and targets are the channels of one group on either side; the source position is that
// of struct Axis. Layouts: x (batch, source y, source x, source channels), y (batch, target y, target x, target
// channels), w (taps y, taps x, sources, target channels). Build options: STYLE_VECTORS, VECTOR_WIDTH, TILE_ROWS.

// v[lane] = p[lane * stride for the lane's group]: channels first, first + 1, .. of a group-wise array.
Vector load_groups(const global float *p, const int index[VECTOR_WIDTH]) {
    float lanes[VECTOR_WIDTH];
#pragma unroll
    for (int i = 0; i < VECTOR_WIDTH; i++) {
        lanes[i] = p[index[i]];
    }
    return JOIN(vload, VECTOR_WIDTH)(0, lanes);
}

// Forward and, with reversed != 0 and the geometry of an input gradient, input gradient (w is the forward kernel then:
// taps reversed, sources and targets exchanged). One item computes one target row of VECTOR_WIDTH channels.
// Global size (ceil(target channels / VECTOR_WIDTH), batch * target y), local size 1.
kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void grouped_convolution(global const uint *control, global const float *x, const ulong xOffset, global const float *w,
                         const ulong wOffset, global const float *bias, const ulong biasOffset, global float *y,
                         const ulong yOffset, const struct Convolution c, const struct Activation f, const int hasBias,
                         const int reversed) {
    const int first = get_global_id(0) * VECTOR_WIDTH, count = c.targetChannels - first;
    const size_t row = get_global_id(1);
    if (row >= (size_t)control[CONTROL_BATCH] * c.y.target) {
        return;
    }
    const int sources = c.sourceChannels / c.groups, targets = c.targetChannels / c.groups;
    const int taps = c.y.taps * c.x.taps;
    const bool depthwise = sources == 1 && targets == 1;
    int xIndex[VECTOR_WIDTH], wIndex[VECTOR_WIDTH];
    for (int i = 0; i < VECTOR_WIDTH; i++) {
        const int t = min(first + i, c.targetChannels - 1);
        xIndex[i] = t / targets * sources;
        wIndex[i] = reversed ? t % targets * c.sourceChannels + t / targets * sources : t;
    }
    const int wStep = reversed ? 1 : c.targetChannels;
    const global float *const image = x + xOffset + row / c.y.target * c.y.source * c.x.source * c.sourceChannels;
    const int startY = (int)(row % c.y.target) * c.y.step - c.y.padLow;
    Vector start = 0.0f;
    if (hasBias) {
        start = LOAD(bias + biasOffset + first);
    }
    for (int tx = 0; tx < c.x.target; tx++) {
        Vector sum = start;
        for (int ky = 0; ky < c.y.taps; ky++) {
            const int sy = source_position(startY, ky, c.y);
            for (int kx = 0; sy >= 0 && kx < c.x.taps; kx++) {
                const int sx = source_position(tx * c.x.step - c.x.padLow, kx, c.x);
                if (sx < 0) {
                    continue;
                }
                const int tap = ky * c.x.taps + kx;
                const global float *const pixel = image + ((size_t)sy * c.x.source + sx) * c.sourceChannels;
                const global float *const weights =
                        w + wOffset + (size_t)(reversed ? taps - 1 - tap : tap) * (reversed ? targets : sources)
                        * (reversed ? c.sourceChannels : c.targetChannels);
                if (depthwise) {
                    sum = fma(LOAD(pixel + first), LOAD(weights + first), sum);
                } else {
                    for (int s = 0; s < sources; s++) {
                        const Vector weight = reversed ? load_groups(weights + s * wStep, wIndex)
                                                       : LOAD(weights + s * wStep + first);
                        sum = fma(load_groups(pixel + s, xIndex), weight, sum);
                    }
                }
            }
        }
        store_activated(sum, y + yOffset + (row * c.x.target + tx) * c.targetChannels + first, count, f);
    }
}

// dw[ky, kx, s, t] = sum over (n, ty, tx) of x[n, sy, sx, g * sources + s] * dy[n, ty, tx, t], in partial sums over
// splits runs of target rows, as convolution_kernel_gradient has them. One item computes all taps and sources of
// VECTOR_WIDTH channels. Global size (ceil(target channels / VECTOR_WIDTH), splits), local size 1.
kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void grouped_kernel_gradient(global const uint *control, global const float *x, const ulong xOffset,
                             global const float *dy, const ulong dyOffset, global float *partial,
                             const ulong partialOffset, const struct Convolution c, const int splits) {
    const int first = get_global_id(0) * VECTOR_WIDTH, count = c.targetChannels - first, split = get_global_id(1);
    const int sources = c.sourceChannels / c.groups, targets = c.targetChannels / c.groups;
    const int tapRows = c.y.taps * c.x.taps * sources;
    const struct Activation none = {LINEAR, 0.0f, 0.0f, 0.0f};
    int xIndex[VECTOR_WIDTH];
    for (int i = 0; i < VECTOR_WIDTH; i++) {
        xIndex[i] = min(first + i, c.targetChannels - 1) / targets * sources;
    }
    const bool depthwise = sources == 1 && targets == 1;
    global float *const sums = partial + partialOffset + (size_t)split * tapRows * c.targetChannels + first;
    const long targetRows = (long)control[CONTROL_BATCH] * c.y.target;
    const long runLength = (targetRows + splits - 1) / splits;
    const long begin = min(targetRows, split * runLength), end = min(targetRows, begin + runLength);
    for (int tapRow = 0; tapRow < tapRows; tapRow++) {
        store_activated((Vector)0.0f, sums + (size_t)tapRow * c.targetChannels, count, none);
    }
    for (long row = begin; row < end; row++) {
        const global float *const d = dy + dyOffset + (size_t)row * c.x.target * c.targetChannels + first;
        const size_t image = row / c.y.target;
        for (int tapRow = 0; tapRow < tapRows; tapRow++) {
            const int tap = tapRow / sources, s = tapRow % sources;
            const int sy = (int)(row % c.y.target) * c.y.step + tap / c.x.taps * c.y.dilation - c.y.padLow;
            if (sy < 0 || sy >= c.y.source) {
                continue;
            }
            const int startX = tap % c.x.taps * c.x.dilation - c.x.padLow;
            const int last = end_inside(startX, c.x);
            const global float *const source =
                    x + xOffset + (image * c.y.source + sy) * c.x.source * c.sourceChannels + s;
            Vector sum = load_first(sums + (size_t)tapRow * c.targetChannels, count);
            for (int tx = first_inside(startX, c.x); tx < last; tx++) {
                const global float *const pixel = source + (size_t)(tx * c.x.step + startX) * c.sourceChannels;
                const Vector values = depthwise ? LOAD(pixel + first) : load_groups(pixel, xIndex);
                sum = fma(values, LOAD(d + (size_t)tx * c.targetChannels), sum);
            }
            store_activated(sum, sums + (size_t)tapRow * c.targetChannels, count, none);
        }
    }
}
