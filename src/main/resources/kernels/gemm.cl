#ifdef STYLE_VECTORS
#define COLUMNS (2 * VECTOR_WIDTH)

struct Gemm {
    int rows, columns, inner;
    int batched; // 0: nothing, 1: rows, 2: inner is multiplied by the batch size
    int splits;
    int depth;   // rows of B in one pass
};

int gemm_rows(const struct Gemm g, global const uint *control) {
    return g.batched == 1 ? g.rows * (int)control[CONTROL_BATCH] : g.rows;
}

int gemm_inner(const struct Gemm g, global const uint *control) {
    return g.batched == 2 ? g.inner * (int)control[CONTROL_BATCH] : g.inner;
}

kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void fma_peak(global float *x) {
    Vector a[10];
#pragma unroll
    for (int i = 0; i < 10; i++) a[i] = (Vector)(x[i]);
    Vector m = (Vector)(x[11]), c = (Vector)(x[12]);
    for (int k = 0; k < 1000000; k++) {
#pragma unroll
        for (int i = 0; i < 10; i++) a[i] = fma(a[i], m, c);
    }
    Vector s = 0;
#pragma unroll
    for (int i = 0; i < 10; i++) s += a[i];
    STORE(s, x + 16 + 16 * get_global_id(0));
}
#endif
