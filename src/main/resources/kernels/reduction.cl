// Sums in a fixed order, without atomics: arrays are cut into parts, whose number depends on shapes and the largest
// batch only; every part is summed by one work-item or group, a second kernel adds the parts (Higham 1993,
// "The accuracy of floating point summation": sums of sums have small errors). Parts are summed by the groups of
// columns.cl. Build options: the style's and, with tiles, VECTOR_WIDTH (see common.cl).

// partial[s,c] = sum over the rows r of part s of x[r,c]; x (rows, columns). Range (columns, splits).
kernel GROUP void column_sums(
        global const uint *control, global const float *restrict x, const ulong xo, global float *restrict partial,
        const ulong po, const ulong rows, const int batched, const int columns, const int splits) {
    local Vector lanes[LANES];
    const struct Part p = part_of(count_now(rows, batched, control), columns, splits);
    const Vector sum = sum_of_lanes(sum_of_rows(x + xo, p, columns), lanes);
    if (writes(p)) {
        store_first(sum, partial + po + get_group_id(1) * (ulong)columns + p.column, p.count);
    }
}

// y[c] = sum over the parts s of partial[s,c]. Range (columns, 1).
kernel GROUP void sum_parts(
        global const float *restrict partial, const ulong po, global float *restrict y, const ulong yo,
        const int columns, const int splits) {
    local Vector lanes[LANES];
    const struct Part p = part_of(splits, columns, 1);
    const Vector sum = sum_of_lanes(sum_of_rows(partial + po, p, columns), lanes);
    if (writes(p)) {
        store_first(sum, y + yo + p.column, p.count);
    }
}

#if ROW_LANES > 1
// The sum over all lanes of a group, for those of its first row.
float sum_of_group(const float v, local Vector *lanes) {
    local float *numbers = (local float *)lanes;
    const int column = get_local_id(0);
    numbers[get_local_id(1) * COLUMN_LANES + column] = v;
    barrier(CLK_LOCAL_MEM_FENCE);
    float sum = 0.0f;
    if (get_local_id(1) == 0) {
        for (int r = 0; r < ROW_LANES; r++) {
            sum += numbers[r * COLUMN_LANES + column];
        }
        numbers[column] = sum;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    sum = 0.0f;
    for (int c = 0; c < COLUMN_LANES; c++) {
        sum += numbers[c];
    }
    return sum;
}
#endif

// y[i] = mean over the rows r of item i of x[i,r]. Range (items) x lanes.
kernel GROUP void item_means(
        global const float *restrict x, const ulong xo, global float *restrict y, const ulong yo, const int rows) {
#if ROW_LANES > 1
    local Vector lanes[LANES];
#endif
    const ulong item = get_group_id(0);
    const int lane = get_local_id(1) * COLUMN_LANES + get_local_id(0);
    float sum = 0.0f;
    for (int r = lane; r < rows; r += LANES) {
        sum += x[xo + item * rows + r];
    }
#if ROW_LANES > 1
    sum = sum_of_group(sum, lanes);
#endif
    if (lane == 0) {
        y[yo + item] = sum / rows;
    }
}

#ifdef STYLE_VECTORS
#define PENALTY_WIDTH VECTOR_WIDTH
typedef Vector Penalties;
#else
#define PENALTY_WIDTH 1
typedef float Penalties;
#endif

// partial[s] = sum over part s of x, of size elements, of l1 * |x| + l2 * x^2. An l1 of 0 leaves infinity to the squares.
// Range (1, splits) x lanes.
kernel GROUP void penalty_sums(
        global const float *restrict x, const ulong xo, global float *restrict partial, const ulong po,
        const ulong size, const int splits, const float l1, const float l2) {
#if ROW_LANES > 1
    local Vector lanes[LANES];
#endif
    const ulong length = (size + splits - 1) / splits, first = min(get_group_id(1) * length, size);
    const ulong end = min(first + length, size), whole = first + (end - first) / PENALTY_WIDTH * PENALTY_WIDTH;
    const int lane = get_local_id(1) * COLUMN_LANES + get_local_id(0);
    Penalties penalties = 0.0f;
    for (ulong i = first + lane * PENALTY_WIDTH; i < whole; i += LANES * PENALTY_WIDTH) {
#ifdef STYLE_VECTORS
        const Vector v = LOAD(x + xo + i);
#else
        const float v = x[xo + i];
#endif
        penalties += l2 * v * v;
        if (l1 > 0.0f) {
            penalties += l1 * fabs(v);
        }
    }
    float sum = 0.0f;
#if ROW_LANES > 1
    sum = sum_of_group(penalties, lanes);
#else
    for (ulong i = whole; i < end; i++) {
        const float v = x[xo + i];
        sum += l2 * v * v;
        if (l1 > 0.0f) {
            sum += l1 * fabs(v);
        }
    }
    float parts[VECTOR_WIDTH];
    STORE_PRIVATE(penalties, parts);
    for (int i = 0; i < VECTOR_WIDTH; i++) {
        sum += parts[i];
    }
#endif
    if (lane == 0) {
        partial[po + get_group_id(1)] = sum;
    }
}

// factor = limit / max(norm, limit), norm = sqrt(sum of partial); NaN when the norm is. Written after the parts.
// Range (1).
kernel void clip_factor(global float *restrict partial, const ulong po, const int splits, const float limit) {
    float sum = 0.0f;
    for (int s = 0; s < splits; s++) {
        sum += partial[po + s];
    }
    const float norm = sqrt(sum);
    partial[po + splits] = norm <= limit ? 1.0f : limit / norm;
}

// x *= factor, Pascanu et al. 2013. Range: elements / perItem.
kernel void clip_scale(
        global float *restrict x, const ulong xo, global const float *restrict partial, const ulong po,
        const int splits, const ulong size, const int perItem) {
    const float factor = partial[po + splits];
    const ulong end = end_unit(perItem, size);
    for (ulong i = first_unit(perItem); i < end; i += FLAT_WIDTH) {
        store_flat(load_flat(x + xo + i, end - i) * factor, x + xo + i, end - i);
    }
}

// Before x, of size elements, is divided by the scale: partial[s] = how many elements of part s are not finite. Range
// (1, splits) x lanes.
kernel GROUP void unscale(
        global float *restrict x, const ulong xo, global const float *restrict scale, const ulong so,
        global float *restrict partial, const ulong po, const ulong size, const int splits) {
#if ROW_LANES > 1
    local Vector lanes[LANES];
#endif
    const ulong length = (size + splits - 1) / splits, first = min(get_group_id(1) * length, size);
    const ulong end = min(first + length, size);
    const int lane = get_local_id(1) * COLUMN_LANES + get_local_id(0);
    const float divisor = scale[so];
    int others = 0;
    for (ulong i = first + lane; i < end; i += LANES) {
        const float v = x[xo + i];
        others += !isfinite(v);
        x[xo + i] = v / divisor;
    }
    float all = others;
#if ROW_LANES > 1
    all = sum_of_group(all, lanes);
#endif
    if (lane == 0) {
        partial[po + get_group_id(1)] = all;
    }
}

// finite = 1 when no part has elements that are not, else 0. The scale doubles after so many finite steps, unless it
// would become infinite, and is halved after one that is not, down to 1; steps counts those since it moved.
// Micikevicius et al. 2018, section 3.2. Range (1).
kernel void move_scale(
        global const float *restrict partial, const ulong po, global float *restrict scale, const ulong so,
        global float *restrict steps, const ulong to, global float *restrict finite, const ulong fo,
        const int splits, const float growthSteps) {
    float others = 0.0f;
    for (int s = 0; s < splits; s++) {
        others += partial[po + s];
    }
    const float now = scale[so], counted = steps[to] + 1.0f;
    const bool good = others == 0.0f, full = counted >= growthSteps;
    const float grown = isinf(2.0f * now) ? now : 2.0f * now;
    scale[so] = good ? (full ? grown : now) : fmax(0.5f * now, 1.0f);
    steps[to] = good && !full ? counted : 0.0f;
    finite[fo] = good;
}

// y[i] = loss[i] + sum over the parts s, in order, of partial[s]. Range: size / perItem.
kernel void add_penalty(
        global const uint *control, global const float *restrict loss, const ulong lo,
        global const float *restrict partial, const ulong po, global float *restrict y, const ulong yo, const int splits,
        const ulong size, const int batched, const int perItem) {
    float sum = 0.0f;
    for (int s = 0; s < splits; s++) {
        sum += partial[po + s];
    }
    const ulong end = end_unit(perItem, count_now(size, batched, control));
    for (ulong i = first_unit(perItem); i < end; i++) {
        y[yo + i] = loss[lo + i] + sum;
    }
}

// gradient[i] = l1 * sign(w[i]) + 2 * l2 * w[i]; the sign of NaN is NaN. Range: size / perItem.
kernel void penalty_gradient(
        global const float *restrict w, const ulong wo, global float *restrict gradient, const ulong go,
        const float l1, const float l2, const ulong size, const int perItem) {
    const ulong end = end_unit(perItem, size);
    for (ulong i = first_unit(perItem); i < end; i += FLAT_WIDTH) {
        const Flat v = load_flat(w + wo + i, end - i);
        store_flat(l1 * sign(v) + 2.0f * l2 * v, gradient + go + i, end - i);
    }
}

struct Total {
    float sum, lost; // lost: what rounding added to the sum
};

struct Total plus(const struct Total t, const float x) {
    const float y = x - t.lost, next = t.sum + y;
    struct Total more;
    more.lost = (next - t.sum) - y;
    more.sum = next;
    return more;
}

#ifdef STYLE_VECTORS
#define TOTAL_LANES 1
#else
#define TOTAL_LANES 64
#endif

// total (sum, error, 1 + first step with a sum that is not finite) += sum of the batch's x, with the rounding errors
// kept (Kahan 1965, "Further remarks on reducing truncation errors"). With tiles a lane takes each 64th. Range (lanes).
kernel __attribute__((reqd_work_group_size(TOTAL_LANES, 1, 1))) void accumulate(
        global const uint *control, global const float *restrict x, const ulong xo, global float *restrict total,
        const ulong to) {
    struct Total batch = {0.0f, 0.0f};
    for (uint i = get_local_id(0); i < control[CONTROL_BATCH]; i += TOTAL_LANES) {
        batch = plus(batch, x[xo + i]);
    }
#if TOTAL_LANES > 1
    local struct Total lanes[TOTAL_LANES];
    lanes[get_local_id(0)] = batch;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int i = 1; i < TOTAL_LANES && get_local_id(0) == 0; i++) {
        batch = plus(batch, lanes[i].sum);
        batch.lost += lanes[i].lost;
    }
#endif
    if (get_local_id(0) > 0) {
        return;
    }
    const bool finite = isfinite(batch.sum);
    const float y = (finite ? batch.sum - batch.lost : batch.sum) - total[to + 1], next = total[to] + y;
    total[to + 1] = (next - total[to]) - y;
    total[to] = next;
    if (!finite && total[to + 2] == 0.0f) {
        total[to + 2] = 1.0f + control[CONTROL_STEP];
    }
}
