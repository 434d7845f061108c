// Dropout: y = kept ? x * scale : 0, scale = 1 / (1 - rate). Kept where the element's random word is at least
// threshold = rate * 2^32, compared as unsigned integers, so that masks are the same on every device. Srivastava et al.
// 2014. Word of element e of the flat batch: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1,
// 2, 3") with key (seed low, seed high), counter (block low, block high, step, stream), block = e / 4, word e % 4.
// Range: units / perItem; a unit is VECTOR_WIDTH blocks, 4 * VECTOR_WIDTH elements. Build options: the style's.
// A work-item reads and writes its units in pieces: four vectors, with tiles the four elements of a block.

#ifdef STYLE_VECTORS
typedef JOIN(uint, VECTOR_WIDTH) Words;
typedef Words PieceWords;
#define PIECES 4

// Elements of two vectors in turn: those of the first halves, those of the second ones.
#define BOTH(n) a.s##n, b.s##n
#if VECTOR_WIDTH == 4
#define HALF 2
#define FIRST_PAIRS (BOTH(0))
#define SECOND_PAIRS (BOTH(1))
#define FIRST_WORDS (BOTH(0), BOTH(1))
#define SECOND_WORDS (BOTH(2), BOTH(3))
#elif VECTOR_WIDTH == 8
#define HALF 4
#define FIRST_PAIRS (BOTH(0), BOTH(1))
#define SECOND_PAIRS (BOTH(2), BOTH(3))
#define FIRST_WORDS (BOTH(0), BOTH(1), BOTH(2), BOTH(3))
#define SECOND_WORDS (BOTH(4), BOTH(5), BOTH(6), BOTH(7))
#else
#define HALF 8
#define FIRST_PAIRS (BOTH(0), BOTH(1), BOTH(2), BOTH(3))
#define SECOND_PAIRS (BOTH(4), BOTH(5), BOTH(6), BOTH(7))
#define FIRST_WORDS (BOTH(0), BOTH(1), BOTH(2), BOTH(3), BOTH(4), BOTH(5), BOTH(6), BOTH(7))
#define SECOND_WORDS (BOTH(8), BOTH(9), BOTH(a), BOTH(b), BOTH(c), BOTH(d), BOTH(e), BOTH(f))
#endif
typedef JOIN(ulong, HALF) Pairs;
#define AS_PAIRS(words) JOIN(as_ulong, HALF)(words)
#define AS_WORDS(pairs) JOIN(as_uint, VECTOR_WIDTH)(pairs)

// The words of all blocks, one block after the other, from the blocks' first ones, second ones and so on: in two steps of
// two vectors each, which compilers make an instruction of.
INLINED void in_order(const Words x, const Words y, const Words z, const Words w, Words all[PIECES]) {
    Pairs begins[2], ends[2];
    {
        const Words a = x, b = y;
        begins[0] = AS_PAIRS((Words)FIRST_WORDS);
        begins[1] = AS_PAIRS((Words)SECOND_WORDS);
    }
    {
        const Words a = z, b = w;
        ends[0] = AS_PAIRS((Words)FIRST_WORDS);
        ends[1] = AS_PAIRS((Words)SECOND_WORDS);
    }
#pragma unroll
    for (int i = 0; i < 2; i++) {
        const Pairs a = begins[i], b = ends[i];
        all[2 * i] = AS_WORDS((Pairs)FIRST_PAIRS);
        all[2 * i + 1] = AS_WORDS((Pairs)SECOND_PAIRS);
    }
}

// Upper and lower halves of the products x * m; the upper ones of even and odd words as 64-bit lanes, which pocl makes twice
// as fast as mul_hi.
INLINED Words product(const Words x, const uint m, Words *low) {
    const Pairs pairs = AS_PAIRS(x), lower = 0xFFFFFFFFul;
    const Pairs even = (pairs & lower) * m, odd = (pairs >> 32) * m;
    *low = x * m;
    return AS_WORDS((even >> 32) | (odd & ~lower));
}
#else
typedef uint Words;
typedef uint4 PieceWords;
#define PIECES 1

void in_order(const uint x, const uint y, const uint z, const uint w, uint4 all[PIECES]) {
    all[0] = (uint4)(x, y, z, w);
}

uint product(const uint x, const uint m, uint *low) {
    *low = m * x;
    return mul_hi(m, x);
}
#endif

// Random words of VECTOR_WIDTH blocks from the first on, a multiple of it: piece i has the words from i * FLAT_WIDTH on
// of all blocks' words.
INLINED void philox4x32_10(const ulong first, const uint step, const uint stream, uint key0, uint key1,
                           PieceWords words[PIECES]) {
    Words x = (uint)first + (Words)(PLACES), y = (uint)(first >> 32), z = step, w = stream;
#pragma unroll
    for (int round = 0; round < 10; round++) {
        Words low0, low1;
        const Words high0 = product(x, 0xD2511F53u, &low0), high1 = product(z, 0xCD9E8D57u, &low1);
        x = high1 ^ y ^ key0;
        y = low1;
        z = high0 ^ w ^ key1;
        w = low0;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    in_order(x, y, z, w, words);
}

// The slope of a ReLU before dropout, from its output s.
INLINED Flat relu_slope(const Flat s, const struct Activation f) {
    return s >= (Flat)f.max ? (Flat)0.0f : s > (Flat)f.threshold ? (Flat)1.0f : (Flat)f.alpha;
}

// y = dropout of x, times the slope where there is a saved output.
INLINED void drop(global const uint *control, global const float *x, global const float *saved, global float *y,
                  const struct Activation f, const uint threshold, const float scale, const uint stream,
                  const ulong size, const int batched, const int perItem) {
    const int width = 4 * VECTOR_WIDTH;
    const uint step = control[CONTROL_STEP], key0 = control[CONTROL_SEED_LOW], key1 = control[CONTROL_SEED_HIGH];
    const ulong elements = count_now(size, batched, control), end = end_unit(perItem, (elements + width - 1) / width);
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        PieceWords words[PIECES];
        philox4x32_10(unit * VECTOR_WIDTH, step, stream, key0, key1, words);
        const ulong first = unit * width;
#pragma unroll
        for (int i = 0; i < PIECES; i++) {
            const ulong at = first + i * FLAT_WIDTH;
            if (at < elements) {
                const Flat kept = load_flat(x + at, elements - at) * scale;
                Flat result = select((Flat)0.0f, kept, words[i] >= threshold);
                if (saved) {
                    result *= relu_slope(load_flat(saved + at, elements - at), f);
                }
                store_flat(result, y + at, elements - at);
            }
        }
    }
}

kernel void dropout(
        global const uint *control, global const float *restrict x, const ulong xo, global float *restrict y,
        const ulong yo, const uint threshold, const float scale, const uint stream, const ulong size,
        const int batched, const int perItem) {
    const struct Activation none = {LINEAR, 0.0f, 0.0f, 0.0f};
    drop(control, x + xo, 0, y + yo, none, threshold, scale, stream, size, batched, perItem);
}

// The gradient of dropout and of the ReLU f before it, whose output is saved: dx = dropout of dy * f'.
kernel void dropout_relu_gradient(
        global const uint *control, global const float *restrict dy, const ulong dyo,
        global const float *restrict saved, const ulong so, global float *restrict dx, const ulong dxo,
        const struct Activation f, const uint threshold, const float scale, const uint stream, const ulong size,
        const int batched, const int perItem) {
    drop(control, dy + dyo, saved + so, dx + dxo, f, threshold, scale, stream, size, batched, perItem);
}
