// One optimizer step over all parameters at once: w parameters, g gradients, m, v, h what the optimizer remembers,
// all flat arrays of size elements. First g is limited to [-clip, clip] and w loses decay * c0 * w; then the formula
// at each kernel. c0 .. c3 are the run's coefficients, c0 the learning rate. Where rule.guarded, nothing is done unless
// finite is 1. Range: elements / perItem. Build options: the style's.

struct Rule {
    float beta1, beta2, epsilon;
    int variant, epsilonOutside;
    float decay, clip;
    int guarded;
};

// The end of a work-item's elements; with none to do where the step is left out.
ulong end_of_step(const int perItem, const ulong size, const struct Rule rule, global const float *finite) {
    return rule.guarded && *finite == 0.0f ? 0 : end_unit(perItem, size);
}

// NaN stays NaN, so that a diverging training is noticed.
Flat limited(const Flat g, const Flat limit) {
    return g > limit ? limit : g < -limit ? -limit : g;
}

float coefficient(global const uint *control, const int index) {
    return as_float(control[CONTROL_COEFFICIENTS + index]);
}

// w -= c0 * g; with momentum m = b1 * m - c0 * g, w += m, or with Nesterov (variant) w += b1 * m - c0 * g.
kernel void sgd(
        global const uint *control, global float *restrict w, const ulong wo, global const float *restrict g,
        const ulong go, global float *restrict m, const ulong mo, global const float *restrict finite, const ulong fo,
        const struct Rule rule, const ulong size, const int perItem) {
    const ulong end = end_of_step(perItem, size, rule, finite + fo);
    const float rate = coefficient(control, 0), kept = 1.0f - rule.decay * rate;
    for (ulong i = first_unit(perItem); i < end; i += FLAT_WIDTH) {
        const ulong left = end - i;
        const Flat step = -rate * limited(load_flat(g + go + i, left), rule.clip);
        Flat change = step;
        if (rule.beta1 != 0.0f) {
            const Flat moment = rule.beta1 * load_flat(m + mo + i, left) + step;
            store_flat(moment, m + mo + i, left);
            change = rule.variant ? rule.beta1 * moment + step : moment;
        }
        store_flat(load_flat(w + wo + i, left) * kept + change, w + wo + i, left);
    }
}

// v = b2 * v + (1 - b2) * g^2; centered (variant) a = b2 * a + (1 - b2) * g, v - a^2 for v; d = c0 * g / sqrt(v +
// c2), or (epsilonOutside) c0 * g / (sqrt(v) + c2); w -= d, or with momentum m = b1 * m + d, w -= m. Hinton 2012.
kernel void rmsprop(
        global const uint *control, global float *restrict w, const ulong wo, global const float *restrict g,
        const ulong go, global float *restrict v, const ulong vo, global float *restrict a, const ulong ao,
        global float *restrict m, const ulong mo, global const float *restrict finite, const ulong fo,
        const struct Rule rule, const ulong size, const int perItem) {
    const ulong end = end_of_step(perItem, size, rule, finite + fo);
    const float rate = coefficient(control, 0), epsilon = coefficient(control, 2), kept = 1.0f - rule.decay * rate;
    for (ulong i = first_unit(perItem); i < end; i += FLAT_WIDTH) {
        const ulong left = end - i;
        const Flat gi = limited(load_flat(g + go + i, left), rule.clip);
        Flat second = rule.beta2 * load_flat(v + vo + i, left) + (1.0f - rule.beta2) * gi * gi;
        store_flat(second, v + vo + i, left);
        if (rule.variant) {
            const Flat first = rule.beta2 * load_flat(a + ao + i, left) + (1.0f - rule.beta2) * gi;
            store_flat(first, a + ao + i, left);
            const Flat centered = second - first * first;
            second = centered < 0.0f ? 0.0f : centered; // below 0 by rounding only
        }
        Flat d = rate * gi / (rule.epsilonOutside ? sqrt(second) + epsilon : sqrt(second + epsilon));
        if (rule.beta1 != 0.0f) {
            d = rule.beta1 * load_flat(m + mo + i, left) + d;
            store_flat(d, m + mo + i, left);
        }
        store_flat(load_flat(w + wo + i, left) * kept - d, w + wo + i, left);
    }
}

// m = b1 * m + (1 - b1) * g, v = b2 * v + (1 - b2) * g^2, w -= c1 * m / (sqrt(v) + c2); AMSGrad (variant) h = max(h,
// v) for v. Kingma and Ba 2015, algorithm 1; with decay Loshchilov and Hutter 2019.
kernel void adam(
        global const uint *control, global float *restrict w, const ulong wo, global const float *restrict g,
        const ulong go, global float *restrict m, const ulong mo, global float *restrict v, const ulong vo,
        global float *restrict h, const ulong ho, global const float *restrict finite, const ulong fo,
        const struct Rule rule, const ulong size, const int perItem) {
    const ulong end = end_of_step(perItem, size, rule, finite + fo);
    const float rate = coefficient(control, 1), epsilon = coefficient(control, 2);
    const float kept = 1.0f - rule.decay * coefficient(control, 0);
    for (ulong i = first_unit(perItem); i < end; i += FLAT_WIDTH) {
        const ulong left = end - i;
        const Flat gi = limited(load_flat(g + go + i, left), rule.clip);
        const Flat first = rule.beta1 * load_flat(m + mo + i, left) + (1.0f - rule.beta1) * gi;
        Flat second = rule.beta2 * load_flat(v + vo + i, left) + (1.0f - rule.beta2) * gi * gi;
        store_flat(first, m + mo + i, left);
        store_flat(second, v + vo + i, left);
        if (rule.variant) {
            const Flat largest = load_flat(h + ho + i, left);
            second = second <= largest ? largest : second;
            store_flat(second, h + ho + i, left);
        }
        const Flat change = rate * first / (sqrt(second) + epsilon);
        store_flat(load_flat(w + wo + i, left) * kept - change, w + wo + i, left);
    }
}

// m = b1 * m + (1 - b1) * g, u = max(b2 * u, |g|), w -= c1 * m / (u + c2). Kingma and Ba 2015, section 7.1.
kernel void adamax(
        global const uint *control, global float *restrict w, const ulong wo, global const float *restrict g,
        const ulong go, global float *restrict m, const ulong mo, global float *restrict u, const ulong uo,
        global const float *restrict finite, const ulong fo, const struct Rule rule, const ulong size,
        const int perItem) {
    const ulong end = end_of_step(perItem, size, rule, finite + fo);
    const float rate = coefficient(control, 1), epsilon = coefficient(control, 2);
    const float kept = 1.0f - rule.decay * coefficient(control, 0);
    for (ulong i = first_unit(perItem); i < end; i += FLAT_WIDTH) {
        const ulong left = end - i;
        const Flat gi = limited(load_flat(g + go + i, left), rule.clip), magnitude = fabs(gi);
        const Flat old = rule.beta2 * load_flat(u + uo + i, left);
        const Flat first = rule.beta1 * load_flat(m + mo + i, left) + (1.0f - rule.beta1) * gi;
        const Flat largest = magnitude <= old ? old : magnitude;
        store_flat(first, m + mo + i, left);
        store_flat(largest, u + uo + i, left);
        const Flat change = rate * first / (largest + epsilon);
        store_flat(load_flat(w + wo + i, left) * kept - change, w + wo + i, left);
    }
}

// m and v as in adam, w -= (c1 * m + c2 * g) / (sqrt(v * c3) + epsilon). Dozat 2016.
kernel void nadam(
        global const uint *control, global float *restrict w, const ulong wo, global const float *restrict g,
        const ulong go, global float *restrict m, const ulong mo, global float *restrict v, const ulong vo,
        global const float *restrict finite, const ulong fo, const struct Rule rule, const ulong size,
        const int perItem) {
    const ulong end = end_of_step(perItem, size, rule, finite + fo);
    const float c1 = coefficient(control, 1), c2 = coefficient(control, 2), c3 = coefficient(control, 3);
    const float kept = 1.0f - rule.decay * coefficient(control, 0);
    for (ulong i = first_unit(perItem); i < end; i += FLAT_WIDTH) {
        const ulong left = end - i;
        const Flat gi = limited(load_flat(g + go + i, left), rule.clip);
        const Flat first = rule.beta1 * load_flat(m + mo + i, left) + (1.0f - rule.beta1) * gi;
        const Flat second = rule.beta2 * load_flat(v + vo + i, left) + (1.0f - rule.beta2) * gi * gi;
        store_flat(first, m + mo + i, left);
        store_flat(second, v + vo + i, left);
        const Flat change = (c1 * first + c2 * gi) / (sqrt(second * c3) + rule.epsilon);
        store_flat(load_flat(w + wo + i, left) * kept - change, w + wo + i, left);
    }
}
