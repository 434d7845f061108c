// Matrix products for CPU devices, C = f(op(A) * op(B) + bias): register tiles over panels (Goto and van de Geijn
// 2008) of explicit vectors, no local memory.
//
// op(A) is rows x inner, op(B) inner x columns, C rows x columns, bias columns; all row-major, op = as stored or
// transposed. rows or inner may be counted per item of the batch. Sums run over ascending inner index: the same bits
// every time. Build options: STYLE_VECTORS, VECTOR_WIDTH, TILE_ROWS (6 for 16 vector registers, 12 for 32).

// Between two passes every result is read and written once more; a panel of a pass should fit into the second cache.
#define PASS 512

// panel[i, j] = op(B)[k + i, column + j] for i < length, j < COLUMNS, where b is at the column; count columns are left.
void gather_panel(float *panel, const global float *b, const struct Gemm g, const int count, const ulong k,
                  const int length) {
    if (g.transposeB) {
        for (int j = 0; j < COLUMNS; j++) {
            const global float *const from = b + (size_t)min(j, count - 1) * g.inner + k;
            for (int i = 0; i < length; i++) {
                panel[i * COLUMNS + j] = from[i];
            }
        }
    } else {
        for (int i = 0; i < length; i++) {
            const global float *const from = b + (k + i) * g.columns;
            STORE_PRIVATE(LOAD(from), panel + i * COLUMNS);
            STORE_PRIVATE(LOAD(from + VECTOR_WIDTH), panel + i * COLUMNS + VECTOR_WIDTH);
        }
    }
}

// C = f(op(A) * op(B) + bias). An item computes tilesPerItem tiles of TILE_ROWS x COLUMNS, in passes over PASS rows
// of op(B), whose COLUMNS it first brings together in up to 64 KiB of its own. With splits > 1, c is partial (splits, rows,
// columns): item s sums part s of inner only, for gemm_sum; no bias and a linear f are given then. Global size
// (ceil(columns / COLUMNS), ceil(rows / (TILE_ROWS * tilesPerItem)), splits), local size 1.
kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void gemm(global const uint *control, global const float *a, const ulong aOffset, global const float *b,
          const ulong bOffset, global const float *bias, const ulong biasOffset, global float *c, const ulong cOffset,
          const struct Gemm g, const struct Activation f, const int hasBias, const int splits,
          const int tilesPerItem) {
    const ulong rows = rows_now(g, control), inner = inner_now(g, control);
    const int column = get_global_id(0) * COLUMNS, count = g.columns - column;
    const ulong firstRow = (ulong)get_global_id(1) * tilesPerItem * TILE_ROWS;
    const ulong endRow = min(rows, firstRow + tilesPerItem * TILE_ROWS);
    const ulong split = get_global_id(2), part = (inner + splits - 1) / splits;
    const ulong begin = min(inner, split * part), end = min(inner, begin + part);
    const global float *const bColumns = b + bOffset + (g.transposeB ? (size_t)column * g.inner : column);
    global float *const out = c + cOffset + split * rows * g.columns + column;
    const struct Activation none = {LINEAR, 0.0f, 0.0f, 0.0f};
    Vector bias0 = 0.0f, bias1 = 0.0f;
    if (hasBias) {
        bias0 = LOAD(bias + biasOffset + column);
        bias1 = LOAD(bias + biasOffset + column + VECTOR_WIDTH);
    }
    float panel[PASS * COLUMNS];
    ulong k = begin;
    do {
        const ulong passEnd = min(end, k + PASS);
        const int length = passEnd - k;
        gather_panel(panel, bColumns, g, count, k, length);
        for (ulong row = firstRow; row < endRow; row += TILE_ROWS) {
            Vector low[TILE_ROWS], high[TILE_ROWS];
            const global float *left[TILE_ROWS];
#pragma unroll
            for (int r = 0; r < TILE_ROWS; r++) {
                const ulong m = min(row + r, rows - 1);
                left[r] = a + aOffset + (g.transposeA ? k * rows + m : m * inner + k);
                low[r] = bias0;
                high[r] = bias1;
                if (k > begin) {
                    low[r] = load_first(out + m * g.columns, count);
                    high[r] = load_first(out + m * g.columns + VECTOR_WIDTH, count - VECTOR_WIDTH);
                }
            }
            if (g.transposeA) {
                for (int i = 0; i < length; i++) {
                    const Vector b0 = LOAD(panel + i * COLUMNS), b1 = LOAD(panel + i * COLUMNS + VECTOR_WIDTH);
#pragma unroll
                    for (int r = 0; r < TILE_ROWS; r++) {
                        const Vector value = (Vector)left[r][i * rows];
                        low[r] = fma(value, b0, low[r]);
                        high[r] = fma(value, b1, high[r]);
                    }
                }
            } else {
                for (int i = 0; i < length; i++) {
                    const Vector b0 = LOAD(panel + i * COLUMNS), b1 = LOAD(panel + i * COLUMNS + VECTOR_WIDTH);
#pragma unroll
                    for (int r = 0; r < TILE_ROWS; r++) {
                        const Vector value = (Vector)left[r][i];
                        low[r] = fma(value, b0, low[r]);
                        high[r] = fma(value, b1, high[r]);
                    }
                }
            }
            const struct Activation last = passEnd == end ? f : none;
#pragma unroll
            for (int r = 0; r < TILE_ROWS; r++) {
                if (row + r < endRow) {
                    global float *to = out + (row + r) * g.columns;
                    store_activated(low[r], to, count, last);
                    store_activated(high[r], to + VECTOR_WIDTH, count - VECTOR_WIDTH, last);
                }
            }
        }
        k = passEnd;
    } while (k < end);
}

// y[i] = f(bias[i % columns] + sum over s of partial[s, i]) in ascending order of s, for the items elements of y,
// times the batch size when batched != 0. Global size (ceil(elements now / 1024)), local size 1.
kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void gemm_sum(global const uint *control, global const float *partial, const ulong partialOffset,
              global const float *bias, const ulong biasOffset, global float *y, const ulong yOffset, const ulong items,
              const int batched, const int columns, const int splits, const struct Activation f, const int hasBias) {
    const size_t size = items * (batched ? control[CONTROL_BATCH] : 1);
    const size_t begin = (size_t)get_global_id(0) * 1024, end = min(size, begin + 1024);
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
