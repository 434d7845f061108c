// The gradient of a convolution with respect to its kernel by the tiled product of tiles.cl, c the forward geometry:
//
//     A[(ky, kx, s), (image, ty, tx)] = x       B[(image, ty, tx), t] = dy
//
// in partial sums (splits, taps y, taps x, source channels / groups, target channels): groups with number s sum the s-th
// part of all target positions (image, ty, tx); tile_sum adds them in order. With splits = 1 it is dw. Source channels
// count as if a group had a multiple of four (SOURCES), so that the quads of rows never straddle taps; rows of what is
// missing are not written. Global size (ceil(target channels / groups / TILE_COLUMNS) * THREADS, ceil(taps * SOURCES /
// TILE_ROWS), groups * splits). One image of x has fewer than 2^31 elements.

#define SOURCES(sources) (LEFT_WIDTH == 4 ? (sources) : ((sources) + 3) / 4 * 4)

// Added to a place, it is outside every image.
#define OUTSIDE (-(1 << 29))

struct Loader {
    struct Axis y, x;
    int channels;
    size_t imageSize;           // elements of an image of x
    const global float *image;  // of this work-item's target position, the same for all loads
    int ty, tx;
    int stepY, stepX;           // how far a slab is on, in lines and positions of a line
    int placeY, placeX, place;  // of the position under the kernel's corner: in lines, positions, elements of the image
    int offsetY[LEFT_LOADS], offsetX[LEFT_LOADS], offset[LEFT_LOADS]; // from there to a load's tap and channel
    int there[LEFT_LOADS];      // channels that exist from that on
    const global float *dy;     // at the slab's first position and the tile's first column
    long left;                  // positions from the slab on
    int targetsLeft, targetChannels;
};

// Found once a slab, not once a load.
OUTLINED void find_place(struct Loader *l) {
    while (l->tx >= l->x.target) {
        l->tx -= l->x.target;
        l->ty++;
    }
    while (l->ty >= l->y.target) {
        l->ty -= l->y.target;
        l->image += l->imageSize;
    }
    const int y = l->ty * l->y.step - l->y.padLow;
    l->placeX = l->tx * l->x.step - l->x.padLow;
    l->place = (y * l->x.source + l->placeX) * l->channels;
    l->placeY = left_k() < l->left ? y : OUTSIDE;
}

OUTLINED float4 load_left(const struct Loader *l, const int i) {
    const int y = l->placeY + l->offsetY[i], x = l->placeX + l->offsetX[i];
    const bool inside = y >= 0 && y < l->y.source && x >= 0 && x < l->x.source;
    return load_quad(l->image + l->place + l->offset[i], inside ? l->there[i] : 0, LEFT_WIDTH);
}

OUTLINED float4 load_right(const struct Loader *l, const int i) {
    const int k = right_k(), column = right_side(i);
    return load_quad(l->dy + (size_t)k * l->targetChannels + column, k < l->left ? l->targetsLeft - column : 0,
                     RIGHT_WIDTH);
}

OUTLINED void advance(struct Loader *l) {
    l->ty += l->stepY;
    l->tx += l->stepX;
    l->dy += (size_t)DEPTH * l->targetChannels;
    l->left -= DEPTH;
    find_place(l);
}

kernel __attribute__((reqd_work_group_size(THREADS, 1, 1)))
void tile_kernel_gradient(global const uint *control, global const float *x, const ulong xOffset,
                          global const float *dy, const ulong dyOffset, global float *partial,
                          const ulong partialOffset, const struct Convolution c, const int splits) {
    local float left[2 * LEFT_SLAB] __attribute__((aligned(16)));
    local float right[2 * RIGHT_SLAB] __attribute__((aligned(16)));
    const int sources = c.sourceChannels / c.groups, targets = c.targetChannels / c.groups;
    const int group = get_group_id(2) / splits, split = get_group_id(2) % splits;
    const int taps = c.y.taps * c.x.taps, rows = SOURCES(sources);
    const int firstTarget = get_group_id(0) * TILE_COLUMNS, firstTapRow = get_group_id(1) * TILE_ROWS;
    const uint area = c.y.target * c.x.target;
    const ulong positions = (ulong)control[CONTROL_BATCH] * area, part = (positions + splits - 1) / splits;
    const ulong begin = min(positions, split * part), end = min(positions, begin + part);
    struct Loader l;
    l.y = c.y;
    l.x = c.x;
    l.imageSize = (size_t)c.y.source * c.x.source * c.sourceChannels;
    l.channels = c.sourceChannels;
    const ulong first = begin + left_k(), image = quotient(first, area);
    const int within = (int)(first - image * area);
    l.image = x + xOffset + image * l.imageSize + group * sources;
    l.ty = within / c.x.target;
    l.tx = within % c.x.target;
    l.stepY = DEPTH / c.x.target;
    l.stepX = DEPTH % c.x.target;
UNROLLED
    for (int i = 0; i < LEFT_LOADS; i++) {
        const int row = firstTapRow + left_side(i), tap = row / rows, s = row % rows;
        const int offsetY = tap / c.x.taps * c.y.dilation;
        l.offsetX[i] = tap % c.x.taps * c.x.dilation;
        l.offset[i] = (offsetY * c.x.source + l.offsetX[i]) * c.sourceChannels + s;
        l.offsetY[i] = tap < taps ? offsetY : OUTSIDE;
        l.there[i] = sources - s;
    }
    l.dy = dy + dyOffset + begin * c.targetChannels + group * targets + firstTarget;
    l.left = (long)(end - begin);
    l.targetsLeft = targets - firstTarget;
    l.targetChannels = c.targetChannels;
    find_place(&l);
    const struct Activation linear = {LINEAR, 0.0f, 0.0f, 0.0f};
    float sum[ITEM_ROWS][ITEM_COLUMNS] = {{0.0f}};
    multiply(sum, &l, (end - begin + DEPTH - 1) / DEPTH, left, right);
    global float *const tile =
            partial + partialOffset + (size_t)split * taps * sources * c.targetChannels + group * targets + firstTarget;
UNROLLED
    for (int i = 0; i < ITEM_ROWS; i++) {
        const int row = firstTapRow + tile_row(i), tap = LEFT_WIDTH == 4 ? 0 : row / rows, s = row - tap * rows;
        if (LEFT_WIDTH == 4 ? row < taps * sources : tap < taps && s < sources) {
            store_row(tile + ((size_t)tap * sources + s) * c.targetChannels, sum[i], tile, 0, linear, l.targetsLeft);
        }
    }
}
