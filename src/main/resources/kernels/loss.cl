// Softmax, losses and scores, row by row; p (rows, columns) predictions, t targets: as p, or one class index per row
// (sparse). The largest logit is subtracted before exp, so that nothing overflows (log-sum-exp). Formulas: at each
// function. Build options: the style's, with tiles VECTOR_WIDTH (see common.cl), and LANES, the work-items of a row: 1
// (short rows, CPU devices), 16 or 64 with local memory. Range (rows * LANES), with several lanes in groups of 64;
// scores use one work-item per row.

#if LANES > 1
#define GROUP_ITEMS 64
#define GROUP __attribute__((reqd_work_group_size(GROUP_ITEMS, 1, 1)))
#else
#define GROUP_ITEMS 1
#define GROUP
#endif

// What a lane takes of a row at once; of vectors the last one of a row may be longer than what is left of it.
#define TURN VECTOR_WIDTH
typedef Vector Turn;

// All numbers of a vector in one, by a function of two.
#define FOLDED1(v, of) (v)
#define FOLDED4(v, of) of(of((v).x, (v).y), of((v).z, (v).w))
#define FOLDED8(v, of) FOLDED4(of((v).lo, (v).hi), of)
#define FOLDED16(v, of) FOLDED8(of((v).lo, (v).hi), of)
#define PLUS(a, b) ((a) + (b))

float largest_of(const Turn v) {
    return JOIN(FOLDED, TURN)(v, fmax);
}

float sum_of(const Turn v) {
    return JOIN(FOLDED, TURN)(v, PLUS);
}

float sum_of_number(const Number v) {
    return JOIN(FOLDED, NUMBER_WIDTH)(v, PLUS);
}

// Count: what is left of the row. Vectors are read whole, since many rows are shorter than one, and what is behind the
// row is not used; they are written in pieces of 8, 4, 2 and 1 numbers. Whole vectors are told apart first: comparing places
// in every one doubles the time of long rows.
#ifdef STYLE_VECTORS
Turn within(const Turn v, const int count, const float filler) {
    if (count >= TURN) {
        return v;
    }
    return (VectorMask)(PLACES) < count ? v : (Vector)filler;
}

Turn load_turn(global const float *p, const int count, const float filler) {
    return within(LOAD(p), count, filler);
}

void store_turn(const Turn v, global float *p, const int count) {
    if (count >= TURN) {
        STORE(v, p);
        return;
    }
    float lanes[TURN];
    STORE_PRIVATE(v, lanes);
    int i = 0;
#if TURN > 8
    if (count & 8) {
        vstore8(vload8(0, lanes), 0, p);
        i = 8;
    }
#endif
#if TURN > 4
    if (count & 4) {
        vstore4(vload4(0, lanes + i), 0, p + i);
        i += 4;
    }
#endif
    if (count & 2) {
        vstore2(vload2(0, lanes + i), 0, p + i);
        i += 2;
    }
    if (count & 1) {
        p[i] = lanes[i];
    }
}

// With vectors a Number is a turn.
#define LOAD_NUMBER(p, count) load_turn(p, count, 0.0f)
#define STORE_NUMBER(v, p, count) store_turn(v, p, count)
#else
#define within(v, count, filler) (v)

Turn load_turn(global const float *p, const int count, const float filler) {
    return *(global const Turn *)p;
}

void store_turn(const Turn v, global float *p, const int count) {
    *(global Turn *)p = v;
}

#define LOAD_NUMBER(p, count) (*(p))
#define STORE_NUMBER(v, p, count) (*(p) = (v))
#endif

#define CATEGORICAL_CROSSENTROPY 0
#define SPARSE_CATEGORICAL_CROSSENTROPY 1
#define BINARY_CROSSENTROPY 2
#define MEAN_SQUARED_ERROR 3
#define MEAN_ABSOLUTE_ERROR 4
#define HUBER 5

#define CATEGORICAL_ACCURACY 0
#define SPARSE_CATEGORICAL_ACCURACY 1
#define BINARY_ACCURACY 2
#define TOP_K 3
#define SPARSE_TOP_K 4

// Probabilities are held between these before the logarithm, as in Keras.
#define LEAST 1e-7f
#define MOST (1.0f - 1e-7f)

ulong row_of() {
    return get_global_id(0) / LANES;
}

int lane_of() {
    return LANES == 1 ? 0 : (int)get_local_id(0) % LANES;
}

// The columns of a row; none behind the last row, where work-items must go on, since barriers wait for them.
int columns_of(const ulong row, const ulong rows, const int columns) {
    return row < rows ? columns : 0;
}

// Sum and maximum over the lanes of a row, known to all of them. The trailing barrier lets lanes be used again.
float row_sum(const float v, local float *lanes) {
#if LANES == 1
    return v;
#else
    local const float4 *own = (local const float4 *)lanes + get_local_id(0) / LANES * (LANES / 4);
    lanes[get_local_id(0)] = v;
    barrier(CLK_LOCAL_MEM_FENCE);
    float4 sums = 0.0f;
    for (int i = 0; i < LANES / 4; i++) {
        sums += own[i];
    }
    const float sum = (sums.x + sums.y) + (sums.z + sums.w);
    barrier(CLK_LOCAL_MEM_FENCE);
    return sum;
#endif
}

float row_max(const float v, local float *lanes) {
#if LANES == 1
    return v;
#else
    local const float4 *own = (local const float4 *)lanes + get_local_id(0) / LANES * (LANES / 4);
    lanes[get_local_id(0)] = v;
    barrier(CLK_LOCAL_MEM_FENCE);
    float4 larger = own[0];
    for (int i = 1; i < LANES / 4; i++) {
        larger = fmax(larger, own[i]);
    }
    const float most = fmax(fmax(larger.x, larger.y), fmax(larger.z, larger.w));
    barrier(CLK_LOCAL_MEM_FENCE);
    return most;
#endif
}

// What turns a row into probabilities: p[c] -> exp(p[c] - most) / total from logits, else p[c] / total.
// Barriers stand outside of all conditions, which keeps every OpenCL compiler on safe ground.
struct Scale {
    float most, total;
};

struct Scale scale_of(global const float *p, const int columns, const bool logits, local float *lanes) {
    Turn largest = -INFINITY, total = 0.0f;
    for (int c = lane_of() * TURN; c < columns; c += LANES * TURN) {
        // leaves NaN out, but exp(NaN - most) brings it back
        largest = fmax(largest, load_turn(p + c, columns - c, -INFINITY));
    }
    struct Scale s;
    s.most = row_max(largest_of(largest), lanes);
    for (int c = lane_of() * TURN; c < columns; c += LANES * TURN) {
        const Turn v = load_turn(p + c, columns - c, 0.0f);
        total += within(logits ? exp(v - s.most) : v, columns - c, 0.0f);
    }
    s.total = row_sum(sum_of(total), lanes);
    return s;
}

// y[r,c] = exp(x[r,c] - max) / sum over j of exp(x[r,j] - max)
kernel GROUP void softmax(
        global const uint *control, global const float *restrict x, const ulong xo, global float *restrict y,
        const ulong yo, const ulong rows, const int batched, const int columns) {
    local float lanes[GROUP_ITEMS] __attribute__((aligned(16)));
    const ulong row = row_of();
    const int end = columns_of(row, count_now(rows, batched, control), columns);
    global const float *p = x + xo + row * columns;
    global float *to = y + yo + row * columns;
    // The first turn of a lane, which is its only one in rows of up to LANES * TURN columns, stays in registers, unless it
    // is one number of many.
    const int begin = LANES * TURN == 1 ? end : lane_of() * TURN, second = LANES * TURN == 1 ? 0 : begin + LANES * TURN;
    Turn first = begin < end ? load_turn(p + begin, end - begin, -INFINITY) : (Turn)-INFINITY;
    Turn largest = first;
    for (int c = second; c < end; c += LANES * TURN) {
        // leaves NaN out, as in scale_of
        largest = fmax(largest, load_turn(p + c, end - c, -INFINITY));
    }
    const float most = row_max(largest_of(largest), lanes);
    first = begin < end ? exp(first - most) : (Turn)0.0f;
    Turn total = within(first, end - begin, 0.0f);
    for (int c = second; c < end; c += LANES * TURN) {
        total += within(exp(load_turn(p + c, end - c, 0.0f) - most), end - c, 0.0f);
    }
    const float inverse = 1.0f / row_sum(sum_of(total), lanes);
    if (begin < end) {
        store_turn(first * inverse, to + begin, end - begin);
    }
    for (int c = second; c < end; c += LANES * TURN) {
        store_turn(exp(load_turn(p + c, end - c, 0.0f) - most) * inverse, to + c, end - c);
    }
}

// dx[r,c] = y[r,c] * (dy[r,c] - sum over j of dy[r,j] * y[r,j])
kernel GROUP void softmax_gradient(
        global const uint *control, global const float *restrict dy, const ulong dyo, global const float *restrict y,
        const ulong yo, global float *restrict dx, const ulong dxo, const ulong rows, const int batched,
        const int columns) {
    local float lanes[GROUP_ITEMS] __attribute__((aligned(16)));
    const ulong row = row_of();
    const int end = columns_of(row, count_now(rows, batched, control), columns);
    global const float *d = dy + dyo + row * columns, *p = y + yo + row * columns;
    Turn along = 0.0f;
    for (int c = lane_of() * TURN; c < end; c += LANES * TURN) {
        along += load_turn(d + c, end - c, 0.0f) * load_turn(p + c, end - c, 0.0f);
    }
    const float sum = row_sum(sum_of(along), lanes);
    for (int c = lane_of() * TURN; c < end; c += LANES * TURN) {
        const Turn v = load_turn(p + c, end - c, 0.0f) * (load_turn(d + c, end - c, 0.0f) - sum);
        store_turn(v, dx + dxo + row * columns + c, end - c);
    }
}

struct LossFunction {
    int kind, fromLogits;
    float smoothing, delta;
};

// The targets of the classes from c on in a row: smoothed, and NaN when a class index is out of range.
Number target_of(global const float *t, const int c, const int columns, const struct LossFunction f) {
    Number target;
    if (f.kind == SPARSE_CATEGORICAL_CROSSENTROPY) {
        const float index = *t;
        const bool valid = index >= 0.0f && index < (float)columns;
        const Number one = c + (NumberMask)(PLACES) == (int)index ? (Number)1.0f : (Number)0.0f;
        target = valid ? one : (Number)NAN;
    } else {
        target = LOAD_NUMBER(t + c, columns - c);
    }
    if (f.kind > BINARY_CROSSENTROPY) {
        return target;
    }
    const float classes = f.kind == BINARY_CROSSENTROPY ? 2.0f : (float)columns;
    return target * (1.0f - f.smoothing) + f.smoothing / classes;
}

NumberMask is_clipped(const Number p) {
    return p < LEAST || p > MOST;
}

Number clip(const Number p) {
    return p < LEAST ? LEAST : p > MOST ? MOST : p;
}

// Loss of one element, of the kinds that take elements by themselves; e = p - t.
Number element_loss(const Number p, const Number t, const struct LossFunction f) {
    const Number e = p - t, size = fabs(e);
    switch (f.kind) {
        case BINARY_CROSSENTROPY:
            return f.fromLogits ? fmax(p, 0.0f) - p * t + log1p(exp(-fabs(p)))
                                : -t * log(clip(p)) - (1.0f - t) * log(1.0f - clip(p));
        case MEAN_SQUARED_ERROR: return e * e;
        case MEAN_ABSOLUTE_ERROR: return size;
        default: return size <= f.delta ? 0.5f * e * e : f.delta * size - 0.5f * f.delta * f.delta;
    }
}

Number element_derivative(const Number p, const Number t, const struct LossFunction f) {
    const Number e = p - t, direction = isnan(e) ? e : sign(e);
    switch (f.kind) {
        case BINARY_CROSSENTROPY:
            return f.fromLogits ? sigmoid_of(p) - t : is_clipped(p) ? 0.0f : -t / p + (1.0f - t) / (1.0f - p);
        case MEAN_SQUARED_ERROR: return 2.0f * e;
        case MEAN_ABSOLUTE_ERROR: return direction;
        default: return fabs(e) <= f.delta ? e : f.delta * direction;
    }
}

// y[r] = -sum over c of t * log(softmax p) or of t * log(clip(p / sum p)); of the other kinds the mean over c.
kernel GROUP void row_losses(
        global const uint *control, global const float *restrict prediction, const ulong po,
        global const float *restrict target, const ulong to, global float *restrict y, const ulong yo,
        const struct LossFunction f, const ulong rows, const int columns) {
    local float lanes[GROUP_ITEMS] __attribute__((aligned(16)));
    const ulong row = row_of(), all = count_now(rows, 1, control);
    const int end = columns_of(row, all, columns);
    global const float *p = prediction + po + row * columns;
    global const float *t = target + to + row * (f.kind == SPARSE_CATEGORICAL_CROSSENTROPY ? 1 : columns);
    const struct Scale scale = scale_of(p, end, f.fromLogits, lanes);
    const float normalizer = log(scale.total);
    Number losses = 0.0f;
    for (int c = lane_of() * NUMBER_WIDTH; c < end; c += LANES * NUMBER_WIDTH) {
        const Number pc = LOAD_NUMBER(p + c, end - c), tc = target_of(t, c, columns, f);
        if (f.kind <= SPARSE_CATEGORICAL_CROSSENTROPY) {
            const Number logarithm = f.fromLogits ? (pc - scale.most) - normalizer : log(clip(pc / scale.total));
            losses -= within(tc * logarithm, end - c, 0.0f);
        } else {
            losses += within(element_loss(pc, tc, f), end - c, 0.0f) / (float)columns;
        }
    }
    const float sum = row_sum(sum_of_number(losses), lanes);
    if (lane_of() == 0 && row < all) {
        y[yo + row] = sum;
    }
}

// dp[r,c] = derivative of the row's loss / rows of the batch. Logits: softmax(p) * sum t - t. Probabilities, q = p /
// sum p: (dq - sum of dq * q) / sum p, dq = -t / q, 0 where q is clipped.
kernel GROUP void loss_gradient(
        global const uint *control, global const float *restrict prediction, const ulong po,
        global const float *restrict target, const ulong to, global float *restrict gradient, const ulong go,
        const struct LossFunction f, const ulong rows, const int columns) {
    local float lanes[GROUP_ITEMS] __attribute__((aligned(16)));
    const ulong row = row_of(), all = count_now(rows, 1, control);
    const int end = columns_of(row, all, columns);
    global const float *p = prediction + po + row * columns;
    global const float *t = target + to + row * (f.kind == SPARSE_CATEGORICAL_CROSSENTROPY ? 1 : columns);
    global float *d = gradient + go + row * columns;
    const struct Scale scale = scale_of(p, end, f.fromLogits, lanes);
    Number sums = 0.0f;
    for (int c = lane_of() * NUMBER_WIDTH; c < end; c += LANES * NUMBER_WIDTH) {
        const Number tc = target_of(t, c, columns, f), q = LOAD_NUMBER(p + c, end - c) / scale.total;
        sums += within(f.fromLogits ? tc : is_clipped(q) ? 0.0f : -tc, end - c, 0.0f);
    }
    const float along = row_sum(sum_of_number(sums), lanes);
    for (int c = lane_of() * NUMBER_WIDTH; c < end; c += LANES * NUMBER_WIDTH) {
        const Number pc = LOAD_NUMBER(p + c, end - c), tc = target_of(t, c, columns, f), q = pc / scale.total;
        const Number dq = is_clipped(q) ? 0.0f : -tc / q;
        const Number logit = exp(pc - scale.most) / scale.total * along - tc;
        const Number entropy = f.fromLogits ? logit : (dq - along) / scale.total;
        const Number other = element_derivative(pc, tc, f) / (float)columns;
        const Number result = f.kind <= SPARSE_CATEGORICAL_CROSSENTROPY ? entropy : other;
        STORE_NUMBER(result / (float)all, d + c, end - c);
    }
}

// The index of the first largest number; NaN is never the largest; -1 where nothing but NaN is there.
int first_largest(global const float *v, const int columns) {
    int best = -1;
    for (int c = 0; c < columns; c++) {
        const bool larger = best < 0 ? !isnan(v[c]) : v[c] > v[best];
        best = larger ? c : best;
    }
    return best;
}

// 1 where fewer than k numbers are above the one at the index.
float among_largest(global const float *p, const float index, const int columns, const int k) {
    if (!(index >= 0.0f && index < (float)columns)) {
        return 0.0f;
    }
    const float candidate = p[(int)index];
    int above = 0;
    for (int c = 0; c < columns; c++) {
        above += p[c] > candidate ? 1 : 0;
    }
    return !isnan(candidate) && above < k ? 1.0f : 0.0f;
}

// y[r] = 1 where row r is right, else 0; of BINARY_ACCURACY the share of its elements. Built with LANES 1.
kernel void row_scores(
        global const uint *control, global const float *restrict prediction, const ulong po,
        global const float *restrict target, const ulong to, global float *restrict y, const ulong yo, const int kind,
        const int k, const ulong rows, const int columns) {
    const ulong row = get_global_id(0);
    if (row >= count_now(rows, 1, control)) {
        return;
    }
    const bool sparse = kind == SPARSE_CATEGORICAL_ACCURACY || kind == SPARSE_TOP_K;
    global const float *p = prediction + po + row * columns, *t = target + to + row * (sparse ? 1 : columns);
    float score = 0.0f;
    if (kind == BINARY_ACCURACY) {
        for (int c = 0; c < columns; c++) {
            score += !isnan(p[c]) && (p[c] > 0.5f) == (t[c] > 0.5f) ? 1.0f : 0.0f;
        }
        score /= columns;
    } else {
        const float index = sparse ? t[0] : (float)first_largest(t, columns);
        const int best = first_largest(p, columns);
        const float right = best >= 0 && (float)best == index ? 1.0f : 0.0f;
        score = kind >= TOP_K ? among_largest(p, index, columns, k) : right;
    }
    y[yo + row] = score;
}
