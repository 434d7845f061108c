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

// What a lane takes of a row at once.
#if defined(STYLE_TILES) && VECTOR_WIDTH == 4
#define TURN 4
typedef float4 Turn;

float largest_of(const Turn v) {
    return fmax(fmax(v.x, v.y), fmax(v.z, v.w));
}

float sum_of(const Turn v) {
    return (v.x + v.y) + (v.z + v.w);
}
#else
#define TURN 1
typedef float Turn;

float largest_of(const Turn v) {
    return v;
}

float sum_of(const Turn v) {
    return v;
}
#endif

Turn load_turn(global const float *p) {
    return *(global const Turn *)p;
}

void store_turn(const Turn v, global float *p) {
    *(global Turn *)p = v;
}

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
    float most = -INFINITY, total = 0.0f;
    for (int c = lane_of() * TURN; c < columns; c += LANES * TURN) {
        most = fmax(most, largest_of(load_turn(p + c))); // leaves NaN out, but exp(NaN - most) brings it back
    }
    struct Scale s;
    s.most = row_max(most, lanes);
    for (int c = lane_of() * TURN; c < columns; c += LANES * TURN) {
        const Turn v = load_turn(p + c);
        total += sum_of(logits ? exp(v - s.most) : v);
    }
    s.total = row_sum(total, lanes);
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
    // The first turn of several lanes, which is their only one in rows of up to LANES * TURN columns, stays in registers.
    const int begin = LANES == 1 ? end : lane_of() * TURN, second = LANES == 1 ? 0 : begin + LANES * TURN;
    Turn first = begin < end ? load_turn(p + begin) : (Turn)-INFINITY;
    float most = largest_of(first);
    for (int c = second; c < end; c += LANES * TURN) {
        most = fmax(most, largest_of(load_turn(p + c))); // leaves NaN out, as in scale_of
    }
    most = row_max(most, lanes);
    first = begin < end ? exp(first - most) : (Turn)0.0f;
    float total = sum_of(first);
    for (int c = second; c < end; c += LANES * TURN) {
        total += sum_of(exp(load_turn(p + c) - most));
    }
    const float inverse = 1.0f / row_sum(total, lanes);
    if (begin < end) {
        store_turn(first * inverse, to + begin);
    }
    for (int c = second; c < end; c += LANES * TURN) {
        store_turn(exp(load_turn(p + c) - most) * inverse, to + c);
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
    float sum = 0.0f;
    for (int c = lane_of() * TURN; c < end; c += LANES * TURN) {
        sum += sum_of(load_turn(d + c) * load_turn(p + c));
    }
    sum = row_sum(sum, lanes);
    for (int c = lane_of() * TURN; c < end; c += LANES * TURN) {
        store_turn(load_turn(p + c) * (load_turn(d + c) - sum), dx + dxo + row * columns + c);
    }
}

struct LossFunction {
    int kind, fromLogits;
    float smoothing, delta;
};

// The target of class c in a row: smoothed, and NaN when a class index is out of range.
float target_of(global const float *t, const int c, const int columns, const struct LossFunction f) {
    float target = t[f.kind == SPARSE_CATEGORICAL_CROSSENTROPY ? 0 : c];
    if (f.kind == SPARSE_CATEGORICAL_CROSSENTROPY) {
        const bool valid = target >= 0.0f && target < (float)columns;
        target = valid ? ((int)target == c ? 1.0f : 0.0f) : NAN;
    }
    if (f.kind > BINARY_CROSSENTROPY) {
        return target;
    }
    const float classes = f.kind == BINARY_CROSSENTROPY ? 2.0f : (float)columns;
    return target * (1.0f - f.smoothing) + f.smoothing / classes;
}

bool is_clipped(const float p) {
    return p < LEAST || p > MOST;
}

float clip(const float p) {
    return p < LEAST ? LEAST : p > MOST ? MOST : p;
}

// Loss of one element, of the kinds that take elements by themselves; e = p - t.
float element_loss(const float p, const float t, const struct LossFunction f) {
    const float e = p - t, size = fabs(e);
    switch (f.kind) {
        case BINARY_CROSSENTROPY:
            return f.fromLogits ? fmax(p, 0.0f) - p * t + log1p(exp(-fabs(p)))
                                : -t * log(clip(p)) - (1.0f - t) * log(1.0f - clip(p));
        case MEAN_SQUARED_ERROR: return e * e;
        case MEAN_ABSOLUTE_ERROR: return size;
        default: return size <= f.delta ? 0.5f * e * e : f.delta * size - 0.5f * f.delta * f.delta;
    }
}

float element_derivative(const float p, const float t, const struct LossFunction f) {
    const float e = p - t, direction = isnan(e) ? e : sign(e);
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
    float sum = 0.0f;
    for (int c = lane_of(); c < end; c += LANES) {
        const float tc = target_of(t, c, columns, f);
        if (f.kind <= SPARSE_CATEGORICAL_CROSSENTROPY) {
            sum -= tc * (f.fromLogits ? (p[c] - scale.most) - normalizer : log(clip(p[c] / scale.total)));
        } else {
            sum += element_loss(p[c], tc, f) / columns;
        }
    }
    sum = row_sum(sum, lanes);
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
    float along = 0.0f;
    for (int c = lane_of(); c < end; c += LANES) {
        const float tc = target_of(t, c, columns, f);
        along += f.fromLogits ? tc : is_clipped(p[c] / scale.total) ? 0.0f : -tc;
    }
    along = row_sum(along, lanes);
    for (int c = lane_of(); c < end; c += LANES) {
        const float tc = target_of(t, c, columns, f), q = p[c] / scale.total;
        const float dq = is_clipped(q) ? 0.0f : -tc / q;
        const float logit = exp(p[c] - scale.most) / scale.total * along - tc;
        const float entropy = f.fromLogits ? logit : (dq - along) / scale.total;
        const float other = element_derivative(p[c], tc, f) / columns;
        d[c] = (f.kind <= SPARSE_CATEGORICAL_CROSSENTROPY ? entropy : other) / (float)all;
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
