// Batch normalization: y = gamma * (x - mean) * inverse + beta, inverse = 1 / sqrt(variance + epsilon), and its
// gradients. Ioffe and Szegedy 2015, algorithm 1. x, y, dx, dy are (rows, channels), rows = batch * height * width;
// all else is (channels). Means and deviations of parts of the rows, each summed as columns.cl says, are joined in order
// (Chan, Golub and LeVeque 1979). Build options: the style's and, with tiles, VECTOR_WIDTH (see common.cl).

struct Moments {
    float count; // of rows
    Vector mean, squares; // squares: the sum of (x - mean)^2
};

// The moments of the rows of both.
struct Moments joined(const struct Moments a, const struct Moments b) {
    struct Moments m;
    m.count = a.count + b.count;
    const float share = b.count / m.count;
    const Vector d = b.mean - a.mean;
    m.squares = a.squares + (b.squares + d * d * (a.count * share));
    m.mean = a.mean + d * share;
    return m;
}

// The moments of a work-item's rows of a part. Vectors: the rows are read twice, the second time from a cache.
// Tiles: they are read once, four at a time.
struct Moments moments_of_rows(global const float *x, const struct Part p, const int columns) {
    struct Moments m = {0.0f, (Vector)0.0f, (Vector)0.0f};
    if (p.count <= 0) {
        return m;
    }
#if ROW_LANES == 1
    Vector sum = 0.0f;
    for (ulong r = p.first; r < p.end; r++) {
        sum += load_first(x + r * columns + p.column, p.count);
    }
    m.count = (float)(p.end - p.first);
    m.mean = sum / (float)max(p.end - p.first, (ulong)1);
    for (ulong r = p.first; r < p.end; r++) {
        const Vector d = load_first(x + r * columns + p.column, p.count) - m.mean;
        m.squares += d * d;
    }
#else
    const size_t step = (size_t)ROW_LANES * columns;
    ulong r = p.first + get_local_id(1);
    for (; r + 3 * ROW_LANES < p.end; r += 4 * ROW_LANES) {
        global const float *row = x + r * columns + p.column;
        const Vector v0 = load_first(row, p.count), v1 = load_first(row + step, p.count);
        const Vector v2 = load_first(row + 2 * step, p.count), v3 = load_first(row + 3 * step, p.count);
        struct Moments four = {4.0f, 0.25f * ((v0 + v1) + (v2 + v3)), (Vector)0.0f};
        const Vector d0 = v0 - four.mean, d1 = v1 - four.mean, d2 = v2 - four.mean, d3 = v3 - four.mean;
        four.squares = (d0 * d0 + d1 * d1) + (d2 * d2 + d3 * d3);
        m = joined(m, four);
    }
    for (; r < p.end; r += ROW_LANES) {
        const struct Moments one = {1.0f, load_first(x + r * columns + p.column, p.count), (Vector)0.0f};
        m = joined(m, one);
    }
#endif
    return m;
}

// Joins the row lanes of a group for its first row: halves of them, then quarters, and so on.
struct Moments moments_of_lanes(struct Moments m, local struct Moments *lanes) {
#if ROW_LANES > 1
    const int row = get_local_id(1), lane = row * COLUMN_LANES + get_local_id(0);
    lanes[lane] = m;
    for (int rows = ROW_LANES / 2; rows > 0; rows /= 2) {
        barrier(CLK_LOCAL_MEM_FENCE);
        if (row < rows && lanes[lane + rows * COLUMN_LANES].count > 0.0f) {
            m = joined(m, lanes[lane + rows * COLUMN_LANES]);
            lanes[lane] = m;
        }
    }
#endif
    return m;
}

// partial[s,0,c] = mean of part s, partial[s,1,c] = sum of (x - that mean)^2. Range (columns, splits).
kernel GROUP void moments(
        global const uint *control, global const float *restrict x, const ulong xo, global float *restrict partial,
        const ulong po, const ulong rows, const int columns, const int splits) {
    local struct Moments lanes[LANES];
    const struct Part p = part_of(count_now(rows, 1, control), columns, splits);
    const struct Moments m = moments_of_lanes(moments_of_rows(x + xo, p, columns), lanes);
    if (writes(p)) {
        global float *target = partial + po + get_group_id(1) * 2 * (ulong)columns + p.column;
        store_first(m.mean, target, p.count);
        store_first(m.squares, target + columns, p.count);
    }
}

// Joins the parts; moving averages follow: moving = momentum * moving + (1 - momentum) * batch. Range (columns, 1).
kernel GROUP void join_moments(
        global const uint *control, global const float *restrict partial, const ulong po, global float *restrict mean,
        const ulong mo, global float *restrict inverse, const ulong io, global float *restrict movingMean,
        const ulong mmo, global float *restrict movingVariance, const ulong mvo, const ulong rows, const int columns,
        const int splits, const float momentum, const float epsilon) {
    local struct Moments lanes[LANES];
    const ulong total = count_now(rows, 1, control), length = (total + splits - 1) / splits;
    const struct Part p = part_of(splits, columns, 1);
    struct Moments all = {0.0f, (Vector)0.0f, (Vector)0.0f};
    if (p.count > 0) {
        for (ulong s = get_local_id(1); s < splits && s * length < total; s += ROW_LANES) {
            global const float *part = partial + po + 2 * s * columns + p.column;
            const float count = (float)(min((s + 1) * length, total) - s * length);
            const struct Moments m = {count, load_first(part, p.count), load_first(part + columns, p.count)};
            all = joined(all, m);
        }
    }
    all = moments_of_lanes(all, lanes);
    if (writes(p)) {
        const int c = p.column;
        const Vector variance = all.squares / (float)total;
        const Vector oldMean = load_first(movingMean + mmo + c, p.count);
        const Vector oldVariance = load_first(movingVariance + mvo + c, p.count);
        store_first(all.mean, mean + mo + c, p.count);
        store_first(1.0f / sqrt(variance + epsilon), inverse + io + c, p.count);
        store_first(momentum * oldMean + (1.0f - momentum) * all.mean, movingMean + mmo + c, p.count);
        store_first(momentum * oldVariance + (1.0f - momentum) * variance, movingVariance + mvo + c, p.count);
    }
}

// inverse is the array itself, or comes from a variance (moving averages).
Vector inverse_of(const Vector v, const int isVariance, const float epsilon) {
    return isVariance ? 1.0f / sqrt(v + epsilon) : v;
}

// y = gamma * (x - mean) * inverse + beta. Range: vectors / perItem.
kernel void normalize_all(
        global const uint *control, global const float *restrict x, const ulong xo, global const float *restrict gamma,
        const ulong go, global const float *restrict beta, const ulong bo, global const float *restrict mean,
        const ulong mo, global const float *restrict inverse, const ulong io, global float *restrict y, const ulong yo,
        const ulong rows, const int columns, const int isVariance, const float epsilon, const int perItem) {
    const uint vectors = vectors_of(columns);
    const ulong end = end_unit(perItem, count_now(rows, 1, control) * vectors);
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        const ulong row = quotient(unit, vectors);
        const int c = (int)(unit - row * vectors) * VECTOR_WIDTH, count = columns - c;
        const ulong i = row * columns + c;
        const Vector scale = inverse_of(load_first(inverse + io + c, count), isVariance, epsilon);
        const Vector normal = (load_first(x + xo + i, count) - load_first(mean + mo + c, count)) * scale;
        store_first(
                load_first(gamma + go + c, count) * normal + load_first(beta + bo + c, count), y + yo + i, count);
    }
}

// partial[s,0,c] = sum of dy over part s, partial[s,1,c] = sum of dy * (x - mean) * inverse. Range (columns, splits).
kernel GROUP void gradient_sums(
        global const uint *control, global const float *restrict x, const ulong xo, global const float *restrict dy,
        const ulong dyo, global const float *restrict mean, const ulong mo, global const float *restrict inverse,
        const ulong io, global float *restrict partial, const ulong po, const ulong rows, const int columns,
        const int splits, const int isVariance, const float epsilon) {
    local Vector lanes[LANES];
    const struct Part p = part_of(count_now(rows, 1, control), columns, splits);
    Vector sum = 0.0f, normals = 0.0f;
    if (p.count > 0) {
        const Vector center = load_first(mean + mo + p.column, p.count);
        const Vector scale = inverse_of(load_first(inverse + io + p.column, p.count), isVariance, epsilon);
        for (ulong r = p.first + get_local_id(1); r < p.end; r += ROW_LANES) {
            const Vector d = load_first(dy + dyo + r * columns + p.column, p.count);
            sum += d;
            normals += d * ((load_first(x + xo + r * columns + p.column, p.count) - center) * scale);
        }
    }
    sum = sum_of_lanes(sum, lanes);
    normals = sum_of_lanes(normals, lanes);
    if (writes(p)) {
        global float *target = partial + po + get_group_id(1) * 2 * (ulong)columns + p.column;
        store_first(sum, target, p.count);
        store_first(normals, target + columns, p.count);
    }
}

// dbeta and dgamma: the sums of the parts. Range (columns, 1).
kernel GROUP void join_sums(
        global const float *restrict partial, const ulong po, global float *restrict dbeta, const ulong bo,
        global float *restrict dgamma, const ulong go, const int columns, const int splits) {
    local Vector lanes[LANES];
    const struct Part p = part_of(splits, columns, 1);
    const Vector sum = sum_of_lanes(sum_of_rows(partial + po, p, 2 * columns), lanes);
    const Vector normals = sum_of_lanes(sum_of_rows(partial + po + columns, p, 2 * columns), lanes);
    if (writes(p)) {
        store_first(sum, dbeta + bo + p.column, p.count);
        store_first(normals, dgamma + go + p.column, p.count);
    }
}

// dx = gamma * inverse * (dy - (dbeta + normal * dgamma) / rows), normal = (x - mean) * inverse; with moving
// averages, which are constants, dx = gamma * inverse * dy. Range: vectors / perItem.
kernel void input_gradient(
        global const uint *control, global const float *restrict x, const ulong xo, global const float *restrict dy,
        const ulong dyo, global const float *restrict gamma, const ulong go, global const float *restrict mean,
        const ulong mo, global const float *restrict inverse, const ulong io, global const float *restrict dbeta,
        const ulong dbo, global const float *restrict dgamma, const ulong dgo, global float *restrict dx,
        const ulong dxo, const ulong rows, const int columns, const int isVariance, const float epsilon,
        const int perItem) {
    const uint vectors = vectors_of(columns);
    const ulong total = count_now(rows, 1, control), end = end_unit(perItem, total * vectors);
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        const ulong row = quotient(unit, vectors);
        const int c = (int)(unit - row * vectors) * VECTOR_WIDTH, count = columns - c;
        const ulong i = row * columns + c;
        const Vector scale = inverse_of(load_first(inverse + io + c, count), isVariance, epsilon);
        Vector d = load_first(dy + dyo + i, count);
        if (!isVariance) {
            const Vector normal = (load_first(x + xo + i, count) - load_first(mean + mo + c, count)) * scale;
            const Vector along = load_first(dbeta + dbo + c, count) + normal * load_first(dgamma + dgo + c, count);
            d -= along / (float)total;
        }
        store_first(load_first(gamma + go + c, count) * scale * d, dx + dxo + i, count);
    }
}
