// y = f(bias + convolution of x by w), or one phase of an input gradient, by the tiled product of tiles.cl:
//
//     A[(image, ty, tx), (ky, kx, s)] = x       B[(ky, kx, s), t] = w
//
// x (batch, source y, source x, source channels), y (batch, target y, target x, target channels); w is the kernel of the
// convolution, (taps, source channels / groups, target channels), or with RIGHT_ALONG_K that of the forward convolution
// whose input gradient this is, (taps, target channels / groups, source channels), whose taps are met in reverse.
// Source channels are read along k, as if a group had a multiple of four (SOURCES): quads never straddle taps, and what is
// missing is 0; LEFT_WIDTH 4 where nothing is missing. Global size (ceil(target channels / groups / TILE_COLUMNS) *
// THREADS, ceil(batch * target y * target x / TILE_ROWS), groups), target sizes those of the phase. One image of x has
// fewer than 2^31 elements.

#define SOURCES(sources) (LEFT_WIDTH == 4 ? (sources) : ((sources) + 3) / 4 * 4)

// Whether the rows of w follow each other as k does.
#define ROWS_IN_ORDER (LEFT_WIDTH == 4 && !RIGHT_ALONG_K)

// Added to a place, it is outside every image.
#define OUTSIDE (-(1 << 29))

// Where NVIDIA's compiler does not unroll divisions, arrays that they fill stay in memory, and with them the whole loader.
// Filled apart, it goes to registers, which pays where few work-items need many of them anyway.
#define APART (TILE_COLUMNS >= 64 && !RIGHT_ALONG_K)

// A row of w as a tap and a source channel of it.
struct WeightRow {
    int tapY, tapX, s;
};

struct Loader {
    const global float *source[LEFT_LOADS]; // at a load's position, under the first tap
    int startY[LEFT_LOADS], startX[LEFT_LOADS]; // the same as a place in the image
    struct WeightRow left, right; // at this work-item's k
    int offset, offsetY, offsetX; // from the first tap to that of left, in elements and places
    const global float *weights;  // at the row of right, or of left and this work-item's first target
    int weightsThere;             // how many rows of w there are from it on, at least of those with its tap
    struct Axis y, x;
    int sources, sourcesThere, channels;
    const global float *w; // at the group's first weight
    struct PhaseAxis tapsY, tapsX;
    int firstTarget, targets, targetChannels;
};

OUTLINED struct WeightRow row_after(struct WeightRow at, const int steps, const int sources, const int tapsX) {
    at.s += steps;
    while (at.s >= sources) {
        at.s -= sources;
        at.tapX++;
        if (at.tapX == tapsX) {
            at.tapX = 0;
            at.tapY++;
        }
    }
    return at;
}

// What loads need of the rows, found once a slab.
OUTLINED void find_rows(struct Loader *l) {
    const int y = l->left.tapY * l->y.dilation;
    l->offsetX = l->left.tapX * l->x.dilation;
    l->offset = (y * l->x.source + l->offsetX) * l->channels + l->left.s;
    l->offsetY = l->left.tapY < l->y.taps ? y : OUTSIDE;
    if (ROWS_IN_ORDER) {
        return;
    }
    const struct WeightRow row = RIGHT_ALONG_K ? l->left : l->right;
    const int tapY = l->tapsY.firstTap + row.tapY * l->tapsY.tapStep;
    const int tapX = l->tapsX.firstTap + row.tapX * l->tapsX.tapStep;
    const size_t tap = tapY * l->tapsX.taps + tapX;
    l->weights = l->w + (RIGHT_ALONG_K ? (tap * l->targets + l->firstTarget + right_side(0)) * l->channels + row.s
                                       : (tap * l->sourcesThere + row.s) * l->targetChannels + l->firstTarget);
    l->weightsThere = row.tapY < l->y.taps ? l->sourcesThere - row.s : 0;
}

OUTLINED float4 load_left(const struct Loader *l, const int i) {
    const int y = l->startY[i] + l->offsetY, x = l->startX[i] + l->offsetX;
    const bool inside = y >= 0 && y < l->y.source && x >= 0 && x < l->x.source;
    return load_quad(l->source[i] + l->offset, inside ? l->sourcesThere - l->left.s : 0, LEFT_WIDTH);
}

OUTLINED float4 load_right(const struct Loader *l, const int i) {
    const int target = l->firstTarget + right_side(i);
    if (RIGHT_ALONG_K) {
        return load_quad(l->weights + (size_t)(right_side(i) - right_side(0)) * l->channels,
                         target < l->targets ? l->weightsThere : 0, LEFT_WIDTH);
    }
    return load_quad(l->weights + right_side(i), l->weightsThere > 0 ? l->targets - target : 0, RIGHT_WIDTH);
}

OUTLINED void advance(struct Loader *l) {
    l->left = row_after(l->left, DEPTH, l->sources, l->x.taps);
    if (ROWS_IN_ORDER) {
        l->weights += (size_t)DEPTH * l->targetChannels;
        l->weightsThere -= DEPTH;
    } else if (!RIGHT_ALONG_K) {
        l->right = row_after(l->right, DEPTH, l->sources, l->x.taps);
    }
    find_rows(l);
}

// The position in the whole target of a position of the phase.
OUTLINED size_t whole_position(const size_t position, const struct Convolution c, const struct Phase phase) {
    if (phase.y.gap == 1 && phase.x.gap == 1) {
        return position;
    }
    const size_t row = quotient(position, c.x.target), image = quotient(row, c.y.target);
    const int y = phase.y.first + (int)(row - image * c.y.target) * phase.y.gap;
    const int x = phase.x.first + (int)(position - row * c.x.target) * phase.x.gap;
    return (image * phase.y.target + y) * phase.x.target + x;
}

kernel __attribute__((reqd_work_group_size(THREADS, 1, 1)))
void tile_convolution(global const uint *control, global const float *x, const ulong xOffset, global const float *w,
                      const ulong wOffset, global const float *bias, const ulong biasOffset, global float *y,
                      const ulong yOffset, const struct Convolution c, const struct Phase phase,
                      const struct Activation f, const int hasBias) {
    local float left[2 * LEFT_SLAB] __attribute__((aligned(16)));
    local float right[2 * RIGHT_SLAB] __attribute__((aligned(16)));
    const int sources = c.sourceChannels / c.groups, targets = c.targetChannels / c.groups;
    const int group = get_group_id(2);
    const uint area = c.y.target * c.x.target;
    const size_t positions = (size_t)control[CONTROL_BATCH] * area, firstPosition = (size_t)get_group_id(1) * TILE_ROWS;
    struct Loader l;
    l.y = c.y;
    l.x = c.x;
    l.tapsY = phase.y;
    l.tapsX = phase.x;
    l.sources = SOURCES(sources);
    l.sourcesThere = sources;
    l.channels = c.sourceChannels;
    l.firstTarget = get_group_id(0) * TILE_COLUMNS;
    l.targets = targets;
    l.targetChannels = c.targetChannels;
    l.w = w + wOffset + group * (RIGHT_ALONG_K ? sources : targets);
    const global float *source[LEFT_LOADS];
    int startY[LEFT_LOADS], startX[LEFT_LOADS];
    const global float **const starts = APART ? source : l.source;
    int *const startsY = APART ? startY : l.startY, *const startsX = APART ? startX : l.startX;
UNROLLED
    for (int i = 0; i < LEFT_LOADS; i++) {
        const size_t position = min(firstPosition + left_side(i), positions - 1), image = quotient(position, area);
        const int within = (int)(position - image * area);
        startsY[i] = within / c.x.target * c.y.step - c.y.padLow;
        startsX[i] = within % c.x.target * c.x.step - c.x.padLow;
        starts[i] = x + xOffset + group * sources
                + ((long)image * c.y.source * c.x.source + (long)startsY[i] * c.x.source + startsX[i]) * c.sourceChannels;
    }
UNROLLED
    for (int i = 0; APART && i < LEFT_LOADS; i++) {
        l.startY[i] = startY[i];
        l.startX[i] = startX[i];
        l.source[i] = source[i];
    }
    const struct WeightRow first = {0, 0, 0};
    l.left = row_after(first, left_k(), l.sources, c.x.taps);
    l.right = row_after(first, right_k(), l.sources, c.x.taps);
    l.weights = l.w + (size_t)right_k() * c.targetChannels + l.firstTarget;
    l.weightsThere = c.y.taps * c.x.taps * sources - right_k();
    find_rows(&l);
    float sum[ITEM_ROWS][ITEM_COLUMNS] = {{0.0f}};
    multiply(sum, &l, (c.y.taps * c.x.taps * l.sources + DEPTH - 1) / DEPTH, left, right);
    const int channel = group * targets + l.firstTarget;
UNROLLED
    for (int i = 0; i < ITEM_ROWS; i++) {
        const size_t position = firstPosition + tile_row(i);
        if (position < positions) {
            store_row(y + yOffset + whole_position(position, c, phase) * c.targetChannels + channel, sum[i],
                      bias + biasOffset + channel, hasBias, f, targets - l.firstTarget);
        }
    }
    for (int i = 0; f.kind > RELU && i < ITEM_ROWS; i++) {
        const size_t position = firstPosition + tile_row(i);
        if (position < positions) {
            activate_row(y + yOffset + whole_position(position, c, phase) * c.targetChannels + channel, f,
                         targets - l.firstTarget);
        }
    }
}
