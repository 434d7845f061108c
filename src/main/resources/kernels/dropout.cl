// y = kept ? x * scale : 0, scale = 1 / (1 - rate). Kept where the element's random word is >= threshold = rate *
// 2^32, compared as unsigned integers, so that masks are the same on every device. Srivastava et al. 2014. Word of
// element e of the flat batch: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3")
// with key (seed low, seed high) and counter (block low, block high, step, stream), block = e / 4, word e % 4.
// Range: units / perItem; a unit is VECTOR_WIDTH blocks, 4 * VECTOR_WIDTH elements. Build options: the style's.

#ifdef STYLE_VECTORS
typedef JOIN(uint, VECTOR_WIDTH) Words;
#define LOAD_WORDS(p) JOIN(vload, VECTOR_WIDTH)(0, p)
#define STORE_WORDS(v, p) JOIN(vstore, VECTOR_WIDTH)(v, 0, p)
#else
typedef uint Words;
#define LOAD_WORDS(p) (*(p))
#define STORE_WORDS(v, p) (*(p) = (v))
#endif

// Random words of VECTOR_WIDTH blocks; words[w * VECTOR_WIDTH + b] is word w of block b.
void philox4x32_10(const ulong block, const uint step, const uint stream, uint key0, uint key1, uint *words) {
    for (int b = 0; b < VECTOR_WIDTH; b++) {
        words[b] = (uint)(block + b);
        words[VECTOR_WIDTH + b] = (uint)((block + b) >> 32);
    }
    Words x = LOAD_WORDS(words), y = LOAD_WORDS(words + VECTOR_WIDTH), z = (Words)(step), w = (Words)(stream);
    for (int round = 0; round < 10; round++) {
        const Words low0 = 0xD2511F53u * x, high0 = mul_hi((Words)(0xD2511F53u), x);
        const Words low1 = 0xCD9E8D57u * z, high1 = mul_hi((Words)(0xCD9E8D57u), z);
        x = high1 ^ y ^ key0;
        y = low1;
        z = high0 ^ w ^ key1;
        w = low0;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    STORE_WORDS(x, words);
    STORE_WORDS(y, words + VECTOR_WIDTH);
    STORE_WORDS(z, words + 2 * VECTOR_WIDTH);
    STORE_WORDS(w, words + 3 * VECTOR_WIDTH);
}

kernel void dropout(
        global const uint *control, global const float *restrict x, const ulong xo, global float *restrict y,
        const ulong yo, const uint threshold, const float scale, const uint stream, const ulong size,
        const int batched, const int perItem) {
    const int width = 4 * VECTOR_WIDTH;
    const ulong elements = count_now(size, batched, control), end = end_unit(perItem, (elements + width - 1) / width);
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        uint words[4 * VECTOR_WIDTH];
        philox4x32_10(
                unit * VECTOR_WIDTH, control[CONTROL_STEP], stream, control[CONTROL_SEED_LOW],
                control[CONTROL_SEED_HIGH], words);
        const ulong first = unit * width;
        if (first + width <= elements) {
            for (int e = 0; e < width; e++) {
                const bool kept = words[e % 4 * VECTOR_WIDTH + e / 4] >= threshold;
                y[yo + first + e] = kept ? x[xo + first + e] * scale : 0.0f;
            }
        } else {
            for (int e = 0; e < (int)(elements - first); e++) {
                const bool kept = words[e % 4 * VECTOR_WIDTH + e / 4] >= threshold;
                y[yo + first + e] = kept ? x[xo + first + e] * scale : 0.0f;
            }
        }
    }
}
