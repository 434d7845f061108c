// Matrix products and convolutions for GPUs: one tiled product, four ways to read its operands (implicit GEMM,
// Chetlur et al. 2014).
//
//     C[m, n] = f(bias[n] + sum over k of A[m, k] * B[k, n])
//
//     product          A = op(a)                               B = op(b)
//     convolution      A[(image, ty, tx), (ky, kx, s)] = x     B[(ky, kx, s), t] = w
//     kernel gradient  A[(ky, kx, s), (image, ty, tx)] = x     B[(image, ty, tx), t] = dy
//
// A work-group computes TILE x TILE results, a work-item ITEM x ITEM of them, DEPTH values of k at a time in local
// memory. Reads outside an array or on padding give 0. (So an infinite weight that meets padding gives NaN here, as
// in every implicit GEMM, but not in the direct kernels for CPUs.) Layouts: see the kernels; all row-major. Build
// options: STYLE_TILES, TILE (32, 64, 128), ITEM (2, 4, 8), DEPTH (8, 16). Local memory: 2 * DEPTH * (TILE + 1)
// floats. Work-group: THREADS = (TILE / ITEM)^2 items in one dimension.

#define SIDE (TILE / ITEM)
#define THREADS (SIDE * SIDE)
#define LOADS (TILE * DEPTH / THREADS)
#define PITCH (TILE + 1)

// Where load number i of this item stands in a slab of DEPTH x TILE: k fastest when the array is contiguous along k.
int slab_k(const int i, const int kFastest) {
    const int at = get_local_id(0) + i * THREADS;
    return kFastest ? at % DEPTH : at / TILE;
}

int slab_side(const int i, const int kFastest) {
    const int at = get_local_id(0) + i * THREADS;
    return kFastest ? at / DEPTH : at % TILE;
}

// sum[i][j] += a[k][row + i * SIDE] * b[k][column + j * SIDE] over the slab.
void multiply_slab(float sum[ITEM][ITEM], local const float *a, local const float *b) {
    const int row = get_local_id(0) / SIDE, column = get_local_id(0) % SIDE;
    for (int k = 0; k < DEPTH; k++) {
        float left[ITEM], right[ITEM];
#pragma unroll
        for (int i = 0; i < ITEM; i++) {
            left[i] = a[k * PITCH + row + i * SIDE];
            right[i] = b[k * PITCH + column + i * SIDE];
        }
#pragma unroll
        for (int i = 0; i < ITEM; i++) {
#pragma unroll
            for (int j = 0; j < ITEM; j++) {
                sum[i][j] = fma(left[i], right[j], sum[i][j]);
            }
        }
    }
}

// Result row of sum[i], column of sum[.][j], within the tile.
int tile_row(const int i) {
    return get_local_id(0) / SIDE + i * SIDE;
}

int tile_column(const int j) {
    return get_local_id(0) % SIDE + j * SIDE;
}

// C = f(op(A) * op(B) + bias). With splits > 1, c is partial (splits, rows, columns): group s sums part s of inner
// only, no bias, no activation, for tile_sum. Global size (ceil(columns / TILE) * THREADS, ceil(rows / TILE),
// splits), local (THREADS, 1, 1).
kernel __attribute__((reqd_work_group_size(THREADS, 1, 1)))
void tile_product(global const uint *control, global const float *a, const ulong aOffset, global const float *b,
                  const ulong bOffset, global const float *bias, const ulong biasOffset, global float *c,
                  const ulong cOffset, const struct Gemm g, const struct Activation f, const int hasBias,
                  const int splits) {
    local float left[DEPTH * PITCH], right[DEPTH * PITCH];
    const ulong rows = rows_now(g, control), inner = inner_now(g, control);
    const int firstColumn = get_group_id(0) * TILE;
    const ulong firstRow = (ulong)get_group_id(1) * TILE, split = get_group_id(2);
    const ulong part = (inner + splits - 1) / splits;
    const ulong begin = min(inner, split * part), end = min(inner, begin + part);
    const int leftFast = !g.transposeA, rightFast = g.transposeB;
    float sum[ITEM][ITEM] = {{0.0f}};
    for (ulong slab = begin; slab < end; slab += DEPTH) {
#pragma unroll
        for (int i = 0; i < LOADS; i++) {
            const int k = slab_k(i, leftFast), side = slab_side(i, leftFast);
            const ulong row = firstRow + side, term = slab + k;
            const bool real = row < rows && term < end;
            const ulong at = g.transposeA ? term * rows + row : row * inner + term;
            left[k * PITCH + side] = real ? a[aOffset + at] : 0.0f;
        }
#pragma unroll
        for (int i = 0; i < LOADS; i++) {
            const int k = slab_k(i, rightFast), side = slab_side(i, rightFast);
            const ulong column = firstColumn + side, term = slab + k;
            const bool real = column < g.columns && term < end;
            const ulong at = g.transposeB ? column * inner + term : term * g.columns + column;
            right[k * PITCH + side] = real ? b[bOffset + at] : 0.0f;
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        multiply_slab(sum, left, right);
        barrier(CLK_LOCAL_MEM_FENCE);
    }
#pragma unroll
    for (int i = 0; i < ITEM; i++) {
#pragma unroll
        for (int j = 0; j < ITEM; j++) {
            const ulong row = firstRow + tile_row(i);
            const int column = firstColumn + tile_column(j);
            if (row < rows && column < g.columns) {
                const float value = sum[i][j] + (hasBias ? bias[biasOffset + column] : 0.0f);
                c[cOffset + (split * rows + row) * g.columns + column] = activate(value, f);
            }
        }
    }
}

// reversed[tap, s, t] = w[taps - 1 - tap, t', s]: the kernel of an input gradient. w is the forward kernel (taps,
// forward input channels / groups, forward output channels); c is the input gradient's geometry, so forward outputs
// are its sources; t is the target channel, t' its number in its group, s the source channel in the group. Global
// size (elements of w), any local size.
kernel void tile_reverse(global const float *w, const ulong wOffset, global float *reversed, const ulong reversedOffset,
                         const struct Convolution c) {
    const int sources = c.sourceChannels / c.groups, targets = c.targetChannels / c.groups;
    const int taps = c.y.taps * c.x.taps;
    const size_t at = get_global_id(0);
    if (at >= (size_t)taps * sources * c.targetChannels) {
        return;
    }
    const int t = at % c.targetChannels, s = at / c.targetChannels % sources;
    const int tap = taps - 1 - (int)(at / c.targetChannels / sources);
    reversed[reversedOffset + at] =
            w[wOffset + ((size_t)tap * targets + t % targets) * c.sourceChannels + t / targets * sources + s];
}

// y = f(bias + convolution of x by w); for an input gradient w comes from tile_reverse. x (batch, source y, source x,
// source channels), w (taps y, taps x, source channels / groups, target channels), y (batch, target y, target x,
// target channels). Global size (ceil(target channels / groups / TILE) * THREADS, ceil(batch * target y * target x /
// TILE), groups).
kernel __attribute__((reqd_work_group_size(THREADS, 1, 1)))
void tile_convolution(global const uint *control, global const float *x, const ulong xOffset, global const float *w,
                      const ulong wOffset, global const float *bias, const ulong biasOffset, global float *y,
                      const ulong yOffset, const struct Convolution c, const struct Activation f, const int hasBias) {
    local float left[DEPTH * PITCH], right[DEPTH * PITCH];
    const int sources = c.sourceChannels / c.groups, targets = c.targetChannels / c.groups;
    const int group = get_group_id(2), firstTarget = get_group_id(0) * TILE;
    const int inner = c.y.taps * c.x.taps * sources, area = c.y.target * c.x.target;
    const size_t positions = (size_t)control[CONTROL_BATCH] * area, firstPosition = (size_t)get_group_id(1) * TILE;
    // The positions that this item reads for stay the same in every slab.
    size_t image[LOADS];
    int startY[LOADS], startX[LOADS];
#pragma unroll
    for (int i = 0; i < LOADS; i++) {
        const size_t position = min(firstPosition + slab_side(i, 1), positions - 1);
        const int within = position % area;
        image[i] = xOffset + position / area * c.y.source * c.x.source * c.sourceChannels + group * sources;
        startY[i] = within / c.x.target * c.y.step - c.y.padLow;
        startX[i] = within % c.x.target * c.x.step - c.x.padLow;
    }
    float sum[ITEM][ITEM] = {{0.0f}};
    for (int slab = 0; slab < inner; slab += DEPTH) {
        const int tapRow = slab + slab_k(0, 1), tap = tapRow / sources, s = tapRow % sources;
        const int ky = tap / c.x.taps, kx = tap % c.x.taps;
#pragma unroll
        for (int i = 0; i < LOADS; i++) {
            const int sy = source_position(startY[i], ky, c.y), sx = source_position(startX[i], kx, c.x);
            const bool real = tapRow < inner && sy >= 0 && sx >= 0;
            const size_t at = image[i] + ((size_t)sy * c.x.source + sx) * c.sourceChannels + s;
            left[slab_k(0, 1) * PITCH + slab_side(i, 1)] = real ? x[at] : 0.0f;
        }
#pragma unroll
        for (int i = 0; i < LOADS; i++) {
            const int k = slab_k(i, 0), target = firstTarget + slab_side(i, 0);
            const size_t at = wOffset + (size_t)(slab + k) * c.targetChannels + group * targets + target;
            right[k * PITCH + slab_side(i, 0)] = slab + k < inner && target < targets ? w[at] : 0.0f;
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        multiply_slab(sum, left, right);
        barrier(CLK_LOCAL_MEM_FENCE);
    }
#pragma unroll
    for (int i = 0; i < ITEM; i++) {
#pragma unroll
        for (int j = 0; j < ITEM; j++) {
            const size_t position = firstPosition + tile_row(i);
            const int target = firstTarget + tile_column(j);
            if (position < positions && target < targets) {
                const int channel = group * targets + target;
                const float value = sum[i][j] + (hasBias ? bias[biasOffset + channel] : 0.0f);
                y[yOffset + position * c.targetChannels + channel] = activate(value, f);
            }
        }
    }
}

// Kernel gradient in partial sums (splits, taps y, taps x, source channels / groups, target channels), c the forward
// geometry: group s sums the s-th part of all target positions (image, ty, tx); tile_sum adds them in order. With
// splits = 1 it is dw. Global size (ceil(target channels / groups / TILE) * THREADS, ceil(taps * source channels /
// groups / TILE), groups * splits).
kernel __attribute__((reqd_work_group_size(THREADS, 1, 1)))
void tile_kernel_gradient(global const uint *control, global const float *x, const ulong xOffset,
                          global const float *dy, const ulong dyOffset, global float *partial,
                          const ulong partialOffset, const struct Convolution c, const int splits) {
    local float left[DEPTH * PITCH], right[DEPTH * PITCH];
    const int sources = c.sourceChannels / c.groups, targets = c.targetChannels / c.groups;
    const int group = get_group_id(2) / splits, split = get_group_id(2) % splits;
    const int tapRows = c.y.taps * c.x.taps * sources, area = c.y.target * c.x.target;
    const int firstTarget = get_group_id(0) * TILE, firstTapRow = get_group_id(1) * TILE;
    const size_t positions = (size_t)control[CONTROL_BATCH] * area, part = (positions + splits - 1) / splits;
    const size_t begin = min(positions, split * part), end = min(positions, begin + part);
    // The row (ky, kx, s) that this item reads for stays the same in every slab: THREADS is a multiple of TILE.
    const int tapRow = firstTapRow + slab_side(0, 0), tap = tapRow / sources;
    const int offsetY = tap / c.x.taps * c.y.dilation - c.y.padLow, offsetX = tap % c.x.taps * c.x.dilation - c.x.padLow;
    const size_t source = xOffset + group * sources + tapRow % sources;
    float sum[ITEM][ITEM] = {{0.0f}};
    for (size_t slab = begin; slab < end; slab += DEPTH) {
#pragma unroll
        for (int i = 0; i < LOADS; i++) {
            const int k = slab_k(i, 0), within = (slab + k) % area;
            const size_t image = (slab + k) / area;
            const int sy = within / c.x.target * c.y.step + offsetY, sx = within % c.x.target * c.x.step + offsetX;
            const bool real = slab + k < end && tapRow < tapRows && sy >= 0 && sy < c.y.source && sx >= 0
                    && sx < c.x.source;
            const size_t at = source + ((image * c.y.source + sy) * c.x.source + sx) * c.sourceChannels;
            left[k * PITCH + slab_side(i, 0)] = real ? x[at] : 0.0f;
        }
#pragma unroll
        for (int i = 0; i < LOADS; i++) {
            const int k = slab_k(i, 0), target = firstTarget + slab_side(i, 0);
            const size_t at = dyOffset + (slab + k) * c.targetChannels + group * targets + target;
            right[k * PITCH + slab_side(i, 0)] = slab + k < end && target < targets ? dy[at] : 0.0f;
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        multiply_slab(sum, left, right);
        barrier(CLK_LOCAL_MEM_FENCE);
    }
#pragma unroll
    for (int i = 0; i < ITEM; i++) {
#pragma unroll
        for (int j = 0; j < ITEM; j++) {
            const int row = firstTapRow + tile_row(i), target = firstTarget + tile_column(j);
            if (row < tapRows && target < targets) {
                partial[partialOffset + ((size_t)split * tapRows + row) * c.targetChannels + group * targets + target] =
                        sum[i][j];
            }
        }
    }
}

// y[i] = f(bias[i % columns] + sum over s of partial[s, i]) in ascending order of s, for the items elements of y,
// times the batch size when batched != 0. Global size (elements now), any local size.
kernel void tile_sum(global const uint *control, global const float *partial, const ulong partialOffset,
                     global const float *bias, const ulong biasOffset, global float *y, const ulong yOffset,
                     const ulong items, const int batched, const int columns, const int splits,
                     const struct Activation f, const int hasBias) {
    const size_t size = items * (batched ? control[CONTROL_BATCH] : 1);
    const size_t at = get_global_id(0);
    if (at >= size) {
        return;
    }
    float sum = 0.0f;
    for (int s = 0; s < splits; s++) {
        sum += partial[partialOffset + s * size + at];
    }
    y[yOffset + at] = activate(sum + (hasBias ? bias[biasOffset + at % columns] : 0.0f), f);
}
