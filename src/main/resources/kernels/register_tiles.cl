// What products and convolutions on CPU devices are made of: register tiles of TILE_ROWS rows by COLUMNS columns, whose sums
// stay in registers while copied left rows are multiplied by panels of right columns (Goto and van de Geijn 2008). Put
// before the kernels that need it.

// Between two passes every result is read and written once more; the left rows of a pass should fit into the first cache,
// its PANELS panels into the second.
#define PASS 512

// Rows of a power of two would all meet in the same lines of a cache.
#define LEFT_PITCH (PASS + 16)

// Rows of a right matrix that are asked for before they are brought together: they lie too far apart for a processor to
// guess.
#define ROWS_AHEAD 3

// panel[i, j] = b[i * columns + j] for i < length, j < COLUMNS.
void gather_panel(float *panel, const global float *b, const int columns, const int length) {
    for (int i = 0; i < length; i++) {
        const global float *const from = b + (size_t)i * columns;
        STORE_PRIVATE(LOAD(from), panel + i * COLUMNS);
        STORE_PRIVATE(LOAD(from + VECTOR_WIDTH), panel + i * COLUMNS + VECTOR_WIDTH);
        PREFETCH(from + ROWS_AHEAD * (size_t)columns);
        PREFETCH(from + ROWS_AHEAD * (size_t)columns + VECTOR_WIDTH);
    }
}

// (low, high)[r] += left[r * rowStep] * (b0, b1).
INLINED void add_row(Vector low[TILE_ROWS], Vector high[TILE_ROWS], const float *left, const int rowStep,
                     const Vector b0, const Vector b1) {
#pragma unroll
    for (int r = 0; r < TILE_ROWS; r++) {
        const Vector value = (Vector)left[r * rowStep];
        low[r] = fma(value, b0, low[r]);
        high[r] = fma(value, b1, high[r]);
    }
}

// (low, high)[r] += sum over i of left[r * rowStep + i * step] * panel[i] for i < length.
INLINED void add_products(Vector low[TILE_ROWS], Vector high[TILE_ROWS], const float *left, const int rowStep,
                          const int step, const float *panel, const int length) {
    for (int i = 0; i < length; i++) {
        add_row(low, high, left + i * step, rowStep, LOAD(panel + i * COLUMNS),
                LOAD(panel + i * COLUMNS + VECTOR_WIDTH));
    }
}

// Whether the sums of a tile's first rows and of so many of their columns are finite.
INLINED bool finite_sums(const Vector low[TILE_ROWS], const Vector high[TILE_ROWS], const int rows, const int count) {
    Vector lowest = 0.0f, highest = 0.0f;
#pragma unroll
    for (int r = 0; r < TILE_ROWS; r++) {
        if (r < rows) {
            lowest += low[r] - low[r];
            highest += high[r] - high[r];
        }
    }
    float nothing[COLUMNS];
    STORE_PRIVATE(lowest, nothing);
    STORE_PRIVATE(highest, nothing + VECTOR_WIDTH);
    bool finite = true;
    for (int i = 0; i < min(count, COLUMNS); i++) {
        finite = finite && nothing[i] == 0.0f;
    }
    return finite;
}
