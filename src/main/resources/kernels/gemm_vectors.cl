// Matrix products for CPU devices, C = f(op(A) * op(B) + bias): register tiles over panels (Goto and van de Geijn 2008) of
// explicit vectors, no local memory.
//
// op(A) is rows x inner, op(B) inner x columns, C rows x columns, bias columns; all row-major, op = as stored or transposed.
// rows or inner may be counted per item of the batch. Sums run over ascending inner index (gemm, gemm_sum) or over VECTOR_WIDTH
// interleaved ascending sums that are then folded in halves (gemm_dot): the same bits every time.
// Build options: STYLE_VECTORS, VECTOR_WIDTH, TILE_ROWS (even; 6 for 16 vector registers, 12 for 32).

// Rearranges op(B) into panels (ceil(columns / COLUMNS), inner, COLUMNS), zeros after the last column.
// Global size (ceil(inner / 64), panels), local size 1.
kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void gemm_pack(global const uint *control, global const float *b, const ulong bOffset, global float *packed,
               const ulong packedOffset, const struct Gemm sizes) {
    const struct Gemm g = gemm_now(sizes, control);
    const int first = get_global_id(1) * COLUMNS, count = min(COLUMNS, g.columns - first);
    const int begin = get_global_id(0) * 64, end = min(g.inner, begin + 64);
    const global float *const from = b + bOffset;
    global float *const to = packed + packedOffset + (size_t)get_global_id(1) * g.inner * COLUMNS;
    for (int k = begin; k < end; k++) {
        for (int j = 0; j < COLUMNS; j++) {
            const size_t column = first + min(j, count - 1);
            const float value = g.transposeB ? from[column * g.inner + k] : from[(size_t)k * g.columns + column];
            to[(size_t)k * COLUMNS + j] = j < count ? value : 0.0f;
        }
    }
}

// C = f(op(A) * op(B) + bias) with B in panels (packed != 0) or as stored (B must not be transposed then). An item computes
// tilesPerItem tiles of TILE_ROWS x COLUMNS, in passes over depth rows of B. With splits > 1, c is partial (splits, rows,
// columns): item s sums part s of inner only, no bias, no activation, for gemm_sum.
// Global size (ceil(rows / (TILE_ROWS * tilesPerItem)), ceil(columns / COLUMNS), splits), local size 1.
kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void gemm(global const uint *control, global const float *a, const ulong aOffset, global const float *b,
          const ulong bOffset, global const float *bias, const ulong biasOffset, global float *c, const ulong cOffset,
          const struct Gemm sizes, const struct Activation f, const int hasBias, const int packed, const int splits,
          const int depth, const int tilesPerItem) {
    const struct Gemm g = gemm_now(sizes, control);
    const int column = get_global_id(1) * COLUMNS, count = g.columns - column;
    const int firstRow = get_global_id(0) * tilesPerItem * TILE_ROWS;
    const int endRow = min(g.rows, firstRow + tilesPerItem * TILE_ROWS);
    const int split = get_global_id(2), part = (g.inner + splits - 1) / splits;
    const int begin = min(g.inner, split * part), end = min(g.inner, begin + part);
    const size_t bStep = packed ? COLUMNS : g.columns;
    const global float *const bColumns =
            b + bOffset + (packed ? (size_t)get_global_id(1) * g.inner * COLUMNS : column);
    global float *const out = c + cOffset + (size_t)split * g.rows * g.columns + column;
    const struct Activation none = {LINEAR, 0.0f, 0.0f, 0.0f};
    Vector bias0 = 0.0f, bias1 = 0.0f;
    if (hasBias) {
        bias0 = LOAD(bias + biasOffset + column);
        bias1 = LOAD(bias + biasOffset + column + VECTOR_WIDTH);
    }
    int k = begin;
    do {
        const int passEnd = min(end, k + depth), length = passEnd - k;
        const global float *const bPass = bColumns + k * bStep;
        for (int row = firstRow; row < endRow; row += TILE_ROWS) {
            Vector low[TILE_ROWS], high[TILE_ROWS];
            const global float *rows[TILE_ROWS];
#pragma unroll
            for (int r = 0; r < TILE_ROWS; r++) {
                const size_t m = min(row + r, g.rows - 1);
                rows[r] = a + aOffset + (g.transposeA ? (size_t)k * g.rows + m : m * g.inner + k);
                low[r] = bias0;
                high[r] = bias1;
                if (k > begin) {
                    low[r] = LOAD(out + m * g.columns);
                    high[r] = LOAD(out + m * g.columns + VECTOR_WIDTH);
                }
            }
            if (g.transposeA) {
                for (int i = 0; i < length; i++) {
                    const Vector b0 = LOAD(bPass + i * bStep), b1 = LOAD(bPass + i * bStep + VECTOR_WIDTH);
#pragma unroll
                    for (int r = 0; r < TILE_ROWS; r++) {
                        const Vector value = (Vector)rows[r][(size_t)i * g.rows];
                        low[r] = fma(value, b0, low[r]);
                        high[r] = fma(value, b1, high[r]);
                    }
                }
            } else {
                for (int i = 0; i < length; i++) {
                    const Vector b0 = LOAD(bPass + i * bStep), b1 = LOAD(bPass + i * bStep + VECTOR_WIDTH);
#pragma unroll
                    for (int r = 0; r < TILE_ROWS; r++) {
                        const Vector value = (Vector)rows[r][i];
                        low[r] = fma(value, b0, low[r]);
                        high[r] = fma(value, b1, high[r]);
                    }
                }
            }
            const struct Activation last = passEnd == end ? f : none;
#pragma unroll
            for (int r = 0; r < TILE_ROWS; r++) {
                if (row + r < endRow) {
                    global float *to = out + (size_t)(row + r) * g.columns;
                    store_activated(low[r], to, count, last);
                    store_activated(high[r], to + VECTOR_WIDTH, count - VECTOR_WIDTH, last);
                }
            }
        }
        k = passEnd;
    } while (k < end);
}

// Sum of the lanes, halves folded onto each other.
float fold(const Vector v) {
    float lanes[VECTOR_WIDTH];
    JOIN(vstore, VECTOR_WIDTH)(v, 0, lanes);
#pragma unroll
    for (int width = VECTOR_WIDTH / 2; width > 0; width /= 2) {
#pragma unroll
        for (int i = 0; i < width; i++) {
            lanes[i] += lanes[i + width];
        }
    }
    return lanes[0];
}

// C = f(A * transposed(B) + bias): both are read along inner, a tile of DOT_ROWS x DOT_COLUMNS dot products at a time, nothing
// is rearranged. An item computes DOT_COLUMNS columns of rowsPerItem rows.
// Global size (ceil(rows / rowsPerItem), ceil(columns / DOT_COLUMNS)), local size 1.
#define DOT_ROWS (TILE_ROWS / 2)
#define DOT_COLUMNS 4
kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void gemm_dot(global const uint *control, global const float *a, const ulong aOffset, global const float *b,
              const ulong bOffset, global const float *bias, const ulong biasOffset, global float *c, const ulong cOffset,
              const struct Gemm sizes, const struct Activation f, const int hasBias, const int rowsPerItem) {
    const struct Gemm g = gemm_now(sizes, control);
    const int column = get_global_id(1) * DOT_COLUMNS;
    const int firstRow = get_global_id(0) * rowsPerItem, endRow = min(g.rows, firstRow + rowsPerItem);
    const int whole = g.inner - g.inner % VECTOR_WIDTH;
    const global float *columns[DOT_COLUMNS];
#pragma unroll
    for (int j = 0; j < DOT_COLUMNS; j++) {
        columns[j] = b + bOffset + (size_t)min(column + j, g.columns - 1) * g.inner;
    }
    for (int row = firstRow; row < endRow; row += DOT_ROWS) {
        const global float *rows[DOT_ROWS];
        Vector sums[DOT_ROWS][DOT_COLUMNS];
#pragma unroll
        for (int r = 0; r < DOT_ROWS; r++) {
            rows[r] = a + aOffset + (size_t)min(row + r, g.rows - 1) * g.inner;
#pragma unroll
            for (int j = 0; j < DOT_COLUMNS; j++) {
                sums[r][j] = 0.0f;
            }
        }
        for (int k = 0; k < whole; k += VECTOR_WIDTH) {
            Vector values[DOT_ROWS];
#pragma unroll
            for (int r = 0; r < DOT_ROWS; r++) {
                values[r] = LOAD(rows[r] + k);
            }
#pragma unroll
            for (int j = 0; j < DOT_COLUMNS; j++) {
                const Vector weight = LOAD(columns[j] + k);
#pragma unroll
                for (int r = 0; r < DOT_ROWS; r++) {
                    sums[r][j] = fma(values[r], weight, sums[r][j]);
                }
            }
        }
#pragma unroll
        for (int r = 0; r < DOT_ROWS; r++) {
#pragma unroll
            for (int j = 0; j < DOT_COLUMNS; j++) {
                if (row + r < endRow && column + j < g.columns) {
                    float sum = fold(sums[r][j]);
                    for (int k = whole; k < g.inner; k++) {
                        sum = fma(rows[r][k], columns[j][k], sum);
                    }
                    sum += hasBias ? bias[biasOffset + column + j] : 0.0f;
                    c[cOffset + (size_t)(row + r) * g.columns + column + j] = activate(sum, f);
                }
            }
        }
    }
}

// y[i] = f(bias[i % columns] + sum over s of partial[s, i]) in ascending order of s, i in [0, size). Global size
// (ceil(size / 1024)), local size 1.
kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void gemm_sum(global const float *partial, const ulong partialOffset, global const float *bias, const ulong biasOffset,
              global float *y, const ulong yOffset, const ulong size, const int columns, const int splits,
              const struct Activation f, const int hasBias) {
    const size_t begin = (size_t)get_global_id(0) * 1024, end = min((size_t)size, begin + 1024);
    for (size_t i = begin; i < end; i += VECTOR_WIDTH) {
        Vector sum = 0.0f;
        for (int s = 0; s < splits; s++) {
            sum += LOAD(partial + partialOffset + s * size + i);
        }
        if (hasBias) {
            float lanes[VECTOR_WIDTH];
            for (int lane = 0; lane < VECTOR_WIDTH; lane++) {
                lanes[lane] = i + lane < end ? bias[biasOffset + (i + lane) % columns] : 0.0f;
            }
            sum += JOIN(vload, VECTOR_WIDTH)(0, lanes);
        }
        store_activated(sum, y + yOffset + i, (int)(end - i), f);
    }
}
