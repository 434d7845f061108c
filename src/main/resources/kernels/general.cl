// General operations: functions of one and of two numbers, moving elements along axes, one number from every row.
// Arrays are flat. Range: units / perItem, units being elements of the result (see common.cl). Build options: the
// style's. They take any shape and favour none: what networks spend their time in has kernels of its own.

#define ABSOLUTE 0            // |x|
#define AFFINE 1              // alpha * x + beta
#define CEILING 2
#define FLOOR 3
#define ROUND 4               // to the even one of two
#define SIGN 5
#define EXPONENTIAL 6
#define LOGARITHM 7
#define SQUARE_ROOT 8
#define RECIPROCAL 9
#define ERF 10
#define SINE 11
#define COSINE 12
#define TANGENT 13
#define ARCSINE 14
#define ARCCOSINE 15
#define ARCTANGENT 16
#define HYPERBOLIC_SINE 17
#define HYPERBOLIC_COSINE 18
#define AREA_SINE 19
#define AREA_COSINE 20
#define AREA_TANGENT 21
#define CLIP 22               // min(max(x, alpha), beta)
#define HARD_SIGMOID 23       // max(0, min(1, alpha * x + beta))
#define HARD_SWISH 24         // x * max(0, min(1, x / 6 + 1 / 2))
#define SOFTSIGN 25           // x / (1 + |x|)
#define CELU 26               // x > 0 ? x : alpha * (exp(x / alpha) - 1)
#define SCALED_ELU 27         // beta * (x > 0 ? x : alpha * (exp(x) - 1))
#define THRESHOLDED_RELU 28   // x > alpha ? x : 0
#define SHRINK 29             // x < -alpha ? x + beta : x > alpha ? x - beta : 0
#define MISH 30               // x * tanh(log(1 + exp(x)))

struct Unary {
    int kind;
    float alpha, beta;
};

// As min(max(x, low), high), but NaN stays NaN.
Number clipped(const Number x, const float low, const float high) {
    const Number atLeast = x < low ? low : x;
    return atLeast > high ? high : atLeast;
}

// tanh(log(1 + exp(x))) = n / (n + 2) with n = e^x (e^x + 2); from 20 on 1 to the last bit.
Number tanh_of_softplus(const Number x) {
    const Number e = exp(fmin(x, 20.0f)), n = e * (e + 2.0f);
    return isnan(x) ? x : n / (n + 2.0f);
}

Number unary_value(const Number x, const struct Unary f) {
    switch (f.kind) {
        case ABSOLUTE: return fabs(x);
        case AFFINE: return f.alpha * x + f.beta;
        case CEILING: return ceil(x);
        case FLOOR: return floor(x);
        case ROUND: return rint(x);
        case SIGN: return x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x;
        case EXPONENTIAL: return exp(x);
        case LOGARITHM: return log(x);
        case SQUARE_ROOT: return sqrt(x);
        case RECIPROCAL: return 1.0f / x;
        case ERF: return erf(x);
        case SINE: return sin(x);
        case COSINE: return cos(x);
        case TANGENT: return tan(x);
        case ARCSINE: return asin(x);
        case ARCCOSINE: return acos(x);
        case ARCTANGENT: return atan(x);
        case HYPERBOLIC_SINE: return sinh(x);
        case HYPERBOLIC_COSINE: return cosh(x);
        case AREA_SINE: return asinh(x);
        case AREA_COSINE: return acosh(x);
        case AREA_TANGENT: return atanh(x);
        case CLIP: return clipped(x, f.alpha, f.beta);
        case HARD_SIGMOID: return clipped(f.alpha * x + f.beta, 0.0f, 1.0f);
        case HARD_SWISH: return x * clipped(x / 6.0f + 0.5f, 0.0f, 1.0f);
        case SOFTSIGN: return x / (1.0f + fabs(x));
        case CELU: return x > 0.0f ? x : f.alpha * expm1(x / f.alpha);
        case SCALED_ELU: return f.beta * (x > 0.0f ? x : f.alpha * expm1(x));
        case THRESHOLDED_RELU: return x <= f.alpha ? 0.0f : x;
        case SHRINK: return x < -f.alpha ? x + f.beta : x > f.alpha ? x - f.beta : isnan(x) ? x : 0.0f;
        default: return x * tanh_of_softplus(x); // MISH
    }
}

Number unary_slope(const Number x, const struct Unary f) {
    switch (f.kind) {
        case ABSOLUTE: return x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x;
        case AFFINE: return f.alpha;
        case EXPONENTIAL: return exp(x);
        case LOGARITHM: return 1.0f / x;
        case SQUARE_ROOT: return 0.5f / sqrt(x);
        case RECIPROCAL: return -1.0f / (x * x);
        case ERF: return 1.12837916709551f * exp(-x * x);
        case SINE: return cos(x);
        case COSINE: return -sin(x);
        case TANGENT: return 1.0f / (cos(x) * cos(x));
        case ARCSINE: return 1.0f / sqrt((1.0f - x) * (1.0f + x));
        case ARCCOSINE: return -1.0f / sqrt((1.0f - x) * (1.0f + x));
        case ARCTANGENT: return 1.0f / (1.0f + x * x);
        case HYPERBOLIC_SINE: return cosh(x);
        case HYPERBOLIC_COSINE: return sinh(x);
        case AREA_SINE: return 1.0f / sqrt(1.0f + x * x);
        case AREA_COSINE: return 1.0f / sqrt((x - 1.0f) * (x + 1.0f));
        case AREA_TANGENT: return 1.0f / ((1.0f - x) * (1.0f + x));
        case CLIP: return x >= f.alpha && x <= f.beta ? (Number)1.0f : (Number)0.0f;
        case HARD_SIGMOID: {
            const Number y = f.alpha * x + f.beta;
            return y > 0.0f && y < 1.0f ? (Number)f.alpha : (Number)0.0f;
        }
        case HARD_SWISH: return x <= -3.0f ? 0.0f : x >= 3.0f ? 1.0f : x / 3.0f + 0.5f;
        case SOFTSIGN: return 1.0f / ((1.0f + fabs(x)) * (1.0f + fabs(x)));
        case CELU: return x > 0.0f ? 1.0f : exp(x / f.alpha);
        case SCALED_ELU: return f.beta * (x > 0.0f ? 1.0f : f.alpha * exp(x));
        case THRESHOLDED_RELU: return x > f.alpha ? (Number)1.0f : (Number)0.0f;
        case SHRINK: return x < -f.alpha || x > f.alpha ? (Number)1.0f : (Number)0.0f;
        case MISH: {
            const Number t = tanh_of_softplus(x);
            return t + x * (1.0f - t * t) * sigmoid_of(x);
        }
        default: return 0.0f; // CEILING, FLOOR, ROUND, SIGN
    }
}

// The first count elements from p as a Number, and back.
Number load_number(const global float *p, const int count) {
#ifdef STYLE_VECTORS
    return load_first(p, count);
#else
    return *p;
#endif
}

void store_number(const Number v, global float *p, const int count) {
#ifdef STYLE_VECTORS
    store_first(v, p, count);
#else
    *p = v;
#endif
}

kernel void unary(
        global const uint *control, global const float *restrict x, const ulong xo, global float *restrict y,
        const ulong yo, const struct Unary f, const ulong size, const int batched, const int perItem) {
    const ulong end = end_unit(perItem, count_now(size, batched, control));
    for (ulong i = first_unit(perItem); i < end; i += NUMBER_WIDTH) {
        const int count = (int)min(end - i, (ulong)NUMBER_WIDTH);
        store_number(unary_value(load_number(x + xo + i, count), f), y + yo + i, count);
    }
}

kernel void unary_gradient(
        global const uint *control, global const float *restrict dy, const ulong dyo, global const float *restrict x,
        const ulong xo, global float *restrict dx, const ulong dxo, const struct Unary f, const ulong size,
        const int batched, const int perItem) {
    const ulong end = end_unit(perItem, count_now(size, batched, control));
    for (ulong i = first_unit(perItem); i < end; i += NUMBER_WIDTH) {
        const int count = (int)min(end - i, (ulong)NUMBER_WIDTH);
        const Number slope = unary_slope(load_number(x + xo + i, count), f);
        store_number(load_number(dy + dyo + i, count) * slope, dx + dxo + i, count);
    }
}

#define ADD 0
#define SUBTRACT 1
#define MULTIPLY 2
#define DIVIDE 3
#define MAXIMUM_OF_TWO 4
#define MINIMUM_OF_TWO 5
#define POWER 6
#define PRELU 7        // a < 0 ? a * b : a
#define PRELU_SLOPE 8  // a < 0 ? b : 1
#define EQUAL 9        // comparisons: 1 or 0
#define LESS 10
#define LESS_OR_EQUAL 11
#define KEEP 12        // b != 0 ? a : 0

float binary_value(const float a, const float b, const int function) {
    switch (function) {
        case ADD: return a + b;
        case SUBTRACT: return a - b;
        case MULTIPLY: return a * b;
        case DIVIDE: return a / b;
        case MAXIMUM_OF_TWO: return a > b || isnan(a) ? a : b;
        case MINIMUM_OF_TWO: return a < b || isnan(a) ? a : b;
        case POWER: return pow(a, b);
        case PRELU: return a < 0.0f ? a * b : a;
        case PRELU_SLOPE: return a < 0.0f ? b : 1.0f;
        case EQUAL: return a == b ? 1.0f : 0.0f;
        case LESS: return a < b ? 1.0f : 0.0f;
        case LESS_OR_EQUAL: return a <= b ? 1.0f : 0.0f;
        default: return b == 0.0f ? 0.0f : a; // KEEP
    }
}

// Loops over axes are unrolled: Mesa's compiler (22.3) crashes on arguments that are arrays and are read at other than
// constant places.
#define MOST_AXES 8

// The axes of an item of the result, outermost first, and the steps of both operands along them, 0 where one repeats.
struct Walk {
    int rank;
    int extent[MOST_AXES], a[MOST_AXES], b[MOST_AXES];
};

// y = f(a, b); aItem, bItem: elements of an item, 0 where an operand has no batch axis.
kernel void binary(
        global const uint *control, global const float *a, const ulong ao, global const float *b, const ulong bo,
        global float *restrict y, const ulong yo, const struct Walk walk, const int aItem, const int bItem,
        const int function, const ulong size, const int batched, const int perItem) {
    const ulong end = end_unit(perItem, count_now(size, batched, control));
    for (ulong i = first_unit(perItem); i < end; i++) {
        const ulong item = quotient(i, (uint)size);
        ulong fromA = item * aItem, fromB = item * bItem;
        uint rest = (uint)(i - item * size);
#pragma unroll
        for (int j = MOST_AXES - 1; j >= 0; j--) {
            if (j < walk.rank) {
                const uint position = rest % walk.extent[j];
                fromA += (ulong)position * walk.a[j];
                fromB += (ulong)position * walk.b[j];
                rest /= walk.extent[j];
            }
        }
        y[yo + i] = binary_value(a[ao + fromA], b[bo + fromB], function);
    }
}

#define FILL 0
#define EDGE 1
#define REFLECT 2

// Position i along axis j of the result comes from position start[j] + i * step[j] of input[j] positions that are
// stride[j] elements apart.
struct Moves {
    int rank;
    int extent[MOST_AXES], stride[MOST_AXES], start[MOST_AXES], step[MOST_AXES], input[MOST_AXES];
    int outside;
    float fill;
};

// The position inside an axis that stands for one outside, -1 for none.
int inside(const int position, const int extent, const int rule) {
    if (position >= 0 && position < extent) {
        return position;
    }
    if (rule == EDGE) {
        return position < 0 ? 0 : extent - 1;
    }
    if (rule == REFLECT) {
        const int period = max(1, 2 * (extent - 1)), rest = position % period;
        const int folded = rest < 0 ? rest + period : rest;
        return folded < extent ? folded : period - folded;
    }
    return -1;
}

kernel void rearrange(
        global const uint *control, global const float *restrict x, const ulong xo, global float *restrict y,
        const ulong yo, const struct Moves moves, const int inputSize, const ulong size, const int batched,
        const int perItem) {
    const ulong end = end_unit(perItem, count_now(size, batched, control));
    for (ulong i = first_unit(perItem); i < end; i++) {
        const ulong item = quotient(i, (uint)size);
        ulong from = item * inputSize;
        uint rest = (uint)(i - item * size);
        bool all = true;
#pragma unroll
        for (int j = MOST_AXES - 1; j >= 0; j--) {
            if (j < moves.rank) {
                const int position = moves.start[j] + (int)(rest % moves.extent[j]) * moves.step[j];
                const int at = inside(position, moves.input[j], moves.outside);
                all = all && at >= 0;
                from += (ulong)max(at, 0) * moves.stride[j];
                rest /= moves.extent[j];
            }
        }
        y[yo + i] = all ? x[xo + from] : moves.fill;
    }
}

#define SUM 0
#define MEAN 1
#define PRODUCT 2
#define MAXIMUM 3
#define MINIMUM 4
#define PLACE_OF_MAXIMUM 5
#define PLACE_OF_MINIMUM 6
#define PIECE 64  // columns that are summed before they go into the total, which keeps rounding errors small

// y[r] = f(x[r,0], x[r,1], ..); a unit is a row.
kernel void reduce_rows(
        global const uint *control, global const float *restrict x, const ulong xo, global float *restrict y,
        const ulong yo, const int columns, const int kind, const ulong size, const int batched, const int perItem) {
    const ulong end = end_unit(perItem, count_now(size, batched, control));
    for (ulong row = first_unit(perItem); row < end; row++) {
        global const float *v = x + xo + row * columns;
        float total = 0.0f, product = 1.0f, best = v[0];
        int place = 0;
        for (int first = 0; first < columns; first += PIECE) {
            float sum = 0.0f;
            for (int c = first; c < min(first + PIECE, columns); c++) {
                sum += v[c];
                product *= v[c];
                const bool better = kind == MAXIMUM || kind == PLACE_OF_MAXIMUM ? v[c] > best : v[c] < best;
                const bool taken = !isnan(best) && (better || isnan(v[c]));
                best = taken ? v[c] : best;
                place = taken ? c : place;
            }
            total += sum;
        }
        const float summed = kind == MEAN ? total / (float)columns : total;
        const float chosen = kind >= PLACE_OF_MAXIMUM ? (float)place : best;
        y[yo + row] = kind == PRODUCT ? product : kind >= MAXIMUM ? chosen : summed;
    }
}
