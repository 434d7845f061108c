// The gradient of a convolution with respect to its kernel by the tiled product of tiles.cl, c the forward geometry:
//
//     A[(ky, kx, s), (image, ty, tx)] = x       B[(image, ty, tx), t] = dy
//
// in partial sums (splits, taps y, taps x, source channels / groups, target channels): groups with number s sum the s-th
// part of all target positions (image, ty, tx); tile_sum adds them in order. With splits = 1 it is dw. Global size
// (ceil(target channels / groups / TILE_COLUMNS) * THREADS, ceil(taps * source channels / groups / TILE_ROWS), groups *
// splits). One image of x has fewer than 2^31 elements.

// A target position, and where its image begins in x.
struct Target {
    const global float *image;
    int y, x;
};

struct Loader {
    struct Axis y, x;
    size_t imageSize;              // elements of an image of x
    int channels;
    struct Target target[LEFT_LOADS]; // at the k of each load
    int offsetY[4], offsetX[4], s[4]; // of the rows (ky, kx, s) of a quad
    int rowsLeft;                  // rows from this work-item's quad on
    const global float *dy;        // at the slab's first position and the tile's first column
    long left;                     // positions from the slab on
    int targetsLeft, targetChannels;
};

void move(struct Target *t, const int steps, const struct Loader *l) {
    t->x += steps;
    while (t->x >= l->x.target) {
        t->x -= l->x.target;
        t->y++;
    }
    while (t->y >= l->y.target) {
        t->y -= l->y.target;
        t->image += l->imageSize;
    }
}

// The element of x for row r of a quad at load i, or null where that is padding.
const global float *source_at(const struct Loader *l, const int i, const int r) {
    const int sy = l->target[i].y * l->y.step + l->offsetY[r], sx = l->target[i].x * l->x.step + l->offsetX[r];
    const bool inside = sy >= 0 && sy < l->y.source && sx >= 0 && sx < l->x.source;
    return inside && left_k(i) < l->left && r < l->rowsLeft
            ? l->target[i].image + (sy * l->x.source + sx) * l->channels + l->s[r]
            : 0;
}

float load_source(const struct Loader *l, const int i, const int r) {
    const global float *const p = source_at(l, i, r);
    return p == 0 ? 0.0f : *p;
}

float4 load_left(const struct Loader *l, const int i) {
    if (LEFT_WIDTH == 4) {
        const global float *const p = source_at(l, i, 0);
        return load_quad(p, p == 0 ? 0 : 4, 4);
    }
    return (float4)(load_source(l, i, 0), load_source(l, i, 1), load_source(l, i, 2), load_source(l, i, 3));
}

float4 load_right(const struct Loader *l, const int i) {
    const int k = right_k(i), column = right_side(i);
    return load_quad(l->dy + (size_t)k * l->targetChannels + column, k < l->left ? l->targetsLeft - column : 0,
                     RIGHT_WIDTH);
}

void advance(struct Loader *l) {
#pragma unroll
    for (int i = 0; i < LEFT_LOADS; i++) {
        move(&l->target[i], DEPTH, l);
    }
    l->dy += (size_t)DEPTH * l->targetChannels;
    l->left -= DEPTH;
}

kernel __attribute__((reqd_work_group_size(THREADS, 1, 1)))
void tile_kernel_gradient(global const uint *control, global const float *x, const ulong xOffset,
                          global const float *dy, const ulong dyOffset, global float *partial,
                          const ulong partialOffset, const struct Convolution c, const int splits) {
    local float left[2 * LEFT_SLAB] __attribute__((aligned(16)));
    local float right[2 * RIGHT_SLAB] __attribute__((aligned(16)));
    const int sources = c.sourceChannels / c.groups, targets = c.targetChannels / c.groups;
    const int group = get_group_id(2) / splits, split = get_group_id(2) % splits;
    const int tapRows = c.y.taps * c.x.taps * sources;
    const int firstTarget = get_group_id(0) * TILE_COLUMNS, firstTapRow = get_group_id(1) * TILE_ROWS;
    const uint area = c.y.target * c.x.target;
    const ulong positions = (ulong)control[CONTROL_BATCH] * area, part = (positions + splits - 1) / splits;
    const ulong begin = min(positions, split * part), end = min(positions, begin + part);
    struct Loader l;
    l.y = c.y;
    l.x = c.x;
    l.imageSize = (size_t)c.y.source * c.x.source * c.sourceChannels;
    l.channels = c.sourceChannels;
    const ulong image = quotient(begin, area);
    const int within = (int)(begin - image * area);
#pragma unroll
    for (int i = 0; i < LEFT_LOADS; i++) {
        l.target[i].image = x + xOffset + image * l.imageSize + group * sources;
        l.target[i].y = within / c.x.target;
        l.target[i].x = within % c.x.target;
        move(&l.target[i], left_k(i), &l);
    }
#pragma unroll
    for (int r = 0; r < 4; r++) {
        const int tapRow = firstTapRow + left_side(0) + r, tap = tapRow / sources;
        l.offsetY[r] = tap / c.x.taps * c.y.dilation - c.y.padLow;
        l.offsetX[r] = tap % c.x.taps * c.x.dilation - c.x.padLow;
        l.s[r] = tapRow % sources;
    }
    l.rowsLeft = tapRows - firstTapRow - left_side(0);
    l.dy = dy + dyOffset + begin * c.targetChannels + group * targets + firstTarget;
    l.left = (long)(end - begin);
    l.targetsLeft = targets - firstTarget;
    l.targetChannels = c.targetChannels;
    const struct Activation linear = {LINEAR, 0.0f, 0.0f, 0.0f};
    float sum[ITEM_ROWS][ITEM_COLUMNS] = {{0.0f}};
    multiply(sum, &l, (end - begin + DEPTH - 1) / DEPTH, left, right);
    global float *const tile = partial + partialOffset + ((size_t)split * tapRows + firstTapRow) * c.targetChannels
            + group * targets + firstTarget;
#pragma unroll
    for (int i = 0; i < ITEM_ROWS; i++) {
        if (firstTapRow + tile_row(i) < tapRows) {
            store_row(tile + (size_t)tile_row(i) * c.targetChannels, sum[i], tile, 0, linear, l.targetsLeft);
        }
    }
}
