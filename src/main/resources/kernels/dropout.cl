// Dropout: y = kept ? x * scale : 0, scale = 1 / (1 - rate). Kept where the element's random word is at least
// threshold = rate * 2^32, compared as unsigned integers, so that masks are the same on every device. Srivastava et al.
// 2014. Word of element e of the flat batch: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1,
// 2, 3") with key (seed low, seed high), counter (block low, block high, step, stream), block = e / 4, word e % 4.
// Range: units / perItem; a unit is VECTOR_WIDTH blocks, 4 * VECTOR_WIDTH elements. Build options: the style's.

#ifdef STYLE_VECTORS
typedef JOIN(uint, VECTOR_WIDTH) Words;
#if VECTOR_WIDTH == 4
#define HALF 2
#elif VECTOR_WIDTH == 8
#define HALF 4
#else
#define HALF 8
#endif
#define LOAD_WORDS(p) JOIN(vload, VECTOR_WIDTH)(0, p)
#define STORE_WORDS(v, p) JOIN(vstore, VECTOR_WIDTH)(v, 0, p)

// Upper halves of the products x * m: even and odd words as 64-bit lanes, which is twice as fast as mul_hi on pocl.
Words upper_half(const Words x, const uint m) {
    const JOIN(ulong, HALF) pairs = JOIN(as_ulong, HALF)(x), lower = 0xFFFFFFFFul;
    const JOIN(ulong, HALF) even = (pairs & lower) * m, odd = (pairs >> 32) * m;
    return JOIN(as_uint, VECTOR_WIDTH)((even >> 32) | (odd & ~lower));
}
#else
typedef uint Words;
#define LOAD_WORDS(p) (*(p))
#define STORE_WORDS(v, p) (*(p) = (v))

uint upper_half(const uint x, const uint m) {
    return mul_hi(m, x);
}
#endif

// Random words of VECTOR_WIDTH blocks from the first on; words[4 * b + w] is word w of block b.
void philox4x32_10(const ulong first, const uint step, const uint stream, uint key0, uint key1, uint *words) {
    uint parts[4 * VECTOR_WIDTH];
    for (int b = 0; b < VECTOR_WIDTH; b++) {
        parts[b] = (uint)(first + b);
        parts[VECTOR_WIDTH + b] = (uint)((first + b) >> 32);
    }
    Words x = LOAD_WORDS(parts), y = LOAD_WORDS(parts + VECTOR_WIDTH), z = (Words)(step), w = (Words)(stream);
    for (int round = 0; round < 10; round++) {
        const Words low0 = 0xD2511F53u * x, high0 = upper_half(x, 0xD2511F53u);
        const Words low1 = 0xCD9E8D57u * z, high1 = upper_half(z, 0xCD9E8D57u);
        x = high1 ^ y ^ key0;
        y = low1;
        z = high0 ^ w ^ key1;
        w = low0;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    STORE_WORDS(x, parts);
    STORE_WORDS(y, parts + VECTOR_WIDTH);
    STORE_WORDS(z, parts + 2 * VECTOR_WIDTH);
    STORE_WORDS(w, parts + 3 * VECTOR_WIDTH);
    for (int b = 0; b < VECTOR_WIDTH; b++) {
        for (int i = 0; i < 4; i++) {
            words[4 * b + i] = parts[i * VECTOR_WIDTH + b];
        }
    }
}

kernel void dropout(
        global const uint *control, global const float *restrict x, const ulong xo, global float *restrict y,
        const ulong yo, const uint threshold, const float scale, const uint stream, const ulong size,
        const int batched, const int perItem) {
    const int width = 4 * VECTOR_WIDTH;
    const uint step = control[CONTROL_STEP], key0 = control[CONTROL_SEED_LOW], key1 = control[CONTROL_SEED_HIGH];
    const ulong elements = count_now(size, batched, control), end = end_unit(perItem, (elements + width - 1) / width);
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        uint words[4 * VECTOR_WIDTH];
        philox4x32_10(unit * VECTOR_WIDTH, step, stream, key0, key1, words);
        const ulong first = unit * width;
        if (first + width <= elements) { // a loop of known length, which compilers turn into vectors
            for (int e = 0; e < width; e++) {
                y[yo + first + e] = words[e] >= threshold ? x[xo + first + e] * scale : 0.0f;
            }
        } else {
            for (int e = 0; e < (int)(elements - first); e++) {
                y[yo + first + e] = words[e] >= threshold ? x[xo + first + e] * scale : 0.0f;
            }
        }
    }
}
