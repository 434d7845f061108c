// Put before every kernel family, behind common.cl: activation functions, and storing behind them.

// Activation functions f(x); alpha, max and threshold are used by those that name them.
#define LINEAR 0     // x
#define RELU 1       // x >= max ? max : x >= threshold ? x : alpha * (x - threshold), 0 with alpha 0 even at -infinity
#define ELU 2        // x > 0 ? x : alpha * (exp(x) - 1)
#define SELU 3       // scale * (x > 0 ? x : alpha' * (exp(x) - 1)), Klambauer et al. 2017
#define GELU 4       // x * Phi(x) = x/2 * (1 + erf(x / sqrt(2)))
#define GELU_TANH 5  // x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715 x^3))), Hendrycks and Gimpel 2016
#define SWISH 6      // x * sigmoid(x)
#define SIGMOID 7    // 1 / (1 + exp(-x))
#define TANH 8
#define SOFTPLUS 9   // log(1 + exp(x))

struct Activation {
    int kind;
    float alpha, max, threshold;
};

// a * b + c, of numbers and constants.
Number fused(const Number a, const Number b, const Number c) {
    return fma(a, b, c);
}

// 1 / (1 + exp(-x)) without overflow on either side.
Number sigmoid_of(const Number x) {
    const Number e = exp(-fabs(x));
    return (x < 0.0f ? e : 1.0f) / (1.0f + e);
}

// tanh by one exp2 and one division, 1 - 2 / (1 + exp(2 |x|)), and below 0.6, where that cancels, by an odd polynomial
// (a fit, within 1.5 units of 2^-24 of itself), in fewer instructions than drivers' expm1 or tanh.
Number tanh_of(const Number x) {
    const Number size = fabs(x), s = x * x;
    const Number terms = fused(fused(fused(0.0156120947f, s, -0.0522114895f), s, 0.133131117f), s, -0.333325982f);
    const Number large = 1.0f - 2.0f / (1.0f + exp2(2.88539008f * size));
    return size < 0.6f ? fma(x * s, terms, x) : copysign(large, x);
}

// exp(-x^2 / 2)
Number bell(const Number x) {
    return exp2(-0.721347520f * x * x);
}

// Phi(x) = erfc(-x / sqrt(2)) / 2, the share of the normal distribution that is below x; b = bell(x). Above |x| it is b
// times a polynomial in t = 1 / (1 + 0.26 |x|) (the form of Abramowitz and Stegun 1964, 7.1.26; a fit, within 30 units of
// 2^-24 of itself, which is one unit of 1), in fewer instructions than drivers' erfc.
Number normal_below(const Number x, const Number b) {
    const Number t = 1.0f / fused(0.26f, fabs(x), 1.0f);
    const Number high = fused(fused(fused(-0.0733510330f, t, 0.230262727f), t, -0.108123645f), t, 0.167513371f);
    const Number terms = fused(fused(fused(high, t, 0.0729438588f), t, 0.107242234f), t, 0.103512429f);
    const Number tail = b * t * terms;
    return x < 0.0f ? tail : 1.0f - tail;
}

// The argument of the sigmoid in GELU_TANH, of which (1 + tanh(z)) / 2 = sigmoid(2z) is made.
Number gelu_argument(const Number x) {
    return 1.59576912160573f * fma(0.044715f * x * x, x, x);
}

Number relu_of(const Number x, const struct Activation f) {
    const Number zero = isnan(x) ? x : 0.0f;
    const Number below = f.alpha == 0.0f ? zero : f.alpha * (x - f.threshold);
    return x >= f.max ? f.max : x >= f.threshold ? x : below;
}

Number activate(const Number x, const struct Activation f) {
    switch (f.kind) {
        case RELU: return relu_of(x, f);
        case ELU: return x > 0.0f ? x : f.alpha * expm1(x);
        case SELU: return 1.05070098735548f * (x > 0.0f ? x : 1.67326324235438f * expm1(x));
        case GELU: return x * normal_below(x, bell(x));
        case GELU_TANH: return x * sigmoid_of(gelu_argument(x));
        case SWISH: return x * sigmoid_of(x);
        case SIGMOID: return sigmoid_of(x);
        case TANH: return tanh_of(x);
        case SOFTPLUS: return fmax(x, 0.0f) + (isnan(x) ? x : log1p(exp(-fabs(x))));
        default: return x;
    }
}

#ifdef STYLE_VECTORS
OUTLINED void activate_stored(global float *p, const int count, const struct Activation f) {
    store_first(activate(load_first(p, count), f), p, count);
}

// Writes the first count values of v after the activation. LINEAR and RELU are cheap enough for every place that stores; others read it again.
void store_activated(const Vector v, global float *p, const int count, const struct Activation f) {
    store_first(f.kind == RELU ? relu_of(v, f) : v, p, count);
    if (f.kind > RELU) {
        activate_stored(p, count, f);
    }
}
#endif
