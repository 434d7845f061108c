// Matrix products for CPU devices, C = f(op(A) * op(B) + bias): register tiles over panels (Goto and van de Geijn
// 2008) of explicit vectors, no local memory.
//
// op(A) is rows x inner, op(B) inner x columns, C rows x columns, bias columns; all row-major, op = as stored or
// transposed. rows or inner may be counted per item of the batch. Sums run over ascending inner index: the same bits
// every time. Build options: STYLE_VECTORS, VECTOR_WIDTH, TILE_ROWS (6 for 16 vector registers, 12 for 32), PANELS: the
// most panels of an item.

// The same as ROWS_AHEAD while others are multiplied.
#define ROWS_AHEAD_OF_PRODUCTS 12

// panel[p, i, j] = b[(p * COLUMNS + j) * inner + i] for p < panels, i < length, j < COLUMNS, of which count rows of b are
// left. (PANELS, PASS, COLUMNS).
void gather_transposed(float *panel, const global float *b, const int panels, const int count, const ulong inner,
                       const int length) {
    for (int j = 0; j < panels * COLUMNS; j += 4) {
        const global float *const row0 = b + min(j, count - 1) * inner;
        const global float *const row1 = b + min(j + 1, count - 1) * inner;
        const global float *const row2 = b + min(j + 2, count - 1) * inner;
        const global float *const row3 = b + min(j + 3, count - 1) * inner;
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
}

// left = the rows of op(A), of a transposed A, from its column row and its row k on: (length, TILE_ROWS), where anything
// stands behind the last row. Vectors are written from the first one on, so that what one writes too much, the next one
// writes over.
void copy_transposed(float *left, const global float *a, const ulong rows, const ulong row, const ulong k,
                     const int length) {
    for (int i = 0; i < length; i++) {
        for (int r = 0; r < TILE_ROWS; r += VECTOR_WIDTH) {
            STORE_PRIVATE(LOAD(a + (k + i) * rows + row + r), left + i * TILE_ROWS + r);
        }
    }
}

// left[r * LEFT_PITCH + i ...] = a vector of row r from from[r] + i on; asks for the rows that lie below.
INLINED void copy_vectors(float *left, const global float *const from[TILE_ROWS], const size_t below, const int i) {
#pragma unroll
    for (int r = 0; r < TILE_ROWS; r++) {
        STORE_PRIVATE(LOAD(from[r] + i), left + r * LEFT_PITCH + i);
        if (i % FLOATS_OF_A_LINE == 0) {
            PREFETCH(from[r] + below + i);
        }
    }
}

// The same while the panel is gathered as by gather_panel.
INLINED void gather_and_add_products(Vector low[TILE_ROWS], Vector high[TILE_ROWS], const float *left,
                                     const int rowStep, const int step, const global float *b, const int columns,
                                     float *panel, const int length) {
    for (int i = 0; i < length; i++) {
        const global float *const from = b + (size_t)i * columns;
        const Vector b0 = LOAD(from), b1 = LOAD(from + VECTOR_WIDTH);
        PREFETCH(from + ROWS_AHEAD_OF_PRODUCTS * (size_t)columns);
        PREFETCH(from + ROWS_AHEAD_OF_PRODUCTS * (size_t)columns + VECTOR_WIDTH);
        STORE_PRIVATE(b0, panel + i * COLUMNS);
        STORE_PRIVATE(b1, panel + i * COLUMNS + VECTOR_WIDTH);
        add_row(low, high, left + i * step, rowStep, b0, b1);
    }
}

// The same as add_products while left becomes a[row + r, i], the last row again where rows end, a at the first column of
// the pass: every vector of the rows is copied while the one before it is multiplied.
INLINED void copy_and_add_products(Vector low[TILE_ROWS], Vector high[TILE_ROWS], float *left, const global float *a,
                                   const ulong rows, const ulong inner, const ulong row, const float *panel,
                                   const int length) {
    const global float *from[TILE_ROWS];
#pragma unroll
    for (int r = 0; r < TILE_ROWS; r++) {
        from[r] = a + min(row + r, rows - 1) * inner;
    }
    copy_vectors(left, from, TILE_ROWS * inner, 0);
    for (int i = 0; i < length; i += VECTOR_WIDTH) {
        if (i + VECTOR_WIDTH < length) {
            copy_vectors(left, from, TILE_ROWS * inner, i + VECTOR_WIDTH);
        }
        add_products(low, high, left + i, LEFT_PITCH, 1, panel + i * COLUMNS, min(length - i, VECTOR_WIDTH));
    }
}

// Asks for a tile's results of one panel.
INLINED void fetch_results(global const float *out, const ulong row, const ulong rows, const int column,
                           const int columns) {
#pragma unroll
    for (int r = 0; r < TILE_ROWS; r++) {
        const global float *const results = out + min(row + r, rows - 1) * columns + column;
        PREFETCH_TO_WRITE(results);
        PREFETCH_TO_WRITE(results + VECTOR_WIDTH);
    }
}

// C = f(op(A) * op(B) + bias). An item computes tilesPerItem tiles of TILE_ROWS rows by panelsPerItem <= PANELS panels of
// COLUMNS columns, in passes over PASS rows of op(B). In a pass it goes from tile to tile, whose rows of op(A) it multiplies
// by one panel after the other: rows and panels (64 KiB each or less) are copied, for their cache's sake, when they are
// multiplied for the first time. With splits > 1, c is partial (splits, rows, columns): item s sums part s of inner only,
// for gemm_sum; no bias and a linear f are given then. Global size (ceil(columns / (COLUMNS * panelsPerItem)),
// ceil(rows / (TILE_ROWS * tilesPerItem)), splits), local size 1.
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
    global float *const out = c + cOffset + split * rows * g.columns;
    const struct Activation none = {LINEAR, 0.0f, 0.0f, 0.0f};
    float panel[PANELS * PASS * COLUMNS] __attribute__((aligned(64)));
    float left[TILE_ROWS * LEFT_PITCH] __attribute__((aligned(64)));
    ulong k = begin;
    do {
        const ulong passEnd = min(end, k + PASS);
        const int length = passEnd - k;
        const struct Activation last = passEnd == end ? f : none;
        const global float *const bPass = b + bOffset
                + (g.transposeB ? (size_t)firstColumn * g.inner + k : (size_t)k * g.columns + firstColumn);
        if (g.transposeB) {
            gather_transposed(panel, bPass, panels, g.columns - firstColumn, g.inner, length);
        } else {
            gather_panel(panel, bPass, g.columns, length);
        }
        for (ulong row = firstRow; row < endRow; row += TILE_ROWS) {
            if (g.transposeA) {
                copy_transposed(left, a + aOffset, rows, row, k, length);
            }
            for (int p = 0; p < panels; p++) {
                const int column = firstColumn + p * COLUMNS, count = g.columns - column;
                const bool gathers = !g.transposeB && row == firstRow && p > 0;
                float *const right = panel + p * PASS * COLUMNS;
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
                if (p + 1 < panels) {
                    fetch_results(out, row, rows, column + COLUMNS, g.columns);
                } else {
                    fetch_results(out, row + TILE_ROWS, rows, firstColumn, g.columns);
                }
                if (g.transposeA && gathers) {
                    gather_and_add_products(low, high, left, 1, TILE_ROWS, bPass + p * COLUMNS, g.columns, right,
                                            length);
                } else if (g.transposeA) {
                    add_products(low, high, left, 1, TILE_ROWS, right, length);
                } else if (gathers) {
                    gather_and_add_products(low, high, left, LEFT_PITCH, 1, bPass + p * COLUMNS, g.columns, right,
                                            length);
                } else if (p == 0) {
                    copy_and_add_products(low, high, left, a + aOffset + k, rows, inner, row, right, length);
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
