// Two-dimensional convolution, its input gradient (the same gather, see struct Axis) and its kernel gradient, for CPU
// devices: direct, register tiles of explicit vectors, no local memory.
//
//     y[n, ty, tx, g, co] = f(bias[g, co] + sum over (ky, kx, ci) of x[n, sy, sx, g, ci] * w[ky, kx, ci, g, co])
//
// with the source position (sy, sx) of struct Axis; taps that fall outside the source contribute nothing.
//
// Layouts (row-major, last axis contiguous): x (batch, source y, source x, source channels), y (batch, target y,
// target x, target channels), w (taps y, taps x, source channels / groups, target channels), bias (target channels).
// Build options: STYLE_VECTORS, VECTOR_WIDTH, TILE_ROWS.

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

// sum[r] += x[r][0 .. length) * w (length, COLUMNS).
inline void multiply_rows(Vector low[TILE_ROWS], Vector high[TILE_ROWS], const global float *const x[TILE_ROWS],
                          const global float *w, const int length) {
    for (int k = 0; k < length; k++) {
        const Vector w0 = LOAD(w + (size_t)k * COLUMNS), w1 = LOAD(w + (size_t)k * COLUMNS + VECTOR_WIDTH);
#pragma unroll
        for (int r = 0; r < TILE_ROWS; r++) {
            const Vector a = (Vector)x[r][k];
            low[r] = fma(a, w0, low[r]);
            high[r] = fma(a, w1, high[r]);
        }
    }
}

// y = f(bias + x * w) as a direct convolution: an item computes tilesPerItem tiles of TILE_ROWS consecutive positions
// x COLUMNS channels in registers. Padding is never multiplied, so an infinite weight that only meets padding does no
// harm. Global size (ceil(batch * target y * target x / (TILE_ROWS * tilesPerItem)), panels, groups), local size 1.
kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void convolution(global const uint *control, global const float *x, const ulong xOffset, global const float *packed,
                 const ulong packedOffset, global const float *bias, const ulong biasOffset, global float *y,
                 const ulong yOffset, const struct Convolution c, const struct Activation f, const int hasBias,
                 const int tilesPerItem) {
    const int area = c.y.target * c.x.target;
    const long positions = (long)area * (int)control[CONTROL_BATCH];
    const int sources = c.sourceChannels / c.groups, targets = c.targetChannels / c.groups;
    const int panel = get_global_id(1), group = get_global_id(2);
    const int firstTarget = panel * COLUMNS, count = targets - firstTarget;
    const int rowTaps = c.x.taps * sources;
    const global float *const weights =
            packed + packedOffset + ((size_t)group * get_global_size(1) + panel) * c.y.taps * rowTaps * COLUMNS;
    const size_t sourceImage = (size_t)c.y.source * c.x.source * c.sourceChannels;
    const bool contiguous = c.groups == 1 && c.x.gap == 1 && c.x.dilation == 1;
    const int channel = group * targets + firstTarget;
    Vector start0 = 0.0f, start1 = 0.0f;
    if (hasBias) {
        start0 = LOAD(bias + biasOffset + channel);
        start1 = LOAD(bias + biasOffset + channel + VECTOR_WIDTH);
    }

    long position = get_global_id(0) * (long)tilesPerItem * TILE_ROWS;
    const long end = min(positions, position + (long)tilesPerItem * TILE_ROWS);
    // The next position to visit: its image, and its numbers in the phase order of both axes.
    const global float *image = x + xOffset + (position / area) * sourceImage + group * sources;
    long target = position / area * area;
    int iy = (int)(position % area) / c.x.target, ix = (int)(position % area) % c.x.target;

    for (; position < end; position += TILE_ROWS) {
        const global float *images[TILE_ROWS];
        long targetIndex[TILE_ROWS];
        int startY[TILE_ROWS], startX[TILE_ROWS];
        bool inside = contiguous;
#pragma unroll
        for (int r = 0; r < TILE_ROWS; r++) {
            const int ty = c.y.gap == 1 ? iy : phase_position(iy, c.y), tx = c.x.gap == 1 ? ix : phase_position(ix, c.x);
            images[r] = image;
            targetIndex[r] = target + ty * c.x.target + tx;
            startY[r] = ty * c.y.step - c.y.padLow;
            startX[r] = tx * c.x.step - c.x.padLow;
            inside = inside && startX[r] >= 0 && startX[r] + c.x.taps <= c.x.source;
            if (position + r + 1 < positions && ++ix == c.x.target) {
                ix = 0;
                if (++iy == c.y.target) {
                    iy = 0;
                    image += sourceImage;
                    target += area;
                }
            }
        }
        Vector low[TILE_ROWS], high[TILE_ROWS];
#pragma unroll
        for (int r = 0; r < TILE_ROWS; r++) {
            low[r] = start0;
            high[r] = start1;
        }
        for (int ky = 0; ky < c.y.taps; ky++) {
            const global float *rows[TILE_ROWS];
            bool allRows = true;
            int live = 0;
#pragma unroll
            for (int r = 0; r < TILE_ROWS; r++) {
                const int sy = source_position(startY[r], ky, c.y);
                rows[r] = images[r] + (long)sy * c.x.source * c.sourceChannels;
                allRows = allRows && sy >= 0;
                live |= (sy >= 0) << r;
            }
            const global float *const tapWeights = weights + (size_t)ky * rowTaps * COLUMNS;
            if (inside && allRows) {
                const global float *run[TILE_ROWS];
#pragma unroll
                for (int r = 0; r < TILE_ROWS; r++) {
                    run[r] = rows[r] + startX[r] * c.sourceChannels;
                }
                multiply_rows(low, high, run, tapWeights, rowTaps);
                continue;
            }
            if (live == 0) {
                continue;
            }
            // Some positions meet padding: they are multiplied from a place that exists, and what came out is dropped. This
            // is no function of its own because pocl 3.1 then keeps the sums in memory, at 2/5 of the speed.
            for (int kx = 0; kx < c.x.taps; kx++) {
                const global float *run[TILE_ROWS];
                int counts = 0;
#pragma unroll
                for (int r = 0; r < TILE_ROWS; r++) {
                    const int sx = source_position(startX[r], kx, c.x);
                    const bool real = sx >= 0 && (live >> r & 1);
                    run[r] = real ? rows[r] + (long)sx * c.sourceChannels : images[r];
                    counts |= real << r;
                }
                if (counts == 0) {
                    continue;
                }
                Vector oldLow[TILE_ROWS], oldHigh[TILE_ROWS];
#pragma unroll
                for (int r = 0; r < TILE_ROWS; r++) {
                    oldLow[r] = low[r];
                    oldHigh[r] = high[r];
                }
                multiply_rows(low, high, run, tapWeights + (size_t)kx * sources * COLUMNS, sources);
#pragma unroll
                for (int r = 0; r < TILE_ROWS; r++) {
                    low[r] = counts >> r & 1 ? low[r] : oldLow[r];
                    high[r] = counts >> r & 1 ? high[r] : oldHigh[r];
                }
            }
        }
#pragma unroll
        for (int r = 0; r < TILE_ROWS; r++) {
            if (position + r < end) {
                global float *to = y + yOffset + targetIndex[r] * c.targetChannels + channel;
                store_activated(low[r], to, count, f);
                store_activated(high[r], to + VECTOR_WIDTH, count - VECTOR_WIDTH, f);
            }
        }
    }
}

// One target position (tx, ty) of a register tile whose rows meet padding at different places.
inline void multiply_some(Vector low[TILE_ROWS], Vector high[TILE_ROWS], const global float *const rows[TILE_ROWS],
                          const global float *d, const int tx, const long at, const int first[TILE_ROWS],
                          const int last[TILE_ROWS], const int firstY[TILE_ROWS], const int lastY[TILE_ROWS],
                          const int ty) {
    const Vector d0 = LOAD(d), d1 = LOAD(d + VECTOR_WIDTH);
#pragma unroll
    for (int r = 0; r < TILE_ROWS; r++) {
        if (tx >= first[r] && tx < last[r] && ty >= firstY[r] && ty < lastY[r]) {
            const Vector a = (Vector)rows[r][at];
            low[r] = fma(a, d0, low[r]);
            high[r] = fma(a, d1, high[r]);
        }
    }
}

// Kernel gradient, dw[k, ci, co] = sum over (n, ty, tx) of x[n, sy, sx, ci] * dy[n, ty, tx, co], as partial sums: the
// target rows (n, ty) are cut into splits runs of equal length (the last ones shorter or empty), run s is summed into
// partial[s], which has the layout of w; gemm_sum adds them in order. The number of runs may depend on the shape,
// never on the device's threads. A register tile is TILE_ROWS rows (ky, kx, ci) x COLUMNS target channels; an item
// computes tilesPerItem of them, and passes over blockRows target rows (a cache's worth) before the next tile.
// Positions on padding are not visited. Global size (ceil(taps * source channels / groups / (TILE_ROWS *
// tilesPerItem)), panels, groups * splits), local size 1.
kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void convolution_kernel_gradient(global const uint *control, global const float *x, const ulong xOffset,
                                 global const float *dy, const ulong dyOffset, global float *partial,
                                 const ulong partialOffset, const struct Convolution c, const int splits,
                                 const int blockRows, const int tilesPerItem) {
    const int sources = c.sourceChannels / c.groups, targets = c.targetChannels / c.groups;
    const int taps = c.y.taps * c.x.taps, tapRows = taps * sources;
    const int group = get_global_id(2) / splits, split = get_global_id(2) % splits;
    const int channel = group * targets + get_global_id(1) * COLUMNS;
    const int count = targets - (int)get_global_id(1) * COLUMNS;
    const int firstTapRow = get_global_id(0) * tilesPerItem * TILE_ROWS;
    const int endTapRow = min(tapRows, firstTapRow + tilesPerItem * TILE_ROWS);
    global float *const sums = partial + partialOffset + (size_t)split * tapRows * c.targetChannels + channel;
    const size_t sourceRow = (size_t)c.x.source * c.sourceChannels, sourceImage = sourceRow * c.y.source;
    const size_t targetRow = (size_t)c.x.target * c.targetChannels;
    const long step = (long)c.x.step * c.sourceChannels;
    const struct Activation none = {LINEAR, 0.0f, 0.0f, 0.0f};

    const long targetRows = (long)control[CONTROL_BATCH] * c.y.target;
    const long runLength = (targetRows + splits - 1) / splits;
    const long begin = min(targetRows, split * runLength), end = min(targetRows, begin + runLength);
    long block = begin;
    do {
        const long blockEnd = min(end, block + blockRows);
        int s = firstTapRow % sources, kx = firstTapRow / sources % c.x.taps, ky = firstTapRow / sources / c.x.taps;
        for (int tapRow = firstTapRow; tapRow < endTapRow; tapRow += TILE_ROWS) {
            Vector low[TILE_ROWS], high[TILE_ROWS];
            int first[TILE_ROWS], last[TILE_ROWS], firstY[TILE_ROWS], lastY[TILE_ROWS];
            long offset[TILE_ROWS];
            int allFirstY = 0, allLastY = c.y.target;
            int anyFirst = c.x.target, allFirst = 0, allLast = c.x.target, anyLast = 0;
#pragma unroll
            for (int r = 0; r < TILE_ROWS; r++) {
                const int startY = ky * c.y.dilation - c.y.padLow, startX = kx * c.x.dilation - c.x.padLow;
                offset[r] = ((long)startY * c.x.source + startX) * c.sourceChannels + s;
                first[r] = first_inside(startX, c.x);
                last[r] = end_inside(startX, c.x);
                firstY[r] = first_inside(startY, c.y);
                lastY[r] = end_inside(startY, c.y);
                allFirstY = max(allFirstY, firstY[r]);
                allLastY = min(allLastY, lastY[r]);
                anyFirst = min(anyFirst, first[r]);
                allFirst = max(allFirst, first[r]);
                allLast = min(allLast, last[r]);
                anyLast = max(anyLast, last[r]);
                low[r] = 0.0f;
                high[r] = 0.0f;
                if (block > begin) {
                    const global float *const sum = sums + (size_t)min(tapRow + r, tapRows - 1) * c.targetChannels;
                    low[r] = load_first(sum, count);
                    high[r] = load_first(sum + VECTOR_WIDTH, count - VECTOR_WIDTH);
                }
                if (tapRow + r + 1 < tapRows && ++s == sources) {
                    s = 0;
                    if (++kx == c.x.taps) {
                        kx = 0;
                        ky++;
                    }
                }
            }
            int ty = block % c.y.target;
            const global float *image = x + xOffset + block / c.y.target * sourceImage + group * sources;
            const global float *d = dy + dyOffset + (size_t)block * targetRow + channel;
            for (long row = block; row < blockEnd; row++, ty++, d += targetRow) {
                if (ty == c.y.target) {
                    ty = 0;
                    image += sourceImage;
                }
                const global float *const base = image + (long)ty * c.y.step * sourceRow;
                const global float *rows[TILE_ROWS];
#pragma unroll
                for (int r = 0; r < TILE_ROWS; r++) {
                    rows[r] = base + offset[r];
                }
                const bool allRows = ty >= allFirstY && ty < allLastY;
                const int from = allRows ? allFirst : anyLast, to = allRows ? max(allFirst, allLast) : anyLast;
                for (int tx = anyFirst; tx < min(from, anyLast); tx++) {
                    multiply_some(low, high, rows, d + (size_t)tx * c.targetChannels, tx, (long)tx * step, first, last,
                                  firstY, lastY, ty);
                }
                const global float *target = d + (size_t)from * c.targetChannels;
                long at = (long)from * step;
                for (int left = to - from; left > 0; left--, at += step, target += c.targetChannels) {
                    const Vector d0 = LOAD(target), d1 = LOAD(target + VECTOR_WIDTH);
#pragma unroll
                    for (int r = 0; r < TILE_ROWS; r++) {
                        const Vector a = (Vector)rows[r][at];
                        low[r] = fma(a, d0, low[r]);
                        high[r] = fma(a, d1, high[r]);
                    }
                }
                for (int tx = to; tx < anyLast; tx++) {
                    multiply_some(low, high, rows, d + (size_t)tx * c.targetChannels, tx, (long)tx * step, first, last,
                                  firstY, lastY, ty);
                }
            }
#pragma unroll
            for (int r = 0; r < TILE_ROWS; r++) {
                if (tapRow + r < endTapRow) {
                    global float *to = sums + (size_t)(tapRow + r) * c.targetChannels;
                    store_activated(low[r], to, count, none);
                    store_activated(high[r], to + VECTOR_WIDTH, count - VECTOR_WIDTH, none);
                }
            }
        }
        block = blockEnd;
    } while (block < end);
}
