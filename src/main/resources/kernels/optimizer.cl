// One optimizer step over all parameters at once: w parameters, g gradients, m, v, h what the optimizer remembers,
// all flat arrays of size elements. First g is limited to [-clip, clip] and w loses decay * c0 * w; then the formula
// at each kernel. c0 .. c3 are the run's coefficients, c0 the learning rate. Range: elements / perItem. Build
// options: the style's.

struct Rule {
    float beta1, beta2, epsilon;
    int variant, epsilonOutside;
    float decay, clip;
};

// NaN stays NaN, so that a diverging training is noticed.
float limited(const float g, const float limit) {
    return g > limit ? limit : g < -limit ? -limit : g;
}

float coefficient(global const uint *control, const int index) {
    return as_float(control[CONTROL_COEFFICIENTS + index]);
}

// w -= c0 * g; with momentum m = b1 * m - c0 * g, w += m, or with Nesterov (variant) w += b1 * m - c0 * g.
kernel void sgd(
        global const uint *control, global float *restrict w, const ulong wo, global const float *restrict g,
        const ulong go, global float *restrict m, const ulong mo, const struct Rule rule, const ulong size,
        const int perItem) {
    const float rate = coefficient(control, 0), kept = 1.0f - rule.decay * rate;
    for (ulong i = first_unit(perItem); i < end_unit(perItem, size); i++) {
        const float step = -rate * limited(g[go + i], rule.clip);
        float change = step;
        if (rule.beta1 != 0.0f) {
            const float moment = rule.beta1 * m[mo + i] + step;
            m[mo + i] = moment;
            change = rule.variant ? rule.beta1 * moment + step : moment;
        }
        w[wo + i] = w[wo + i] * kept + change;
    }
}

// v = b2 * v + (1 - b2) * g^2; centered (variant) a = b2 * a + (1 - b2) * g, v - a^2 for v; d = c0 * g / sqrt(v +
// c2), or (epsilonOutside) c0 * g / (sqrt(v) + c2); w -= d, or with momentum m = b1 * m + d, w -= m. Hinton 2012.
kernel void rmsprop(
        global const uint *control, global float *restrict w, const ulong wo, global const float *restrict g,
        const ulong go, global float *restrict v, const ulong vo, global float *restrict a, const ulong ao,
        global float *restrict m, const ulong mo, const struct Rule rule, const ulong size, const int perItem) {
    const float rate = coefficient(control, 0), epsilon = coefficient(control, 2), kept = 1.0f - rule.decay * rate;
    for (ulong i = first_unit(perItem); i < end_unit(perItem, size); i++) {
        const float gi = limited(g[go + i], rule.clip);
        float second = rule.beta2 * v[vo + i] + (1.0f - rule.beta2) * gi * gi;
        v[vo + i] = second;
        if (rule.variant) {
            const float first = rule.beta2 * a[ao + i] + (1.0f - rule.beta2) * gi;
            a[ao + i] = first;
            const float centered = second - first * first;
            second = centered < 0.0f ? 0.0f : centered; // below 0 by rounding only
        }
        float d = rate * gi / (rule.epsilonOutside ? sqrt(second) + epsilon : sqrt(second + epsilon));
        if (rule.beta1 != 0.0f) {
            d = rule.beta1 * m[mo + i] + d;
            m[mo + i] = d;
        }
        w[wo + i] = w[wo + i] * kept - d;
    }
}

// m = b1 * m + (1 - b1) * g, v = b2 * v + (1 - b2) * g^2, w -= c1 * m / (sqrt(v) + c2); AMSGrad (variant) h = max(h,
// v) for v. Kingma and Ba 2015, algorithm 1; with decay Loshchilov and Hutter 2019.
kernel void adam(
        global const uint *control, global float *restrict w, const ulong wo, global const float *restrict g,
        const ulong go, global float *restrict m, const ulong mo, global float *restrict v, const ulong vo,
        global float *restrict h, const ulong ho, const struct Rule rule, const ulong size, const int perItem) {
    const float rate = coefficient(control, 1), epsilon = coefficient(control, 2);
    const float kept = 1.0f - rule.decay * coefficient(control, 0);
    for (ulong i = first_unit(perItem); i < end_unit(perItem, size); i++) {
        const float gi = limited(g[go + i], rule.clip);
        const float first = rule.beta1 * m[mo + i] + (1.0f - rule.beta1) * gi;
        float second = rule.beta2 * v[vo + i] + (1.0f - rule.beta2) * gi * gi;
        m[mo + i] = first;
        v[vo + i] = second;
        if (rule.variant) {
            second = second <= h[ho + i] ? h[ho + i] : second;
            h[ho + i] = second;
        }
        w[wo + i] = w[wo + i] * kept - rate * first / (sqrt(second) + epsilon);
    }
}

// m = b1 * m + (1 - b1) * g, u = max(b2 * u, |g|), w -= c1 * m / (u + c2). Kingma and Ba 2015, section 7.1.
kernel void adamax(
        global const uint *control, global float *restrict w, const ulong wo, global const float *restrict g,
        const ulong go, global float *restrict m, const ulong mo, global float *restrict u, const ulong uo,
        const struct Rule rule, const ulong size, const int perItem) {
    const float rate = coefficient(control, 1), epsilon = coefficient(control, 2);
    const float kept = 1.0f - rule.decay * coefficient(control, 0);
    for (ulong i = first_unit(perItem); i < end_unit(perItem, size); i++) {
        const float gi = limited(g[go + i], rule.clip), magnitude = fabs(gi), old = rule.beta2 * u[uo + i];
        const float first = rule.beta1 * m[mo + i] + (1.0f - rule.beta1) * gi;
        const float largest = magnitude <= old ? old : magnitude;
        m[mo + i] = first;
        u[uo + i] = largest;
        w[wo + i] = w[wo + i] * kept - rate * first / (largest + epsilon);
    }
}

// m and v as in adam, w -= (c1 * m + c2 * g) / (sqrt(v * c3) + epsilon). Dozat 2016.
kernel void nadam(
        global const uint *control, global float *restrict w, const ulong wo, global const float *restrict g,
        const ulong go, global float *restrict m, const ulong mo, global float *restrict v, const ulong vo,
        const struct Rule rule, const ulong size, const int perItem) {
    const float c1 = coefficient(control, 1), c2 = coefficient(control, 2), c3 = coefficient(control, 3);
    const float kept = 1.0f - rule.decay * coefficient(control, 0);
    for (ulong i = first_unit(perItem); i < end_unit(perItem, size); i++) {
        const float gi = limited(g[go + i], rule.clip);
        const float first = rule.beta1 * m[mo + i] + (1.0f - rule.beta1) * gi;
        const float second = rule.beta2 * v[vo + i] + (1.0f - rule.beta2) * gi * gi;
        m[mo + i] = first;
        v[vo + i] = second;
        w[wo + i] = w[wo + i] * kept - (c1 * first + c2 * gi) / (sqrt(second * c3) + rule.epsilon);
    }
}
