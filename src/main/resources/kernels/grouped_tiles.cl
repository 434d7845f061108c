// Convolution with small groups (depthwise above all) for GPUs: one result per work-item, target channels fastest.
//
//     y[n, ty, tx, t] = f(bias[t] + sum over (ky, kx, s) of x[n, sy, sx, g * sources + s] * w[ky, kx, s, t])
//
// with g = t / targets. Layouts: x (batch, source y, source x, source channels), y (batch, target y, target x, target
// channels), w (taps y, taps x, sources, target channels); sources and targets are the channels of one group. Build
// options: STYLE_TILES.

// Forward, or input gradient with reversed != 0, its geometry, and w the forward kernel.
// Global size (target channels, batch * target y * target x), any local size.
kernel void grouped_convolution(global const uint *control, global const float *x, const ulong xOffset,
                                global const float *w, const ulong wOffset, global const float *bias,
                                const ulong biasOffset, global float *y, const ulong yOffset, const struct Convolution c,
                                const struct Activation f, const int hasBias, const int reversed) {
    const int t = get_global_id(0), area = c.y.target * c.x.target;
    const size_t position = get_global_id(1);
    if (t >= c.targetChannels || position >= (size_t)control[CONTROL_BATCH] * area) {
        return;
    }
    const int sources = c.sourceChannels / c.groups, targets = c.targetChannels / c.groups, group = t / targets;
    const int taps = c.y.taps * c.x.taps, within = position % area;
    const global float *const image =
            x + xOffset + position / area * c.y.source * c.x.source * c.sourceChannels + group * sources;
    float sum = hasBias ? bias[biasOffset + t] : 0.0f;
    for (int ky = 0; ky < c.y.taps; ky++) {
        const int sy = source_position(within / c.x.target * c.y.step - c.y.padLow, ky, c.y);
        for (int kx = 0; sy >= 0 && kx < c.x.taps; kx++) {
            const int sx = source_position(within % c.x.target * c.x.step - c.x.padLow, kx, c.x);
            const int tap = ky * c.x.taps + kx;
            const size_t weight = reversed
                    ? ((size_t)(taps - 1 - tap) * targets + t % targets) * c.sourceChannels + group * sources
                    : (size_t)tap * sources * c.targetChannels + t;
            for (int s = 0; sx >= 0 && s < sources; s++) {
                sum = fma(image[((size_t)sy * c.x.source + sx) * c.sourceChannels + s],
                          w[wOffset + weight + (size_t)s * (reversed ? 1 : c.targetChannels)], sum);
            }
        }
    }
    y[yOffset + position * c.targetChannels + t] = activate(sum, f);
}

// dw[ky, kx, s, t] = sum over (n, ty, tx) of x[n, sy, sx, g * sources + s] * dy[n, ty, tx, t] in partial sums over
// splits runs of target rows (n, ty), added in order by tile_sum. Global size (target channels, taps * sources,
// splits), any local size.
kernel void grouped_kernel_gradient(global const uint *control, global const float *x, const ulong xOffset,
                                    global const float *dy, const ulong dyOffset, global float *partial,
                                    const ulong partialOffset, const struct Convolution c, const int splits) {
    const int t = get_global_id(0), tapRow = get_global_id(1), split = get_global_id(2);
    const int sources = c.sourceChannels / c.groups, targets = c.targetChannels / c.groups;
    const int tapRows = c.y.taps * c.x.taps * sources;
    if (t >= c.targetChannels || tapRow >= tapRows) {
        return;
    }
    const int tap = tapRow / sources;
    const int offsetY = tap / c.x.taps * c.y.dilation - c.y.padLow, offsetX = tap % c.x.taps * c.x.dilation - c.x.padLow;
    const size_t targetRows = (size_t)control[CONTROL_BATCH] * c.y.target, run = (targetRows + splits - 1) / splits;
    const size_t begin = min(targetRows, split * run), end = min(targetRows, begin + run);
    const global float *const source = x + xOffset + t / targets * sources + tapRow % sources;
    const int first = first_inside(offsetX, c.x), last = end_inside(offsetX, c.x);
    float sum = 0.0f;
    for (size_t row = begin; row < end; row++) {
        const int sy = (int)(row % c.y.target) * c.y.step + offsetY;
        for (int tx = first; sy >= 0 && sy < c.y.source && tx < last; tx++) {
            const size_t pixel = (row / c.y.target * c.y.source + sy) * c.x.source + tx * c.x.step + offsetX;
            const size_t target = row * c.x.target + tx;
            sum = fma(source[pixel * c.sourceChannels], dy[dyOffset + target * c.targetChannels + t], sum);
        }
    }
    partial[partialOffset + ((size_t)split * tapRows + tapRow) * c.targetChannels + t] = sum;
}
