// Two-dimensional convolution and its input gradient (the same gather, see struct Axis) for CPU devices: products of gathered rows in register tiles of explicit vectors, no local memory.
//
//     y[n, ty, tx, g, co] = f(bias[g, co] + sum over (ky, kx, ci) of x[n, sy, sx, g, ci] * w[ky, kx, ci, g, co])
//
// with the source position (sy, sx) of struct Axis; taps that fall outside the source contribute nothing. They are
// multiplied as zeros, and what does not come out finite is computed once more without them.
//
// Layouts (row-major, last axis contiguous): x (batch, source y, source x, source channels), y (batch, target y,
// target x, target channels), w (taps y, taps x, source channels / groups, target channels), bias (target channels).
// Build options: STYLE_VECTORS, VECTOR_WIDTH, TILE_ROWS, PANELS: the most panels of an item.

// Rearranges weights into panels of COLUMNS target channels, zeros after the last: packed (groups, panels, taps y,
// taps x, source channels / groups, COLUMNS). With reversed != 0, w is the forward kernel of an input gradient.
// Global size (taps y * taps x, panels, groups), local size 1.
kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void convolution_pack(global const float *w, const ulong wOffset, global float *packed, const ulong packedOffset,
                      const struct Convolution c, const int reversed) {
    const int tap = get_global_id(0), panel = get_global_id(1), group = get_global_id(2);
    const int taps = c.y.taps * c.x.taps;
    const int sources = c.sourceChannels / c.groups, targets = c.targetChannels / c.groups;
    const int first = panel * COLUMNS, count = min(COLUMNS, targets - first);
    // Reversing both axes reverses the flat tap index.
    const global float *from = w + wOffset + (reversed
            ? ((size_t)(taps - 1 - tap) * targets + first) * c.sourceChannels + group * sources
            : (size_t)tap * sources * c.targetChannels + group * targets + first);
    const size_t sourceStride = reversed ? 1 : c.targetChannels;
    const size_t targetStride = reversed ? c.sourceChannels : 1;
    global float *to = packed + packedOffset
            + (((size_t)group * get_global_size(1) + panel) * taps + tap) * sources * COLUMNS;
    for (int s = 0; s < sources; s++) {
        for (int t = 0; t < COLUMNS; t++) {
            to[(size_t)s * COLUMNS + t] = t < count ? from[s * sourceStride + t * targetStride] : 0.0f;
        }
    }
}

// The taps of the kernel that a tile's rows meet in a pass, and which of the rows do, a bit for each; and the runs of
// weights that they are: from tap first[i] on, length[i] rows of a panel each. Padded: not all rows meet all of the taps.
struct Runs {
    bool padded;
    int taps, count;
    int tap[PASS], rows[PASS], first[PASS], length[PASS];
};

// The positions of a tile: images points to the group's channels of each one's image, start is where its first tap lies.
struct Rows {
    const global float *images[TILE_ROWS];
    long target[TILE_ROWS];
    int startY[TILE_ROWS], startX[TILE_ROWS];
};

// to[i] = from[i] for i < length, anything behind. Asks for what lies so far ahead.
INLINED void copy_run(float *to, const global float *from, const int length, const long ahead) {
    for (int i = 0; i < length; i += VECTOR_WIDTH) {
        STORE_PRIVATE(LOAD(from + i), to + i);
        if (i % FLOATS_OF_A_LINE == 0) {
            PREFETCH(from + ahead + i);
        }
    }
}

// to[i] = 0 for i < length, anything behind.
INLINED void clear_run(float *to, const int length) {
    for (int i = 0; i < length; i += VECTOR_WIDTH) {
        STORE_PRIVATE((Vector)0.0f, to + i);
    }
}

// left[r * LEFT_PITCH + ...] = for every tap from firstTap up to, not including, endTap that a row of the tile meets, the
// channels from channel on that row r meets there, 0 on padding.
void gather_rows(float *left, struct Runs *runs, const struct Rows *rows, const struct Convolution c,
                 const struct Phase phase, const int firstTap, const int endTap, const int channel, const int length) {
    const long ahead = (long)TILE_ROWS * c.x.step * c.sourceChannels;
    int filled = 0;
    runs->padded = false;
    runs->taps = 0;
    runs->count = 0;
    for (int tap = firstTap; tap < endTap; tap++) {
        const int ky = tap / c.x.taps, kx = tap - ky * c.x.taps;
        const global float *from[TILE_ROWS];
        int met = 0;
#pragma unroll
        for (int r = 0; r < TILE_ROWS; r++) {
            const int sy = source_position(rows->startY[r], ky, c.y), sx = source_position(rows->startX[r], kx, c.x);
            const bool real = sy >= 0 && sx >= 0;
            from[r] = real ? rows->images[r] + ((long)sy * c.x.source + sx) * c.sourceChannels + channel : 0;
            met |= real << r;
        }
        if (met == 0) {
            continue;
        }
#pragma unroll
        for (int r = 0; r < TILE_ROWS; r++) {
            float *const to = left + r * LEFT_PITCH + filled;
            if (from[r]) {
                copy_run(to, from[r], length, ahead);
            } else {
                clear_run(to, length);
            }
        }
        filled += length;
        const int kernelTap = (phase.y.firstTap + ky * phase.y.tapStep) * phase.x.taps + phase.x.firstTap
                + kx * phase.x.tapStep;
        runs->padded = runs->padded || met != (1 << TILE_ROWS) - 1;
        runs->tap[runs->taps] = kernelTap;
        runs->rows[runs->taps] = met;
        runs->taps++;
        const int last = runs->count - 1;
        if (last >= 0 && runs->first[last] * length + runs->length[last] == kernelTap * length) {
            runs->length[last] += length;
        } else {
            runs->first[last + 1] = kernelTap;
            runs->length[last + 1] = length;
            runs->count++;
        }
    }
}

// sum[r] += left[r * LEFT_PITCH + i] * w[i] for i < length, w (length, COLUMNS).
INLINED void add_weights(Vector low[TILE_ROWS], Vector high[TILE_ROWS], const float *left, const global float *w,
                         const int length) {
    for (int i = 0; i < length; i++) {
        const global float *const row = w + (size_t)i * COLUMNS;
        add_row(low, high, left + i, LEFT_PITCH, LOAD(row), LOAD(row + VECTOR_WIDTH));
    }
}

// The same for the first vector of columns alone.
INLINED void add_half(Vector low[TILE_ROWS], const float *left, const global float *w, const int length) {
    for (int i = 0; i < length; i++) {
        const Vector b = LOAD(w + (size_t)i * COLUMNS);
#pragma unroll
        for (int r = 0; r < TILE_ROWS; r++) {
            low[r] = fma((Vector)left[r * LEFT_PITCH + i], b, low[r]);
        }
    }
}

// The sums of row r of a tile and of one panel, from start on, without its padding. left and w are those of the pass.
void write_unpadded(global float *to, const global float *start, const int count, const int r, const float *left,
                    const struct Runs *runs, const global float *w, const int sources, const int length,
                    const struct Activation f) {
    Vector low = 0.0f, high = 0.0f;
    if (start) {
        low = load_first(start, count);
        high = load_first(start + VECTOR_WIDTH, count - VECTOR_WIDTH);
    }
    for (int i = 0; i < runs->taps; i++) {
        if (runs->rows[i] >> r & 1) {
            const global float *const weights = w + (size_t)runs->tap[i] * sources * COLUMNS;
            for (int s = 0; s < length; s++) {
                const Vector value = (Vector)left[r * LEFT_PITCH + i * length + s];
                low = fma(value, LOAD(weights + (size_t)s * COLUMNS), low);
                high = fma(value, LOAD(weights + (size_t)s * COLUMNS + VECTOR_WIDTH), high);
            }
        }
    }
    store_activated(low, to, count, f);
    store_activated(high, to + VECTOR_WIDTH, count - VECTOR_WIDTH, f);
}

// y = f(bias + x * w) as a product of gathered rows: an item computes tilesPerItem tiles of TILE_ROWS consecutive
// positions x panelsPerItem panels of COLUMNS channels, in passes over at most PASS rows of weights, some taps or a part
// of one tap's channels. In a pass it goes from tile to tile, whose rows it gathers once for all panels; taps that no
// position of a tile meets are not multiplied. c has no gaps: it is a phase of a gather that may have some. Global size
// (ceil(panels / panelsPerItem), ceil(batch * target y * target x / (TILE_ROWS * tilesPerItem)), groups), local size 1.
kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void convolution(global const uint *control, global const float *x, const ulong xOffset, global const float *packed,
                 const ulong packedOffset, global const float *bias, const ulong biasOffset, global float *y,
                 const ulong yOffset, const struct Convolution c, const struct Activation f, const int hasBias,
                 const struct Phase phase, const int tilesPerItem, const int panelsPerItem) {
    const int area = c.y.target * c.x.target, taps = c.y.taps * c.x.taps, kernelTaps = phase.y.taps * phase.x.taps;
    const long positions = (long)area * (int)control[CONTROL_BATCH];
    const int sources = c.sourceChannels / c.groups, targets = c.targetChannels / c.groups;
    const int panels = (targets + COLUMNS - 1) / COLUMNS, group = get_global_id(2);
    const int firstPanel = get_global_id(0) * panelsPerItem, endPanel = min(panels, firstPanel + panelsPerItem);
    const size_t sourceImage = (size_t)c.y.source * c.x.source * c.sourceChannels;
    const long begin = get_global_id(1) * (long)tilesPerItem * TILE_ROWS;
    const long end = min(positions, begin + (long)tilesPerItem * TILE_ROWS);
    const struct Activation none = {LINEAR, 0.0f, 0.0f, 0.0f};
    // Passes of equal lengths, since each reads and writes all results.
    const int channelPasses = (sources + PASS - 1) / PASS, channels = (sources + channelPasses - 1) / channelPasses;
    const int tapPasses = max(1, (taps + PASS / channels - 1) / (PASS / channels));
    const int tapsPerPass = (taps + tapPasses - 1) / tapPasses;
    float left[TILE_ROWS * LEFT_PITCH] __attribute__((aligned(64)));
    struct Runs runs;
    struct Rows rows;

    int tap = 0, channel = 0;
    bool last;
    do {
        const bool first = tap == 0 && channel == 0;
        const int endTap = min(taps, tap + tapsPerPass), length = min(channels, sources - channel);
        last = endTap == taps && channel + length == sources;
        const struct Activation now = last ? f : none;
        // The next position to visit: its image, where this begins in the whole target, and its place in the phase.
        const global float *image = x + xOffset + (begin / area) * sourceImage + group * sources;
        long target = begin / area * ((long)phase.y.target * phase.x.target);
        int iy = (int)(begin % area) / c.x.target, ix = (int)(begin % area) % c.x.target;
        for (long position = begin; position < end; position += TILE_ROWS) {
            for (int r = 0; r < TILE_ROWS; r++) {
                rows.images[r] = image;
                rows.target[r] = target + (long)(phase.y.first + iy * phase.y.gap) * phase.x.target + phase.x.first
                        + ix * phase.x.gap;
                rows.startY[r] = iy * c.y.step - c.y.padLow;
                rows.startX[r] = ix * c.x.step - c.x.padLow;
                if (position + r + 1 < positions && ++ix == c.x.target) {
                    ix = 0;
                    if (++iy == c.y.target) {
                        iy = 0;
                        image += sourceImage;
                        target += (long)phase.y.target * phase.x.target;
                    }
                }
            }
            gather_rows(left, &runs, &rows, c, phase, tap, endTap, channel, length);
            if (runs.count == 0 && !first && now.kind == LINEAR) {
                continue;
            }
            for (int panel = firstPanel; panel < endPanel; panel++) {
                const int count = targets - panel * COLUMNS, at = group * targets + panel * COLUMNS;
                const global float *const weights = packed + packedOffset
                        + (((size_t)group * panels + panel) * kernelTaps * sources + channel) * COLUMNS;
                Vector low[TILE_ROWS], high[TILE_ROWS];
#pragma unroll
                for (int r = 0; r < TILE_ROWS; r++) {
                    const global float *const sums = y + yOffset + rows.target[r] * c.targetChannels + at;
                    if (first) {
                        low[r] = hasBias ? LOAD(bias + biasOffset + at) : (Vector)0.0f;
                        high[r] = hasBias ? LOAD(bias + biasOffset + at + VECTOR_WIDTH) : (Vector)0.0f;
                    } else {
                        low[r] = load_first(sums, count);
                        high[r] = load_first(sums + VECTOR_WIDTH, count - VECTOR_WIDTH);
                    }
                    PREFETCH_TO_WRITE(sums + COLUMNS);
                    PREFETCH_TO_WRITE(sums + COLUMNS + VECTOR_WIDTH);
                }
                const float *multiplied = left;
                for (int run = 0; run < runs.count; run++) {
                    const global float *const met = weights + (size_t)runs.first[run] * sources * COLUMNS;
                    if (count <= VECTOR_WIDTH) {
                        add_half(low, multiplied, met, runs.length[run]);
                    } else {
                        add_weights(low, high, multiplied, met, runs.length[run]);
                    }
                    multiplied += runs.length[run];
                }
                if (runs.padded && !finite_sums(low, high, TILE_ROWS, count)) {
                    for (int r = 0; r < TILE_ROWS && position + r < end; r++) {
                        global float *const to = y + yOffset + rows.target[r] * c.targetChannels + at;
                        const global float *const start = hasBias ? bias + biasOffset + at : 0;
                        write_unpadded(to, first ? start : to, count, r, left, &runs, weights, sources, length, now);
                    }
                    continue;
                }
#pragma unroll
                for (int r = 0; r < TILE_ROWS; r++) {
                    if (position + r < end) {
                        global float *const to = y + yOffset + rows.target[r] * c.targetChannels + at;
                        store_activated(low[r], to, count, now);
                        store_activated(high[r], to + VECTOR_WIDTH, count - VECTOR_WIDTH, now);
                    }
                }
            }
        }
        channel += length;
        if (channel == sources) {
            channel = 0;
            tap = endTap;
        }
    } while (!last);
}
