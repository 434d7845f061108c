// The input gradient of a convolution with dilation 1 and one group, for GPUs and few channels of the input, after a
// product by tile_product of the output's gradient and the kernel:
//
//     columns[(image, sy, sx), (tap, t)] = sum over s of dy[(image, sy, sx), s] * w[tap, t, s]
//
// where no tile is as narrow as the channels, and all of them are as wide as taps and channels together. Every position
// of dx gathers what the taps that meet it have left for it, in the order of the taps of the gather (struct Axis). Columns
// hold a part of the batch at a time: the items from firstItem on, at most so many. Build options: STYLE_TILES.

// The first tap that meets a position, of which then every gap-th does.
int first_tap(const int position, const struct Axis a) {
    const int rest = (position - a.padLow) % a.gap;
    return rest > 0 ? a.gap - rest : -rest;
}

// Global size (items now * target y * target x * target channels).
kernel void col2im(global const uint *control, global const float *columns, const ulong columnsOffset,
                   global float *dx, const ulong dxOffset, const struct Convolution c, const int firstItem,
                   const int items) {
    const ulong unit = get_global_id(0), place = quotient(unit, c.targetChannels);
    const ulong line = quotient(place, c.x.target), item = quotient(line, c.y.target);
    if (item >= items_now(firstItem, items, control)) {
        return;
    }
    const int t = (int)(unit - place * c.targetChannels), x = (int)(place - line * c.x.target);
    const int y = (int)(line - item * c.y.target);
    const size_t row = (size_t)c.y.taps * c.x.taps * c.targetChannels;
    const global float *const image = columns + columnsOffset + item * c.y.source * c.x.source * row + t;
    float sum = 0.0f;
    for (int ky = first_tap(y, c.y); ky < c.y.taps; ky += c.y.gap) {
        const int sy = (y + ky - c.y.padLow) / c.y.gap;
        for (int kx = first_tap(x, c.x); kx < c.x.taps; kx += c.x.gap) {
            const int sx = (x + kx - c.x.padLow) / c.x.gap;
            if (sy >= 0 && sy < c.y.source && sx >= 0 && sx < c.x.source) {
                const int tap = (c.y.taps - 1 - ky) * c.x.taps + c.x.taps - 1 - kx;
                sum += image[((size_t)sy * c.x.source + sx) * row + (size_t)tap * c.targetChannels];
            }
        }
    }
    dx[dxOffset + ((size_t)firstItem * c.y.target * c.x.target) * c.targetChannels + unit] = sum;
}
