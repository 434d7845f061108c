// Matrix products for CPU devices, C = f(op(A) * op(B) + bias): register tiles over panels (Goto and van de Geijn
// 2008) of explicit vectors, no local memory.
//
// op(A) is rows x inner, op(B) inner x columns, C rows x columns, bias columns; all row-major, op = as stored or
// transposed. rows or inner may be counted per item of the batch. Sums run over ascending inner index: the same bits
// every time. Build options: STYLE_VECTORS, VECTOR_WIDTH, TILE_ROWS (6 for 16 vector registers, 12 for 32), PANELS: the
// most panels of an item.

// Between two passes every result is read and written once more; the left rows of a pass should fit into the first cache,
// its PANELS panels into the second.
#define PASS 512

// Rows of a power of two would all meet in the same lines of a cache.
#define LEFT_PITCH (PASS + 16)

// panel[p, i, j] = op(B)[k + i, column + p * COLUMNS + j] for p < panels, i < length, j < COLUMNS, where b is at the column;
// count columns are left. (PANELS, PASS, COLUMNS).
void gather_panels(float *panel, const global float *b, const struct Gemm g, const int panels, const int count,
                   const ulong k, const int length) {
    if (g.transposeB) {
        for (int j = 0; j < panels * COLUMNS; j += 4) {
            const global float *const row0 = b + (size_t)min(j, count - 1) * g.inner + k;
            const global float *const row1 = b + (size_t)min(j + 1, count - 1) * g.inner + k;
            const global float *const row2 = b + (size_t)min(j + 2, count - 1) * g.inner + k;
            const global float *const row3 = b + (size_t)min(j + 3, count - 1) * g.inner + k;
            float *const to = panel + j / COLUMNS * PASS * COLUMNS + j % COLUMNS;
            for (int i = 0; i < length; i += 4) {
                const float4 x = vload4(0, row0 + i), y = vload4(0, row1 + i);
                const float4 z = vload4(0, row2 + i), w = vload4(0, row3 + i);
                vstore4((float4)(x.s0, y.s0, z.s0, w.s0), 0, to + i * COLUMNS);
                vstore4((float4)(x.s1, y.s1, z.s1, w.s1), 0, to + (i + 1) * COLUMNS);
                vstore4((float4)(x.s2, y.s2, z.s2, w.s2), 0, to + (i + 2) * COLUMNS);
                vstore4((float4)(x.s3, y.s3, z.s3, w.s3), 0, to + (i + 3) * COLUMNS);
            }
        }
    } else {
        for (int i = 0; i < length; i++) {
            const global float *const from = b + (k + i) * g.columns;
            for (int p = 0; p < panels; p++) {
                float *const to = panel + (p * PASS + i) * COLUMNS;
                STORE_PRIVATE(LOAD(from + p * COLUMNS), to);
                STORE_PRIVATE(LOAD(from + p * COLUMNS + VECTOR_WIDTH), to + VECTOR_WIDTH);
            }
        }
    }
}

// left = op(A)[row + r, k + i] for r < TILE_ROWS, i < length, from the last row again where rows end; (r, i) with rows
// LEFT_PITCH apart, of a transposed A (i, r), where anything stands behind the last row. Vectors are written from the first
// one on, so that what one writes too much, the next one writes over.
void copy_left(float *left, const global float *a, const struct Gemm g, const ulong rows, const ulong inner,
               const ulong row, const ulong k, const int length) {
    if (g.transposeA) {
        for (int i = 0; i < length; i++) {
            for (int r = 0; r < TILE_ROWS; r += VECTOR_WIDTH) {
                STORE_PRIVATE(LOAD(a + (k + i) * rows + row + r), left + i * TILE_ROWS + r);
            }
        }
    } else {
        for (int r = 0; r < TILE_ROWS; r++) {
            const global float *const from = a + min(row + r, rows - 1) * inner + k;
            for (int i = 0; i < length; i += VECTOR_WIDTH) {
                STORE_PRIVATE(LOAD(from + i), left + r * LEFT_PITCH + i);
                if (i % FLOATS_OF_A_LINE == 0) {
                    PREFETCH(from + TILE_ROWS * inner + i);
                }
            }
        }
    }
}

// (low, high)[r] += sum over i of left[r * rowStep + i * step] * panel[i] for i < length.
INLINED void add_products(Vector low[TILE_ROWS], Vector high[TILE_ROWS], const float *left, const int rowStep,
                          const int step, const float *panel, const int length) {
    for (int i = 0; i < length; i++) {
        const Vector b0 = LOAD(panel + i * COLUMNS), b1 = LOAD(panel + i * COLUMNS + VECTOR_WIDTH);
#pragma unroll
        for (int r = 0; r < TILE_ROWS; r++) {
            const Vector value = (Vector)left[r * rowStep + i * step];
            low[r] = fma(value, b0, low[r]);
            high[r] = fma(value, b1, high[r]);
        }
    }
}

// C = f(op(A) * op(B) + bias). An item computes tilesPerItem tiles of TILE_ROWS rows by panelsPerItem <= PANELS panels of
// COLUMNS columns, in passes over PASS rows of op(B). In a pass it first brings its panels together, in 64 KiB each or less
// of its own, and then, tile by tile, the rows of op(A), which it multiplies by one panel after the other. With splits > 1,
// c is partial (splits, rows, columns): item s sums part s of inner only, for gemm_sum; no bias and a linear f are given
// then. Global size (ceil(columns / (COLUMNS * panelsPerItem)), ceil(rows / (TILE_ROWS * tilesPerItem)), splits), local size
// 1.
kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void gemm(global const uint *control, global const float *a, const ulong aOffset, global const float *b,
          const ulong bOffset, global const float *bias, const ulong biasOffset, global float *c, const ulong cOffset,
          const struct Gemm g, const struct Activation f, const int hasBias, const int splits,
          const int tilesPerItem, const int panelsPerItem) {
    const ulong rows = rows_now(g, control), inner = inner_now(g, control);
    const int firstColumn = get_global_id(0) * panelsPerItem * COLUMNS;
    const int panels = min(panelsPerItem, (g.columns - firstColumn + COLUMNS - 1) / COLUMNS);
    const ulong firstRow = (ulong)get_global_id(1) * tilesPerItem * TILE_ROWS;
    const ulong endRow = min(rows, firstRow + tilesPerItem * TILE_ROWS);
    const ulong split = get_global_id(2), part = (inner + splits - 1) / splits;
    const ulong begin = min(inner, split * part), end = min(inner, begin + part);
    const global float *const bColumns = b + bOffset + (g.transposeB ? (size_t)firstColumn * g.inner : firstColumn);
    global float *const out = c + cOffset + split * rows * g.columns;
    const struct Activation none = {LINEAR, 0.0f, 0.0f, 0.0f};
    float panel[PANELS * PASS * COLUMNS] __attribute__((aligned(64)));
    float left[TILE_ROWS * LEFT_PITCH] __attribute__((aligned(64)));
    ulong k = begin;
    do {
        const ulong passEnd = min(end, k + PASS);
        const int length = passEnd - k;
        const struct Activation last = passEnd == end ? f : none;
        gather_panels(panel, bColumns, g, panels, g.columns - firstColumn, k, length);
        for (ulong row = firstRow; row < endRow; row += TILE_ROWS) {
            copy_left(left, a + aOffset, g, rows, inner, row, k, length);
            for (int p = 0; p < panels; p++) {
                const int column = firstColumn + p * COLUMNS, count = g.columns - column;
                const float *const right = panel + p * PASS * COLUMNS;
                Vector low[TILE_ROWS], high[TILE_ROWS];
#pragma unroll
                for (int r = 0; r < TILE_ROWS; r++) {
                    if (k > begin) {
                        const global float *const sums = out + min(row + r, rows - 1) * g.columns + column;
                        low[r] = load_first(sums, count);
                        high[r] = load_first(sums + VECTOR_WIDTH, count - VECTOR_WIDTH);
                    } else {
                        low[r] = hasBias ? LOAD(bias + biasOffset + column) : (Vector)0.0f;
                        high[r] = hasBias ? LOAD(bias + biasOffset + column + VECTOR_WIDTH) : (Vector)0.0f;
                    }
                }
                if (g.transposeA) {
                    add_products(low, high, left, 1, TILE_ROWS, right, length);
                } else {
                    add_products(low, high, left, LEFT_PITCH, 1, right, length);
                }
#pragma unroll
                for (int r = 0; r < TILE_ROWS; r++) {
                    if (row + r < endRow) {
                        global float *const to = out + (row + r) * g.columns + column;
                        store_activated(low[r], to, count, last);
                        store_activated(high[r], to + VECTOR_WIDTH, count - VECTOR_WIDTH, last);
                    }
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
