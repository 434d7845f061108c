// Kernel gradient of a convolution for CPU devices: products of gathered columns in register tiles of explicit vectors. For
// the sums and the layouts see convolution_vectors.cl; axes have no gap. Build options: STYLE_VECTORS, VECTOR_WIDTH,
// TILE_ROWS, PANELS: the most panels of an item.

// Rows of the kernel as a matrix, (tap, source channel), that lie beside each other in the source: count of them from a
// tile's row first on. The first one is this far behind channel 0 of the place startX of the source's row startY, both
// for target position 0.
struct Segment {
    int first, count, startY, startX, offset;
};

// to[j] = from[j] for j < count. Where the segment is not a tile's last one, what stands behind it stays.
INLINED void copy_segment(float *to, const global float *from, const int count, const bool isLast, const long ahead) {
    PREFETCH(from + ahead);
    int j = 0;
    if (isLast) {
        for (; j < count; j += VECTOR_WIDTH) {
            STORE_PRIVATE(LOAD(from + j), to + j);
        }
        return;
    }
    for (; j + 3 < count; j += 4) {
        vstore4(vload4(0, from + j), 0, to + j);
    }
    for (; j < count; j++) {
        to[j] = from[j];
    }
}

// The same at a place of which some taps may lie outside of the source's row.
void copy_inside(float *to, const global float *from, const struct Segment s, const int sources, const int sx,
                 const int width) {
    for (int j = 0; j < s.count; j++) {
        const int place = sx + (s.offset + j) / sources;
        to[j] = place >= 0 && place < width ? from[j] : 0.0f;
    }
}

// left[i * TILE_ROWS + s.first + j] = what the segment's row j meets at target position begin + i, 0 on padding, for
// i < length and j < s.count. Returns whether there is padding.
bool gather_segment(float *left, const global float *x, const struct Convolution c, const struct Segment s,
                    const long begin, const int length) {
    const int sources = c.sourceChannels / c.groups;
    const bool isLast = s.first + s.count == TILE_ROWS;
    const int firstInside = first_inside(s.startX + s.offset / sources, c.x);
    const int endInside = end_inside(s.startX + (s.offset + s.count - 1) / sources, c.x);
    const long step = (long)c.x.step * c.sourceChannels, row = begin / c.x.target;
    const size_t sourceRow = (size_t)c.x.source * c.sourceChannels;
    int tx = (int)(begin - row * c.x.target), ty = (int)(row % c.y.target);
    const global float *image = x + row / c.y.target * c.y.source * sourceRow;
    float *to = left + s.first;
    bool padded = false;
    for (int i = 0; i < length;) {
        const int sy = s.startY + ty * c.y.step, end = min(c.x.target, tx + length - i);
        const bool real = sy >= 0 && sy < c.y.source;
        const int inside = clamp(firstInside, tx, end), outside = clamp(endInside, inside, end);
        const global float *from = image + (real ? sy * sourceRow : 0) + (long)s.startX * c.sourceChannels + s.offset;
        from += tx * step;
        i += end - tx;
        padded = padded || !real || inside > tx || outside < end;
        for (; tx < end; tx++, to += TILE_ROWS, from += step) {
            if (real && tx >= inside && tx < outside) {
                copy_segment(to, from, s.count, isLast, 8 * step);
            } else {
                copy_inside(to, from, s, sources, real ? s.startX + tx * c.x.step : -c.x.source - c.x.taps, c.x.source);
            }
        }
        tx = 0;
        if (++ty == c.y.target) {
            ty = 0;
            image += c.y.source * sourceRow;
        }
    }
    return padded;
}

// left[i * TILE_ROWS + r] = what row kernelRow + r of the kernel meets at target position begin + i, anything behind the last
// row. Segments are gathered from the last one on, since a last one writes over the beginning of the next position.
// Returns whether there is padding.
bool gather_columns(float *left, const global float *x, const struct Convolution c, const int kernelRow,
                    const long begin, const int length) {
    const int sources = c.sourceChannels / c.groups;
    // The taps of a row lie beside each other as its channels do, unless something lies between them.
    const int tapsBeside = c.groups == 1 && c.x.dilation == 1 ? c.x.taps : 1, beside = tapsBeside * sources;
    int end = min(kernelRow + TILE_ROWS, c.y.taps * c.x.taps * sources);
    bool padded = false;
    while (end > kernelRow) {
        const int run = (end - 1) / beside, first = max(kernelRow, run * beside);
        const int ky = run * tapsBeside / c.x.taps, kx = run * tapsBeside - ky * c.x.taps;
        const struct Segment s = {first - kernelRow, end - first, ky * c.y.dilation - c.y.padLow,
                                  kx * c.x.dilation - c.x.padLow, first - run * beside};
        padded |= gather_segment(left, x, c, s, begin, length);
        end = first;
    }
    return padded;
}

// The sums of kernel row kernelRow and of one panel over the positions of a pass, without its padding; left begins with
// that row.
void write_unpadded_gradient(global float *to, const bool adds, const int count, const int kernelRow,
                             const struct Convolution c, const long begin, const int length, const float *left,
                             const float *panel) {
    const int tap = kernelRow / (c.sourceChannels / c.groups), ky = tap / c.x.taps, kx = tap - ky * c.x.taps;
    Vector low = 0.0f, high = 0.0f;
    if (adds) {
        low = load_first(to, count);
        high = load_first(to + VECTOR_WIDTH, count - VECTOR_WIDTH);
    }
    for (int i = 0; i < length; i++) {
        const long row = (begin + i) / c.x.target;
        const int ty = row % c.y.target, tx = begin + i - row * c.x.target;
        const int sy = source_position(ty * c.y.step - c.y.padLow, ky, c.y);
        const int sx = source_position(tx * c.x.step - c.x.padLow, kx, c.x);
        if (sy >= 0 && sx >= 0) {
            const Vector value = (Vector)left[i * TILE_ROWS];
            low = fma(value, LOAD(panel + i * COLUMNS), low);
            high = fma(value, LOAD(panel + i * COLUMNS + VECTOR_WIDTH), high);
        }
    }
    store_first(low, to, count);
    store_first(high, to + VECTOR_WIDTH, count - VECTOR_WIDTH);
}

// Kernel gradient, dw[k, ci, co] = sum over (n, ty, tx) of x[n, sy, sx, ci] * dy[n, ty, tx, co], as partial sums: the
// target rows (n, ty) are cut into splits runs of equal length (the last ones shorter or empty), run s is summed into
// partial[s], which has the layout of w; gemm_sum adds them in order. The number of runs may depend on the shape,
// never on the device's threads. A register tile is TILE_ROWS rows (ky, kx, ci) x COLUMNS target channels; an item
// computes tilesPerItem x panelsPerItem <= PANELS of them, in passes over PASS positions, whose dy it copies once. Global
// size (ceil(panels / panelsPerItem), ceil(taps * source channels / groups / (TILE_ROWS * tilesPerItem)), groups *
// splits), local size 1.
kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void convolution_kernel_gradient(global const uint *control, global const float *x, const ulong xOffset,
                                 global const float *dy, const ulong dyOffset, global float *partial,
                                 const ulong partialOffset, const struct Convolution c, const int splits,
                                 const int tilesPerItem, const int panelsPerItem) {
    const int sources = c.sourceChannels / c.groups, targets = c.targetChannels / c.groups;
    const int tapRows = c.y.taps * c.x.taps * sources;
    const int group = get_global_id(2) / splits, split = get_global_id(2) % splits;
    const int firstColumn = get_global_id(0) * panelsPerItem * COLUMNS;
    const int panels = min(panelsPerItem, (targets - firstColumn + COLUMNS - 1) / COLUMNS);
    const int channel = group * targets + firstColumn;
    const int firstTapRow = get_global_id(1) * tilesPerItem * TILE_ROWS;
    const int endTapRow = min(tapRows, firstTapRow + tilesPerItem * TILE_ROWS);
    global float *const sums = partial + partialOffset + (size_t)split * tapRows * c.targetChannels + channel;
    const long targetRows = (long)control[CONTROL_BATCH] * c.y.target;
    const long runLength = (targetRows + splits - 1) / splits;
    const long begin = min(targetRows, split * runLength) * c.x.target;
    const long end = min(targetRows, (split + 1) * runLength) * c.x.target;
    float panel[PANELS * PASS * COLUMNS] __attribute__((aligned(64)));
    float left[PASS * TILE_ROWS + VECTOR_WIDTH] __attribute__((aligned(64)));
    long position = begin;
    do {
        const int length = min(end - position, (long)PASS);
        for (int p = 0; p < panels; p++) {
            gather_panel(panel + p * PASS * COLUMNS, dy + dyOffset + position * c.targetChannels + channel + p * COLUMNS,
                         c.targetChannels, length);
        }
        for (int tapRow = firstTapRow; tapRow < endTapRow; tapRow += TILE_ROWS) {
            const bool padded = gather_columns(left, x + xOffset + group * sources, c, tapRow, position, length);
            for (int p = 0; p < panels; p++) {
                const int column = p * COLUMNS, count = targets - firstColumn - column;
                Vector low[TILE_ROWS], high[TILE_ROWS];
#pragma unroll
                for (int r = 0; r < TILE_ROWS; r++) {
                    const global float *const sum =
                            sums + (size_t)min(tapRow + r, tapRows - 1) * c.targetChannels + column;
                    low[r] = position > begin ? load_first(sum, count) : (Vector)0.0f;
                    high[r] = position > begin ? load_first(sum + VECTOR_WIDTH, count - VECTOR_WIDTH) : (Vector)0.0f;
                }
                add_products(low, high, left, 1, TILE_ROWS, panel + p * PASS * COLUMNS, length);
                if (padded && !finite_sums(low, high, endTapRow - tapRow, count)) {
                    for (int r = 0; r < TILE_ROWS && tapRow + r < endTapRow; r++) {
                        global float *const to = sums + (size_t)(tapRow + r) * c.targetChannels + column;
                        write_unpadded_gradient(to, position > begin, count, tapRow + r, c, position, length, left + r,
                                                panel + p * PASS * COLUMNS);
                    }
                    continue;
                }
#pragma unroll
                for (int r = 0; r < TILE_ROWS; r++) {
                    if (tapRow + r < endTapRow) {
                        global float *const to = sums + (size_t)(tapRow + r) * c.targetChannels + column;
                        store_first(low[r], to, count);
                        store_first(high[r], to + VECTOR_WIDTH, count - VECTOR_WIDTH);
                    }
                }
            }
        }
        position += length;
    } while (position < end);
}
