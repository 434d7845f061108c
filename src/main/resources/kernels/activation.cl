// Element-wise functions y = f(x), their derivatives dx = dy * f'(x), sums of two arrays, and bias. Arrays are flat;
// bias is (columns) and meets the last axis. Range: units / perItem, units being elements, for bias vectors. Build
// options: the style's (see common.cl). Formulas: struct Activation in common.cl.

kernel void activate_all(
        global const uint *control, global const float *restrict x, const ulong xo, global float *restrict y,
        const ulong yo, const struct Activation f, const ulong size, const int batched, const int perItem) {
    const ulong end = end_unit(perItem, count_now(size, batched, control));
    if (f.kind == RELU) { // a loop of its own, which compilers turn into vectors
        const float alpha = f.alpha, most = f.max, threshold = f.threshold;
        for (ulong i = first_unit(perItem); i < end; i++) {
            const float v = x[xo + i], zero = isnan(v) ? v : 0.0f;
            const float below = alpha == 0.0f ? zero : alpha * (v - threshold);
            y[yo + i] = v >= most ? most : v >= threshold ? v : below;
        }
    } else {
        for (ulong i = first_unit(perItem); i < end; i++) {
            y[yo + i] = activate(x[xo + i], f);
        }
    }
}

// f' from the saved value s: f's output, for GELU, GELU_TANH, SWISH and an ELU with alpha < 0 f's argument.
float derivative(const float s, const struct Activation f) {
    switch (f.kind) {
        case ELU: return s > 0.0f ? 1.0f : f.alpha >= 0.0f ? s + f.alpha : f.alpha * exp(s);
        case SELU: return s > 0.0f ? 1.05070098735548f : s + 1.75809934084738f;
        case GELU: return 0.5f * erfc(-0.707106781186548f * s) + s * 0.398942280401433f * exp(-0.5f * s * s);
        case GELU_TANH: {
            const float t = tanh_of(0.797884560802865f * fma(0.044715f * s * s, s, s));
            const float inner = 0.797884560802865f * fma(3.0f * 0.044715f * s, s, 1.0f);
            return 0.5f * (1.0f + t) + 0.5f * s * (1.0f - t * t) * inner;
        }
        case SWISH: return sigmoid_of(s) * (1.0f + s * (1.0f - sigmoid_of(s)));
        case SIGMOID: return s * (1.0f - s);
        case TANH: return (1.0f - s) * (1.0f + s);
        case SOFTPLUS: return -expm1(-s);
        default: return 1.0f;
    }
}

kernel void activate_gradient(
        global const uint *control, global const float *restrict dy, const ulong dyo,
        global const float *restrict saved, const ulong so, global float *restrict dx, const ulong dxo,
        const struct Activation f, const ulong size, const int batched, const int perItem) {
    const ulong end = end_unit(perItem, count_now(size, batched, control));
    if (f.kind == RELU) {
        const float alpha = f.alpha, most = f.max, threshold = f.threshold;
        for (ulong i = first_unit(perItem); i < end; i++) {
            const float s = saved[so + i];
            dx[dxo + i] = dy[dyo + i] * (s >= most ? 0.0f : s > threshold ? 1.0f : alpha);
        }
    } else {
        for (ulong i = first_unit(perItem); i < end; i++) {
            dx[dxo + i] = dy[dyo + i] * derivative(saved[so + i], f);
        }
    }
}

// y = a + b
kernel void add(
        global const uint *control, global const float *a, const ulong ao, global const float *b, const ulong bo,
        global float *restrict y, const ulong yo, const ulong size, const int batched, const int perItem) {
    const ulong end = end_unit(perItem, count_now(size, batched, control));
    for (ulong i = first_unit(perItem); i < end; i++) {
        y[yo + i] = a[ao + i] + b[bo + i];
    }
}

// y[i] = x[i] * weights[item of i], items being itemSize elements long
kernel void scale_items(
        global const uint *control, global const float *restrict x, const ulong xo,
        global const float *restrict weights, const ulong wo, global float *restrict y, const ulong yo,
        const int itemSize, const ulong size, const int batched, const int perItem) {
    const ulong end = end_unit(perItem, count_now(size, batched, control));
    for (ulong i = first_unit(perItem); i < end; i++) {
        y[yo + i] = x[xo + i] * weights[wo + quotient(i, itemSize)];
    }
}

// y[r,c] = x[r,c] + bias[c]; a unit is one vector of a row.
kernel void add_bias(
        global const uint *control, global const float *restrict x, const ulong xo, global const float *restrict bias,
        const ulong bo, global float *restrict y, const ulong yo, const ulong rows, const int batched,
        const int columns, const int perItem) {
    const uint vectors = vectors_of(columns);
    const ulong end = end_unit(perItem, count_now(rows, batched, control) * vectors);
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        const ulong row = quotient(unit, vectors);
        const int c = (int)(unit - row * vectors) * VECTOR_WIDTH, count = columns - c;
        const ulong i = row * columns + c;
        store_first(load_first(x + xo + i, count) + load_first(bias + bo + c, count), y + yo + i, count);
    }
}
