// The tiled product of matrices for GPUs, put before the kernels that only differ in how they read their operands
// (implicit GEMM, Chetlur et al. 2014):
//
//     C[m, n] = f(bias[n] + sum over k of A[m, k] * B[k, n])
//
// A work-group computes TILE_ROWS x TILE_COLUMNS results, a work-item ITEM_ROWS x ITEM_COLUMNS of them, in registers.
// Slabs of DEPTH values of k go through two buffers in local memory: while one is multiplied, the next one is on its way
// from global memory to registers, so that one barrier a slab is enough. Operands are read four floats at a time, along
// k or along the side of the tile, whichever is contiguous (LEFT_ALONG_K, RIGHT_ALONG_K); as one vector where all four
// lie in one row of the array (LEFT_WIDTH, RIGHT_WIDTH 4), else one by one (1); results are written by the width of the
// right operand. Reads outside an array or on padding give 0. (So an infinite weight that meets padding gives NaN here,
// as in every implicit GEMM, but not in the direct kernels for CPUs.) Build options: STYLE_TILES and the names above.
// Local memory: 8 * DEPTH * (TILE_ROWS + TILE_COLUMNS + 8) bytes. Work-group: THREADS items in one dimension, a multiple
// of DEPTH; 4 * THREADS / DEPTH divides both sides of a tile.

#define SIDE_ROWS (TILE_ROWS / ITEM_ROWS)
#define SIDE_COLUMNS (TILE_COLUMNS / ITEM_COLUMNS)
#define THREADS (SIDE_ROWS * SIDE_COLUMNS)
#ifndef TENSOR
// What goes to local memory; tensor cores may want it rounded.
#define operand(v) (v)
#define LEFT_PITCH (TILE_ROWS + 4)
#define RIGHT_PITCH (TILE_COLUMNS + 4)
#endif
#define LEFT_SLAB (DEPTH * LEFT_PITCH)
#define RIGHT_SLAB (DEPTH * RIGHT_PITCH)
#define LEFT_LOADS (TILE_ROWS * DEPTH / 4 / THREADS)
#define RIGHT_LOADS (TILE_COLUMNS * DEPTH / 4 / THREADS)

// Reads both operands: each work-item LEFT_LOADS and RIGHT_LOADS times four floats of every slab. Written anew by every
// kernel; multiply asks it for all loads of a slab, then to go on to the next slab.
struct Loader;
float4 load_left(const struct Loader *loader, const int i);
float4 load_right(const struct Loader *loader, const int i);
void advance(struct Loader *loader);

// Quads of a side that are read next to each other, where the operand is contiguous along it.
#define QUADS (THREADS / DEPTH)

// Where the four floats of load number i stand in a slab of DEPTH x side: the first k, which is the same for all loads of
// a work-item, and the first place on the side.
int slab_k(const int alongK) {
    const int item = get_local_id(0);
    return alongK ? item % (DEPTH / 4) * 4 : item / QUADS;
}

int slab_side(const int i, const int alongK) {
    const int item = get_local_id(0);
    return alongK ? item / (DEPTH / 4) + i * (THREADS / (DEPTH / 4)) : (item % QUADS + i * QUADS) * 4;
}

int left_k(void) {
    return slab_k(LEFT_ALONG_K);
}

int left_side(const int i) {
    return slab_side(i, LEFT_ALONG_K);
}

int right_k(void) {
    return slab_k(RIGHT_ALONG_K);
}

int right_side(const int i) {
    return slab_side(i, RIGHT_ALONG_K);
}

#ifndef TENSOR
// A work-item's place among the SIDE_ROWS x SIDE_COLUMNS: where the sides allow it, blocks of 4 x 8 neighbours share
// what they read.
#if SIDE_ROWS % 4 == 0 && SIDE_COLUMNS % 8 == 0
#define BLOCKS 1
#else
#define BLOCKS 0
#endif

int item_row(void) {
    const int item = get_local_id(0);
    return BLOCKS ? item / 32 / (SIDE_COLUMNS / 8) * 4 + item % 32 / 8 : item / SIDE_COLUMNS;
}

int item_column(void) {
    const int item = get_local_id(0);
    return BLOCKS ? item / 32 % (SIDE_COLUMNS / 8) * 8 + item % 8 : item % SIDE_COLUMNS;
}

// Rows and columns of a work-item come in quads: result row of sum[i], column of sum[.][j], within the tile.
int tile_row(const int i) {
    return (i / 4 * SIDE_ROWS + item_row()) * 4 + i % 4;
}

int tile_column(const int j) {
    return (j / 4 * SIDE_COLUMNS + item_column()) * 4 + j % 4;
}
#endif

// Four neighbours, of which the first count exist, and 0 for the others. Width 4: all of them or none do.
OUTLINED float4 load_quad(const global float *p, const int count, const int width) {
    if (width == 4) {
        return count > 0 ? *(const global float4 *)p : (float4)(0.0f);
    }
    return (float4)(count > 0 ? p[0] : 0.0f, count > 1 ? p[1] : 0.0f, count > 2 ? p[2] : 0.0f,
                    count > 3 ? p[3] : 0.0f);
}

__attribute__((always_inline))
void load_slab(float4 left[LEFT_LOADS], float4 right[RIGHT_LOADS], const struct Loader *loader) {
UNROLLED
    for (int i = 0; i < LEFT_LOADS; i++) {
        left[i] = load_left(loader, i);
    }
UNROLLED
    for (int i = 0; i < RIGHT_LOADS; i++) {
        right[i] = load_right(loader, i);
    }
}

// Slabs lie in local memory with k as rows, so that what is along k is scattered.
OUTLINED void store_quad_in_slab(local float *slab, const int pitch, const float4 v, const int alongK) {
    if (alongK) {
        slab[0] = v.x;
        slab[pitch] = v.y;
        slab[2 * pitch] = v.z;
        slab[3 * pitch] = v.w;
    } else {
        *(local float4 *)slab = v;
    }
}

__attribute__((always_inline))
void store_slab(local float *left, local float *right, const float4 nextLeft[LEFT_LOADS],
                const float4 nextRight[RIGHT_LOADS]) {
UNROLLED
    for (int i = 0; i < LEFT_LOADS; i++) {
        store_quad_in_slab(left + left_k() * LEFT_PITCH + left_side(i), LEFT_PITCH, operand(nextLeft[i]),
                           LEFT_ALONG_K);
    }
UNROLLED
    for (int i = 0; i < RIGHT_LOADS; i++) {
        store_quad_in_slab(right + right_k() * RIGHT_PITCH + right_side(i), RIGHT_PITCH, operand(nextRight[i]),
                           RIGHT_ALONG_K);
    }
}

#ifndef TENSOR
void unpack(float *p, const float4 v) {
    p[0] = v.x;
    p[1] = v.y;
    p[2] = v.z;
    p[3] = v.w;
}

// sum[i][j] += left[k][row of i] * right[k][column of j] over the slab.
__attribute__((always_inline))
void multiply_slab(float sum[ITEM_ROWS][ITEM_COLUMNS], local const float *left, local const float *right) {
UNROLLED
    for (int k = 0; k < DEPTH; k++) {
        float a[ITEM_ROWS], b[ITEM_COLUMNS];
UNROLLED
        for (int i = 0; i < ITEM_ROWS; i += 4) {
            unpack(a + i, *(local const float4 *)(left + k * LEFT_PITCH + tile_row(i)));
        }
UNROLLED
        for (int j = 0; j < ITEM_COLUMNS; j += 4) {
            unpack(b + j, *(local const float4 *)(right + k * RIGHT_PITCH + tile_column(j)));
        }
UNROLLED
        for (int i = 0; i < ITEM_ROWS; i++) {
UNROLLED
            for (int j = 0; j < ITEM_COLUMNS; j++) {
                sum[i][j] = fma(a[i], b[j], sum[i][j]);
            }
        }
    }
}
#endif

// sum += the product of so many slabs; inlined, so that sums and loaders stay in registers. left and right: two slabs
// each, in local memory; the work-group is done with them when this returns.
__attribute__((always_inline))
void multiply(float sum[ITEM_ROWS][ITEM_COLUMNS], struct Loader *loader, const ulong slabs, local float *left,
              local float *right) {
    float4 nextLeft[LEFT_LOADS], nextRight[RIGHT_LOADS];
    load_slab(nextLeft, nextRight, loader);
    store_slab(left, right, nextLeft, nextRight);
    barrier(CLK_LOCAL_MEM_FENCE);
    for (ulong slab = 0; slab < slabs; slab++) {
        const int now = (int)(slab % 2), next = 1 - now;
        // What lies behind the last slab is 0, so that loading it is harmless and needs no branch around a barrier.
        advance(loader);
        load_slab(nextLeft, nextRight, loader);
        multiply_slab(sum, left + now * LEFT_SLAB, right + now * RIGHT_SLAB);
        store_slab(left + next * LEFT_SLAB, right + next * RIGHT_SLAB, nextLeft, nextRight);
        barrier(CLK_LOCAL_MEM_FENCE);
    }
}

// LINEAR and RELU, which are cheap enough to be unrolled into every result; others go through activate_row.
OUTLINED float activate_simply(const float x, const struct Activation f) {
    return f.kind != RELU ? x : relu_of(x, f);
}

// Writes a quad of a row of results, of which the first count exist, after bias and a simple activation.
OUTLINED void store_quad(global float *y, const float *sum, const global float *bias, const int hasBias,
                const struct Activation f, const int count) {
    float result[4];
UNROLLED
    for (int j = 0; j < 4; j++) {
        result[j] = activate_simply(sum[j] + (hasBias && j < count ? bias[j] : 0.0f), f);
    }
    if (RIGHT_WIDTH == 4) {
        if (count > 0) {
            *(global float4 *)y = (float4)(result[0], result[1], result[2], result[3]);
        }
        return;
    }
UNROLLED
    for (int j = 0; j < 4; j++) {
        if (j < count) {
            y[j] = result[j];
        }
    }
}

// Writes a work-item's results of one row: y and bias at the tile's first column, of whose columns the first count exist.
__attribute__((always_inline))
void store_row(global float *y, const float sum[ITEM_COLUMNS], const global float *bias, const int hasBias,
               const struct Activation f, const int count) {
UNROLLED
    for (int j = 0; j < ITEM_COLUMNS; j += 4) {
        const int column = tile_column(j);
        store_quad(y + column, sum + j, bias + column, hasBias, f, count - column);
    }
}

// The other activations of what store_row has written.
OUTLINED void activate_row(global float *y, const struct Activation f, const int count) {
    for (int j = 0; j < ITEM_COLUMNS; j++) {
        const int column = tile_column(j);
        if (column < count) {
            y[column] = activate(y[column], f);
        }
    }
}
