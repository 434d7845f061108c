// C = f(op(A) * op(B) + bias), row-major, by the tiled product of tiles.cl: op(A) is A with LEFT_ALONG_K, else A
// transposed; op(B) is B transposed with RIGHT_ALONG_K, else B. With splits > 1, c is partial (splits, rows, columns):
// groups with number s sum part s of inner only, no bias, no activation, for tile_sum. Several products of the same sizes
// may follow each other in a, b and c: those of a convolution by Winograd's method. Global size (ceil(columns /
// TILE_COLUMNS) * THREADS, ceil(rows / TILE_ROWS), products * splits), local (THREADS, 1, 1).

struct Loader {
    const global float *a[LEFT_LOADS], *b[RIGHT_LOADS]; // where a load reads of the slab
    size_t aSlab, bSlab; // elements from one slab to the next
    long inner;          // how many of k there are from the slab on
    int rows, columns;   // how many rows and columns the tile has
};

// How many of four floats at k and a place on the side exist.
int existing(const int k, const long inner, const int place, const int places, const int alongK) {
    return alongK ? (place < places ? (int)clamp(inner - k, 0L, 4L) : 0) : (k < inner ? places - place : 0);
}

OUTLINED float4 load_left(const struct Loader *l, const int i) {
    return load_quad(l->a[i], existing(left_k(), l->inner, left_side(i), l->rows, LEFT_ALONG_K), LEFT_WIDTH);
}

OUTLINED float4 load_right(const struct Loader *l, const int i) {
    return load_quad(l->b[i], existing(right_k(), l->inner, right_side(i), l->columns, RIGHT_ALONG_K), RIGHT_WIDTH);
}

OUTLINED void advance(struct Loader *l) {
    l->inner -= DEPTH;
UNROLLED
    for (int i = 0; i < LEFT_LOADS; i++) {
        l->a[i] += l->aSlab;
    }
UNROLLED
    for (int i = 0; i < RIGHT_LOADS; i++) {
        l->b[i] += l->bSlab;
    }
}

kernel __attribute__((reqd_work_group_size(THREADS, 1, 1)))
void tile_product(global const uint *control, global const float *a, const ulong aOffset, global const float *b,
                  const ulong bOffset, global const float *bias, const ulong biasOffset, global float *c,
                  const ulong cOffset, const struct Gemm g, const struct Activation f, const int hasBias,
                  const int splits) {
    local float left[2 * LEFT_SLAB] __attribute__((aligned(16)));
    local float right[2 * RIGHT_SLAB] __attribute__((aligned(16)));
    const ulong rows = rows_now(g, control), inner = inner_now(g, control);
    const ulong firstRow = (ulong)get_group_id(1) * TILE_ROWS;
    const ulong product = get_group_id(2) / splits, split = get_group_id(2) % splits;
    const int firstColumn = get_group_id(0) * TILE_COLUMNS;
    // Parts are whole slabs of every tile, so that no quad straddles two of them and no tile changes a sum.
    const ulong part = ((inner + 15) / 16 + splits - 1) / splits * 16;
    const ulong begin = min(inner, split * part), end = min(inner, begin + part);
    const global float *const firstA = a + aOffset + product * rows * inner;
    const global float *const firstB = b + bOffset + product * inner * g.columns;
    struct Loader l;
    // Elements from one k, and from one place on the side, to the next.
    const size_t aAlong = LEFT_ALONG_K ? 1 : rows, aAcross = LEFT_ALONG_K ? inner : 1;
    const size_t bAlong = RIGHT_ALONG_K ? 1 : g.columns, bAcross = RIGHT_ALONG_K ? inner : 1;
UNROLLED
    for (int i = 0; i < LEFT_LOADS; i++) {
        l.a[i] = firstA + (begin + left_k()) * aAlong + (firstRow + left_side(i)) * aAcross;
    }
UNROLLED
    for (int i = 0; i < RIGHT_LOADS; i++) {
        l.b[i] = firstB + (begin + right_k()) * bAlong + (firstColumn + right_side(i)) * bAcross;
    }
    l.aSlab = DEPTH * aAlong;
    l.bSlab = DEPTH * bAlong;
    l.inner = (long)(end - begin);
    l.rows = (int)min(rows - firstRow, (ulong)TILE_ROWS);
    l.columns = min(g.columns - firstColumn, TILE_COLUMNS);
    float sum[ITEM_ROWS][ITEM_COLUMNS] = {{0.0f}};
    multiply(sum, &l, (end - begin + DEPTH - 1) / DEPTH, left, right);
    global float *const tile = c + cOffset + ((product * splits + split) * rows + firstRow) * g.columns + firstColumn;
UNROLLED
    for (int i = 0; i < ITEM_ROWS; i++) {
        if (tile_row(i) < l.rows) {
            store_row(tile + (size_t)tile_row(i) * g.columns, sum[i], bias + biasOffset + firstColumn, hasBias, f,
                      l.columns);
        }
    }
    for (int i = 0; f.kind > RELU && i < ITEM_ROWS; i++) {
        if (tile_row(i) < l.rows) {
            activate_row(tile + (size_t)tile_row(i) * g.columns, f, l.columns);
        }
    }
}
