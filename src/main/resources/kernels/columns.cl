// Sums over the rows of arrays (rows, columns), put before the kernels that need them. The rows are cut into parts.
// Vectors: a work-item sums VECTOR_WIDTH columns of a part alone, local size (1, 1). Tiles: a group of 16 columns x 4
// rows does, every row lane taking each fourth row; the lanes are added in order through local memory.

#ifdef STYLE_VECTORS
#define COLUMN_LANES 1
#define ROW_LANES 1
#else
#define COLUMN_LANES 16
#define ROW_LANES 4
#endif
#define GROUP __attribute__((reqd_work_group_size(COLUMN_LANES, ROW_LANES, 1)))
#define LANES (COLUMN_LANES * ROW_LANES)

// The sum over the row lanes of a group. The trailing barrier lets lanes be used again.
Vector sum_of_lanes(const Vector v, local float *lanes) {
#if ROW_LANES == 1
    return v;
#else
    const int column = get_local_id(0);
    lanes[get_local_id(1) * COLUMN_LANES + column] = v;
    barrier(CLK_LOCAL_MEM_FENCE);
    float sum = 0.0f;
    for (int r = 0; r < ROW_LANES; r++) {
        sum += lanes[r * COLUMN_LANES + column];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    return sum;
#endif
}

// The rows of a part, and where a work-item's first column is; count is how many columns it has, 0 beyond the last.
struct Part {
    ulong first, end;
    int column, count;
};

struct Part part_of(const ulong rows, const int columns, const int splits) {
    const ulong length = (rows + splits - 1) / splits;
    struct Part p;
    p.first = min(get_group_id(1) * length, rows);
    p.end = min(p.first + length, rows);
    p.column = get_global_id(0) * VECTOR_WIDTH;
    p.count = max(0, columns - p.column);
    return p;
}
