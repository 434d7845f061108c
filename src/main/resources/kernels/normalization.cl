// Batch normalization: y = gamma * (x - mean) * inverse + beta, inverse = 1 / sqrt(variance + epsilon), and its
// gradients. Ioffe and Szegedy 2015, algorithm 1. x, y, dx, dy are (rows, channels), rows = batch * height * width;
// all else is (channels). Means and deviations of parts of the rows, each summed as columns.cl says, are joined in order
// (Chan, Golub and LeVeque 1979). Build options: the style's.

// partial[s,0,c] = mean of part s, partial[s,1,c] = sum of (x - that mean)^2. Range (columns, splits).
kernel GROUP void moments(
        global const uint *control, global const float *restrict x, const ulong xo, global float *restrict partial,
        const ulong po, const ulong rows, const int columns, const int splits) {
    local float lanes[LANES];
    const struct Part p = part_of(count_now(rows, 1, control), columns, splits);
    Vector sum = 0.0f, squares = 0.0f;
    if (p.count > 0) {
        for (ulong r = p.first + get_local_id(1); r < p.end; r += ROW_LANES) {
            sum += load_first(x + xo + r * columns + p.column, p.count);
        }
    }
    const Vector mean = sum_of_lanes(sum, lanes) / (float)max(p.end - p.first, (ulong)1);
    if (p.count > 0) {
        for (ulong r = p.first + get_local_id(1); r < p.end; r += ROW_LANES) {
            const Vector d = load_first(x + xo + r * columns + p.column, p.count) - mean;
            squares += d * d;
        }
    }
    squares = sum_of_lanes(squares, lanes);
    if (p.count > 0 && get_local_id(1) == 0) {
        global float *target = partial + po + get_group_id(1) * 2 * (ulong)columns + p.column;
        store_first(mean, target, p.count);
        store_first(squares, target + columns, p.count);
    }
}

// Joins the parts; moving averages follow: moving = momentum * moving + (1 - momentum) * batch. Range: columns /
// perItem.
kernel void join_moments(
        global const uint *control, global const float *restrict partial, const ulong po, global float *restrict mean,
        const ulong mo, global float *restrict inverse, const ulong io, global float *restrict movingMean,
        const ulong mmo, global float *restrict movingVariance, const ulong mvo, const ulong rows, const int columns,
        const int splits, const float momentum, const float epsilon, const int perItem) {
    const ulong total = count_now(rows, 1, control), length = (total + splits - 1) / splits;
    for (ulong c = first_unit(perItem); c < end_unit(perItem, columns); c++) {
        float center = 0.0f, squares = 0.0f;
        for (int s = 0; s < splits && s * length < total; s++) {
            const ulong before = s * length;
            const float count = (float)(min(before + length, total) - before), share = count / (before + count);
            const float d = partial[po + 2 * (ulong)s * columns + c] - center;
            squares += partial[po + (2 * (ulong)s + 1) * columns + c] + d * d * (before * share);
            center += d * share;
        }
        const float variance = squares / total;
        mean[mo + c] = center;
        inverse[io + c] = 1.0f / sqrt(variance + epsilon);
        movingMean[mmo + c] = momentum * movingMean[mmo + c] + (1.0f - momentum) * center;
        movingVariance[mvo + c] = momentum * movingVariance[mvo + c] + (1.0f - momentum) * variance;
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
    local float lanes[LANES];
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
    if (p.count > 0 && get_local_id(1) == 0) {
        global float *target = partial + po + get_group_id(1) * 2 * (ulong)columns + p.column;
        store_first(sum, target, p.count);
        store_first(normals, target + columns, p.count);
    }
}

// dbeta and dgamma: the sums of the parts, in order. Range: columns / perItem.
kernel void join_sums(
        global const float *restrict partial, const ulong po, global float *restrict dbeta, const ulong bo,
        global float *restrict dgamma, const ulong go, const int columns, const int splits, const int perItem) {
    for (ulong c = first_unit(perItem); c < end_unit(perItem, columns); c++) {
        float sum = 0.0f, normals = 0.0f;
        for (int s = 0; s < splits; s++) {
            sum += partial[po + 2 * (ulong)s * columns + c];
            normals += partial[po + (2 * (ulong)s + 1) * columns + c];
        }
        dbeta[bo + c] = sum;
        dgamma[go + c] = normals;
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
