// y = f(bias + convolution of x by w) by the tiled product of tiles.cl; for an input gradient w comes from tile_reverse:
//
//     A[(image, ty, tx), (ky, kx, s)] = x       B[(ky, kx, s), t] = w
//
// x (batch, source y, source x, source channels), w (taps y, taps x, source channels / groups, target channels), y
// (batch, target y, target x, target channels). Source channels are read along k, LEFT_WIDTH 4 where their number in a
// group is a multiple of four. Global size (ceil(target channels / groups / TILE_COLUMNS) * THREADS,
// ceil(batch * target y * target x / TILE_ROWS), groups). One image of x has fewer than 2^31 elements.

// Taps that a work-item needs at a time: one for four channels together, else one for each of the four.
#define TAPS (LEFT_WIDTH == 4 ? 1 : 4)

// The tap and the source channel of a group at some k.
struct Tap {
    int ky, kx, s;
};

struct Tap tap_after(struct Tap at, const int steps, const int sources, const int tapsX) {
    at.s += steps;
    while (at.s >= sources) {
        at.s -= sources;
        at.kx++;
        if (at.kx == tapsX) {
            at.kx = 0;
            at.ky++;
        }
    }
    return at;
}

struct Loader {
    struct Axis y, x;
    int sources, channels;
    const global float *image[LEFT_LOADS]; // the image and group that a load's position is in
    int startY[LEFT_LOADS], startX[LEFT_LOADS];
    struct Tap tap[TAPS]; // at this work-item's k and behind it, which are the same for all loads
    const global float *w; // at the slab's first row and the tile's first column
    int weightsLeft, targetsLeft;  // rows of w from the slab on, columns from the tile on
    int targetChannels;
};

// Found once a slab, not once a load.
void find_taps(struct Loader *l, const struct Tap first) {
    l->tap[0] = first;
#pragma unroll
    for (int t = 1; t < TAPS; t++) {
        l->tap[t] = tap_after(l->tap[t - 1], 1, l->sources, l->x.taps);
    }
}

// The element of x at a load's position and one of its taps, or null where that is padding.
const global float *source_at(const struct Loader *l, const int i, const int t) {
    const struct Tap tap = l->tap[t];
    const int sy = tap.ky < l->y.taps ? source_position(l->startY[i], tap.ky, l->y) : -1;
    const int sx = source_position(l->startX[i], tap.kx, l->x);
    return sy >= 0 && sx >= 0 ? l->image[i] + (sy * l->x.source + sx) * l->channels + tap.s : 0;
}

float load_source(const struct Loader *l, const int i, const int t) {
    const global float *const p = source_at(l, i, t);
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
    return load_quad(l->w + (size_t)k * l->targetChannels + column, k < l->weightsLeft ? l->targetsLeft - column : 0,
                     RIGHT_WIDTH);
}

void advance(struct Loader *l) {
    find_taps(l, tap_after(l->tap[0], DEPTH, l->sources, l->x.taps));
    l->w += (size_t)DEPTH * l->targetChannels;
    l->weightsLeft -= DEPTH;
}

kernel __attribute__((reqd_work_group_size(THREADS, 1, 1)))
void tile_convolution(global const uint *control, global const float *x, const ulong xOffset, global const float *w,
                      const ulong wOffset, global const float *bias, const ulong biasOffset, global float *y,
                      const ulong yOffset, const struct Convolution c, const struct Activation f, const int hasBias) {
    local float left[2 * LEFT_SLAB] __attribute__((aligned(16)));
    local float right[2 * RIGHT_SLAB] __attribute__((aligned(16)));
    const int sources = c.sourceChannels / c.groups, targets = c.targetChannels / c.groups;
    const int group = get_group_id(2), firstTarget = get_group_id(0) * TILE_COLUMNS;
    const int inner = c.y.taps * c.x.taps * sources;
    const uint area = c.y.target * c.x.target;
    const size_t positions = (size_t)control[CONTROL_BATCH] * area, firstPosition = (size_t)get_group_id(1) * TILE_ROWS;
    struct Loader l;
    l.y = c.y;
    l.x = c.x;
    l.sources = sources;
    l.channels = c.sourceChannels;
#pragma unroll
    for (int i = 0; i < LEFT_LOADS; i++) {
        const size_t position = min(firstPosition + left_side(i), positions - 1), image = quotient(position, area);
        const int within = (int)(position - image * area);
        l.image[i] = x + xOffset + image * c.y.source * c.x.source * c.sourceChannels + group * sources;
        l.startY[i] = within / c.x.target * c.y.step - c.y.padLow;
        l.startX[i] = within % c.x.target * c.x.step - c.x.padLow;
    }
    const struct Tap first = {0, 0, 0};
    find_taps(&l, tap_after(first, left_k(0), sources, c.x.taps));
    l.w = w + wOffset + group * targets + firstTarget;
    l.weightsLeft = inner;
    l.targetsLeft = targets - firstTarget;
    l.targetChannels = c.targetChannels;
    float sum[ITEM_ROWS][ITEM_COLUMNS] = {{0.0f}};
    multiply(sum, &l, (inner + DEPTH - 1) / DEPTH, left, right);
    const int channel = group * targets + firstTarget;
    global float *const tile = y + yOffset + firstPosition * c.targetChannels + channel;
#pragma unroll
    for (int i = 0; i < ITEM_ROWS; i++) {
        if (firstPosition + tile_row(i) < positions) {
            store_row(tile + (size_t)tile_row(i) * c.targetChannels, sum[i], bias + biasOffset + channel, hasBias, f,
                      l.targetsLeft);
        }
    }
    for (int i = 0; f.kind > RELU && i < ITEM_ROWS; i++) {
        if (firstPosition + tile_row(i) < positions) {
            activate_row(tile + (size_t)tile_row(i) * c.targetChannels, f, l.targetsLeft);
        }
    }
}
