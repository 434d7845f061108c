// Two-dimensional convolution of few channels, such as an image's, and its kernel gradient, for CPU devices: direct, over
// copies of the source's lines whose ends are padded with zeros, so that tiles of positions never look for padding.
// For the sums, the layouts and the build options see convolution_vectors.cl; axes have no gap and there is one group.
//
// A work-item keeps the lines that its target rows meet in a ring of slots: line sy in slot sy % slots. A slot is (source
// channels, phases, pitch): position p of a padded line stands in phase p % step at place p / step, so that the
// positions of a tile read neighbours whatever the step, and whatever the number of channels.

// Positions of a register tile, which is one vector wide.
#define LINE_ROWS (TILE_ROWS + TILE_ROWS / 3)

// Floats of a ring with a line of zeros, and rows (ky, kx, ci) of a kernel, that an item has room for.
#define LINE_FLOATS 8192
#define LINE_TAP_ROWS 256

struct Ring {
    int slots, pitch, channel, slot; // pitch: floats of a phase; the latter two: floats from one to the next
};

struct Ring ring_of(const struct Convolution c) {
    struct Ring r;
    r.slots = (c.y.taps - 1) * c.y.dilation + 1;
    r.pitch = (c.x.target + LINE_ROWS - 1) / LINE_ROWS * LINE_ROWS + (c.x.taps - 1) * c.x.dilation / c.x.step;
    r.channel = c.x.step * r.pitch;
    r.slot = c.sourceChannels * r.channel;
    return r;
}

// Where a tap of the row begins in a line: the place of the first target position.
inline int place_of_tap(const int kx, const struct Axis a, const struct Ring r) {
    const int p = kx * a.dilation;
    return a.step == 1 ? p : p % a.step * r.pitch + p / a.step;
}

// Copies source lines first <= sy < end of an image into their slots; the zeros around them stay.
inline void copy_lines(float *lines, const global float *image, const int first, const int end,
                       const struct Convolution c, const struct Ring r) {
    for (int sy = first; sy < end; sy++) {
        const global float *const from = image + (size_t)sy * c.x.source * c.sourceChannels;
        float *const slot = lines + sy % r.slots * r.slot;
        for (int phase = 0; phase < c.x.step; phase++) {
            // sx = place * step + phase - padLow
            const int begin = max(0, (c.x.padLow - phase + c.x.step - 1) / c.x.step);
            const int last = c.x.source - 1 + c.x.padLow - phase;
            const int places = last < 0 ? 0 : min(r.pitch, last / c.x.step + 1);
            for (int channel = 0; channel < c.sourceChannels; channel++) {
                float *const to = slot + channel * r.channel + phase * r.pitch;
                for (int place = begin; place < places; place++) {
                    to[place] = from[(place * c.x.step + phase - c.x.padLow) * c.sourceChannels + channel];
                }
            }
        }
    }
}

// Whether all of count panels' rows of COLUMNS weights are finite: only then may they be multiplied with zeros for padding.
inline bool all_finite(const global float *packed, const int count) {
    Vector nothing = 0.0f;
    for (int i = 0; i < count; i++) {
        const Vector w0 = LOAD(packed + (size_t)i * COLUMNS), w1 = LOAD(packed + (size_t)i * COLUMNS + VECTOR_WIDTH);
        nothing += (w0 - w0) + (w1 - w1);
    }
    return all(nothing == (Vector)0.0f);
}

// One position, without what falls on padding: where a weight is infinite or no number.
inline Vector at_position(Vector sum, const global float *image, const global float *weights, const int ty,
                          const int tx, const struct Convolution c) {
    for (int ky = 0; ky < c.y.taps; ky++) {
        const int sy = source_position(ty * c.y.step - c.y.padLow, ky, c.y);
        for (int kx = 0; kx < c.x.taps; kx++) {
            const int sx = source_position(tx * c.x.step - c.x.padLow, kx, c.x);
            if (sy < 0 || sx < 0) {
                continue;
            }
            const global float *const pixel = image + ((size_t)sy * c.x.source + sx) * c.sourceChannels;
            const global float *const w = weights + (size_t)(ky * c.x.taps + kx) * c.sourceChannels * COLUMNS;
            for (int s = 0; s < c.sourceChannels; s++) {
                sum = fma((Vector)pixel[s], LOAD(w + (size_t)s * COLUMNS), sum);
            }
        }
    }
    return sum;
}

// y = f(bias + x * w), the weights packed by convolution_pack: an item computes rowsPerItem target rows (n, ty). Global
// size ceil(batch * target y / rowsPerItem), local size 1.
kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void line_convolution(global const uint *control, global const float *x, const ulong xOffset,
                      global const float *packed, const ulong packedOffset, global const float *bias,
                      const ulong biasOffset, global float *y, const ulong yOffset, const struct Convolution c,
                      const struct Activation f, const int hasBias, const int rowsPerItem) {
    const struct Ring ring = ring_of(c);
    const int sources = c.sourceChannels, rowTaps = c.x.taps * sources, tapRows = c.y.taps * rowTaps;
    const int panels = (c.targetChannels + COLUMNS - 1) / COLUMNS;
    const bool finite = all_finite(packed + packedOffset, panels * tapRows);
    const size_t sourceImage = (size_t)c.y.source * c.x.source * sources;
    const long rows = (long)control[CONTROL_BATCH] * c.y.target;
    long row = get_global_id(0) * (long)rowsPerItem;
    const long end = min(rows, row + rowsPerItem);
    float lines[LINE_FLOATS];
    for (int i = 0; i < ring.slots * ring.slot; i++) {
        lines[i] = 0.0f;
    }
    const global float *image = x + xOffset + row / c.y.target * sourceImage;
    int ty = row % c.y.target, copied = 0;
    for (; row < end; row++, ty++) {
        if (ty == c.y.target) {
            ty = 0;
            copied = 0;
            image += sourceImage;
        }
        const int start = ty * c.y.step - c.y.padLow, needed = min(c.y.source, start + ring.slots);
        copy_lines(lines, image, max(copied, start), needed, c, ring);
        copied = max(copied, needed);
        global float *const target = y + yOffset + (size_t)row * c.x.target * c.targetChannels;
        for (int column = 0; column < c.targetChannels; column += VECTOR_WIDTH) {
            const global float *const weights = packed + packedOffset
                    + (size_t)(column / COLUMNS) * tapRows * COLUMNS + column % COLUMNS;
            const Vector begin = hasBias ? LOAD(bias + biasOffset + column) : (Vector)0.0f;
            const int count = c.targetChannels - column;
            for (int tx = 0; tx < c.x.target; tx += LINE_ROWS) {
                Vector sum[LINE_ROWS];
#pragma unroll
                for (int r = 0; r < LINE_ROWS; r++) {
                    sum[r] = begin;
                }
                if (finite) {
                    for (int ky = 0; ky < c.y.taps; ky++) {
                        const int sy = start + ky * c.y.dilation;
                        if (sy < 0 || sy >= c.y.source) {
                            continue;
                        }
                        const float *const line = lines + sy % ring.slots * ring.slot + tx;
                        const global float *w = weights + (size_t)ky * rowTaps * COLUMNS;
                        for (int kx = 0; kx < c.x.taps; kx++) {
                            const float *from = line + place_of_tap(kx, c.x, ring);
                            for (int s = 0; s < sources; s++, from += ring.channel, w += COLUMNS) {
                                const Vector w0 = LOAD(w);
#pragma unroll
                                for (int r = 0; r < LINE_ROWS; r++) {
                                    sum[r] = fma((Vector)from[r], w0, sum[r]);
                                }
                            }
                        }
                    }
                } else {
                    for (int r = 0; r < LINE_ROWS; r++) {
                        sum[r] = at_position(sum[r], image, weights, ty, min(tx + r, c.x.target - 1), c);
                    }
                }
#pragma unroll
                for (int r = 0; r < LINE_ROWS; r++) {
                    if (tx + r < c.x.target) {
                        store_activated(sum[r], target + (size_t)(tx + r) * c.targetChannels + column, count, f);
                    }
                }
            }
        }
    }
}

// The partial sum of one element (ky, kx, ci) of the kernel and one vector of target channels over target rows begin <=
// row < end, without what falls on padding: where a gradient is infinite or no number.
inline Vector over_positions(const global float *x, const global float *dy, const long begin, const long end,
                             const int tapRow, const struct Convolution c) {
    const int s = tapRow % c.sourceChannels, tap = tapRow / c.sourceChannels;
    const int kx = tap % c.x.taps, ky = tap / c.x.taps;
    Vector sum = 0.0f;
    for (long row = begin; row < end; row++) {
        const int sy = source_position((int)(row % c.y.target) * c.y.step - c.y.padLow, ky, c.y);
        for (int tx = 0; tx < c.x.target && sy >= 0; tx++) {
            const int sx = source_position(tx * c.x.step - c.x.padLow, kx, c.x);
            if (sx >= 0) {
                const size_t pixel = ((size_t)(row / c.y.target) * c.y.source + sy) * c.x.source + sx;
                const size_t target = (size_t)row * c.x.target + tx;
                sum = fma((Vector)x[pixel * c.sourceChannels + s], LOAD(dy + target * c.targetChannels), sum);
            }
        }
    }
    return sum;
}

// Kernel gradient as partial sums, see convolution_kernel_gradient: run s of the target rows is summed into partial[s].
// An item does one vector of target channels of a run; all rows (ky, kx, ci) of the kernel pass over a target row before
// the next one. Global size (ceil(target channels / VECTOR_WIDTH), splits), local size 1.
kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void line_kernel_gradient(global const uint *control, global const float *x, const ulong xOffset,
                          global const float *dy, const ulong dyOffset, global float *partial,
                          const ulong partialOffset, const struct Convolution c, const int splits) {
    const struct Ring ring = ring_of(c);
    const int tapRows = c.y.taps * c.x.taps * c.sourceChannels;
    const int column = get_global_id(0) * VECTOR_WIDTH, count = c.targetChannels - column, split = get_global_id(1);
    const size_t sourceImage = (size_t)c.y.source * c.x.source * c.sourceChannels;
    const size_t targetRow = (size_t)c.x.target * c.targetChannels;
    const long rows = (long)control[CONTROL_BATCH] * c.y.target;
    const long runLength = (rows + splits - 1) / splits;
    const long begin = min(rows, split * runLength), end = min(rows, begin + runLength);
    // Behind the ring a line of zeros, for taps of rows outside the image.
    float lines[LINE_FLOATS];
    const int zeros = ring.slots * ring.slot;
    for (int i = 0; i < zeros + ring.pitch; i++) {
        lines[i] = 0.0f;
    }
    Vector sums[LINE_TAP_ROWS + TILE_ROWS];
    for (int i = 0; i < tapRows + TILE_ROWS; i++) {
        sums[i] = 0.0f;
    }
    const global float *image = x + xOffset + begin / c.y.target * sourceImage;
    const global float *d = dy + dyOffset + (size_t)begin * targetRow + column;
    int ty = begin % c.y.target, copied = 0;
    for (long row = begin; row < end; row++, ty++, d += targetRow) {
        if (ty == c.y.target) {
            ty = 0;
            copied = 0;
            image += sourceImage;
        }
        const int start = ty * c.y.step - c.y.padLow, needed = min(c.y.source, start + ring.slots);
        copy_lines(lines, image, max(copied, start), needed, c, ring);
        copied = max(copied, needed);
        int s = 0, kx = 0, ky = 0;
        for (int tapRow = 0; tapRow < tapRows; tapRow += TILE_ROWS) {
            Vector sum[TILE_ROWS];
            const float *from[TILE_ROWS];
#pragma unroll
            for (int r = 0; r < TILE_ROWS; r++) {
                const int sy = start + ky * c.y.dilation;
                const bool real = tapRow + r < tapRows && sy >= 0 && sy < c.y.source;
                from[r] = lines + (real
                        ? sy % ring.slots * ring.slot + s * ring.channel + place_of_tap(kx, c.x, ring)
                        : zeros);
                sum[r] = sums[tapRow + r];
                if (++s == c.sourceChannels) {
                    s = 0;
                    if (++kx == c.x.taps) {
                        kx = 0;
                        ky++;
                    }
                }
            }
            for (int tx = 0; tx < c.x.target; tx++) {
                const Vector d0 = LOAD(d + (size_t)tx * c.targetChannels);
#pragma unroll
                for (int r = 0; r < TILE_ROWS; r++) {
                    sum[r] = fma((Vector)from[r][tx], d0, sum[r]);
                }
            }
#pragma unroll
            for (int r = 0; r < TILE_ROWS; r++) {
                sums[tapRow + r] = sum[r];
            }
        }
    }
    global float *const to = partial + partialOffset + (size_t)split * tapRows * c.targetChannels + column;
    for (int tapRow = 0; tapRow < tapRows; tapRow++) {
        Vector sum = sums[tapRow];
        if (!all(sum - sum == (Vector)0.0f)) {
            sum = over_positions(x + xOffset, dy + dyOffset + column, begin, end, tapRow, c);
        }
        store_first(sum, to + (size_t)tapRow * c.targetChannels, count);
    }
}
