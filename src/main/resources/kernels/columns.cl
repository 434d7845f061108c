// Sums over the rows of arrays (rows, columns), put before the kernels that need them. The rows are cut into parts.
// Vectors: a work-item sums VECTOR_WIDTH columns of a part alone, local size (1, 1). Tiles: a group of 8 vectors of
// columns x 32 rows does, every row lane taking each 32nd row; the lanes are joined through local memory. What comes of
// the parts is joined by the same groups.

#ifdef STYLE_VECTORS
#define COLUMN_LANES 1
#define ROW_LANES 1
#else
#define COLUMN_LANES 8
#define ROW_LANES 32
#endif
#define GROUP __attribute__((reqd_work_group_size(COLUMN_LANES, ROW_LANES, 1)))
#define LANES (COLUMN_LANES * ROW_LANES)

// The sum over the row lanes of a group. The trailing barrier lets lanes be used again.
Vector sum_of_lanes(const Vector v, local Vector *lanes) {
#if ROW_LANES == 1
    return v;
#else
    const int column = get_local_id(0);
    lanes[get_local_id(1) * COLUMN_LANES + column] = v;
    barrier(CLK_LOCAL_MEM_FENCE);
    Vector sum = 0.0f;
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

// Whether a work-item writes what its group found.
bool writes(const struct Part p) {
    return p.count > 0 && get_local_id(1) == 0;
}

// The sum of a work-item's rows of a part. With tiles four loads are on their way at a time.
Vector sum_of_rows(global const float *x, const struct Part p, const int columns) {
    Vector sum = 0.0f;
    if (p.count > 0) {
        ulong r = p.first + get_local_id(1);
#if ROW_LANES > 1
        for (; r + 3 * ROW_LANES < p.end; r += 4 * ROW_LANES) {
            global const float *row = x + r * columns + p.column;
            const size_t step = (size_t)ROW_LANES * columns;
            const Vector a = load_first(row, p.count), b = load_first(row + step, p.count);
            const Vector c = load_first(row + 2 * step, p.count), d = load_first(row + 3 * step, p.count);
            sum += (a + b) + (c + d);
        }
#endif
        for (; r < p.end; r += ROW_LANES) {
            sum += load_first(x + r * columns + p.column, p.count);
        }
    }
    return sum;
}
