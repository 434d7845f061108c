// What a device does at most: multiply-adds that stay in registers, and a copy. No step runs these; they are measured.
// Build options: the style's (see common.cl).

#ifdef STYLE_VECTORS
typedef Vector chain;
#define FIRST(x) ((x).s0)
#else
typedef float chain;
#define FIRST(x) (x)
#endif

// Ten chains of x = x * a + b, so many rounds each; output[i] = the mean of their first elements. Range (items).
kernel void multiply_add(global float *output, const ulong oo, const int rounds, const float a, const float b) {
    const float start = (float)get_global_id(0);
    chain x0 = start, x1 = start + 1, x2 = start + 2, x3 = start + 3, x4 = start + 4;
    chain x5 = start + 5, x6 = start + 6, x7 = start + 7, x8 = start + 8, x9 = start + 9;
    const chain by = a, plus = b;
    for (int round = 0; round < rounds; round++) {
        x0 = fma(x0, by, plus);
        x1 = fma(x1, by, plus);
        x2 = fma(x2, by, plus);
        x3 = fma(x3, by, plus);
        x4 = fma(x4, by, plus);
        x5 = fma(x5, by, plus);
        x6 = fma(x6, by, plus);
        x7 = fma(x7, by, plus);
        x8 = fma(x8, by, plus);
        x9 = fma(x9, by, plus);
    }
    const chain sum = x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9;
    output[oo + get_global_id(0)] = FIRST(sum) / 10.0f;
}

// y = x. With vectors a work-item copies 4096 floats, with tiles four. Range (floats / that, whole groups).
kernel void copy(global const float *x, const ulong xo, global float *y, const ulong yo) {
#ifdef STYLE_VECTORS
    const ulong first = get_global_id(0) * 4096;
    for (ulong i = first; i < first + 4096; i += 16) {
        vstore16(vload16(0, x + xo + i), 0, y + yo + i);
    }
#else
    const ulong i = get_global_id(0) * 4;
    vstore4(vload4(0, x + xo + i), 0, y + yo + i);
#endif
}
