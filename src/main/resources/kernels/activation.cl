// Element-wise functions y = f(x), their derivatives dx = dy * f'(x), sums of two arrays, and bias. Arrays are flat;
// bias is (columns) and meets the last axis. Range: units / perItem, units being elements, for bias vectors. Build
// options: the style's and, with tiles, VECTOR_WIDTH (see common.cl). Formulas: functions.cl.

kernel void activate_all(
        global const uint *control, global const float *restrict x, const ulong xo, global float *restrict y,
        const ulong yo, const struct Activation f, const ulong size, const int batched, const int perItem) {
    const ulong end = end_unit(perItem, count_now(size, batched, control));
    for (ulong i = first_unit(perItem); i < end; i += FLAT_WIDTH) {
        const Flat v = load_flat(x + xo + i, end - i);
        store_flat(f.kind == RELU ? OF_EACH(relu_of, v, f) : OF_EACH(activate, v, f), y + yo + i, end - i);
    }
}

// f' from the saved value s: f's output, for GELU, GELU_TANH, SWISH and an ELU with alpha < 0 f's argument.
Number derivative(const Number s, const struct Activation f) {
    switch (f.kind) {
        case ELU: return s > 0.0f ? 1.0f : f.alpha >= 0.0f ? s + f.alpha : f.alpha * exp(s);
        case SELU: return s > 0.0f ? 1.05070098735548f : s + 1.75809934084738f;
        case GELU: {
            const Number b = bell(s);
            return normal_below(s, b) + s * 0.398942280401433f * b;
        }
        case GELU_TANH: {
            const Number z = gelu_argument(s), share = sigmoid_of(z), rest = sigmoid_of(-z);
            return share + s * share * rest * 1.59576912160573f * fused(3.0f * 0.044715f * s, s, 1.0f);
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
        const Flat alpha = f.alpha, most = f.max, threshold = f.threshold;
        for (ulong i = first_unit(perItem); i < end; i += FLAT_WIDTH) {
            const Flat s = load_flat(saved + so + i, end - i), d = load_flat(dy + dyo + i, end - i);
            const Flat slope = s >= most ? (Flat)0.0f : s > threshold ? (Flat)1.0f : alpha;
            store_flat(d * slope, dx + dxo + i, end - i);
        }
    } else {
        for (ulong i = first_unit(perItem); i < end; i += FLAT_WIDTH) {
            const Flat s = load_flat(saved + so + i, end - i), d = load_flat(dy + dyo + i, end - i);
            store_flat(d * OF_EACH(derivative, s, f), dx + dxo + i, end - i);
        }
    }
}

// y = a + b
kernel void add(
        global const uint *control, global const float *a, const ulong ao, global const float *b, const ulong bo,
        global float *restrict y, const ulong yo, const ulong size, const int batched, const int perItem) {
    const ulong end = end_unit(perItem, count_now(size, batched, control));
    for (ulong i = first_unit(perItem); i < end; i += FLAT_WIDTH) {
        store_flat(load_flat(a + ao + i, end - i) + load_flat(b + bo + i, end - i), y + yo + i, end - i);
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
