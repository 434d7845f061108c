// Dropout: y = kept ? x * scale : 0, scale = 1 / (1 - rate). Kept where the element's random word is at least
// threshold = rate * 2^32, compared as unsigned integers, so that masks are the same on every device. Srivastava et al.
// 2014. Word of element e of the flat batch: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1,
// 2, 3") with key (seed low, seed high), counter (block low, block high, step, stream), block = e / 4, word e % 4.
// Range: units / perItem; a unit is VECTOR_WIDTH blocks, 4 * VECTOR_WIDTH elements. Build options: the style's.
// A work-item reads and writes its units in pieces: four vectors, with tiles the four elements of a block.

#ifdef STYLE_VECTORS
typedef JOIN(uint, VECTOR_WIDTH) Words;
typedef Words PieceWords;
typedef Vector Piece;
#define PIECES 4
#define PIECE_WIDTH VECTOR_WIDTH
#define LOAD_PIECE(p, count) load_first(p, (int)min((ulong)VECTOR_WIDTH, count))
#define STORE_PIECE(v, p, count) store_first(v, p, (int)min((ulong)VECTOR_WIDTH, count))

// The words of block n, and the four vectors of words of all blocks, one block after the other.
#define BLOCK(n) x.s##n, y.s##n, z.s##n, w.s##n
#if VECTOR_WIDTH == 4
#define HALF 2
#define LANES (Words)(0, 1, 2, 3)
#define ALL_BLOCKS {(Words)(BLOCK(0)), (Words)(BLOCK(1)), (Words)(BLOCK(2)), (Words)(BLOCK(3))}
#elif VECTOR_WIDTH == 8
#define HALF 4
#define LANES (Words)(0, 1, 2, 3, 4, 5, 6, 7)
#define ALL_BLOCKS \
    {(Words)(BLOCK(0), BLOCK(1)), (Words)(BLOCK(2), BLOCK(3)), (Words)(BLOCK(4), BLOCK(5)), (Words)(BLOCK(6), BLOCK(7))}
#else
#define HALF 8
#define LANES (Words)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
#define ALL_BLOCKS \
    {(Words)(BLOCK(0), BLOCK(1), BLOCK(2), BLOCK(3)), (Words)(BLOCK(4), BLOCK(5), BLOCK(6), BLOCK(7)), \
     (Words)(BLOCK(8), BLOCK(9), BLOCK(a), BLOCK(b)), (Words)(BLOCK(c), BLOCK(d), BLOCK(e), BLOCK(f))}
#endif

// Upper and lower halves of the products x * m: even and odd words as 64-bit lanes, which pocl makes twice as fast as
// mul_hi, and the lower halves come out of the same products.
Words product(const Words x, const uint m, Words *low) {
    const JOIN(ulong, HALF) pairs = JOIN(as_ulong, HALF)(x), lower = 0xFFFFFFFFul;
    const JOIN(ulong, HALF) even = (pairs & lower) * m, odd = (pairs >> 32) * m;
    *low = JOIN(as_uint, VECTOR_WIDTH)((even & lower) | (odd << 32));
    return JOIN(as_uint, VECTOR_WIDTH)((even >> 32) | (odd & ~lower));
}
#else
typedef uint Words;
typedef uint4 PieceWords;
typedef Flat Piece;
#define PIECES 1
#define PIECE_WIDTH FLAT_WIDTH
#define LOAD_PIECE(p, count) load_flat(p, count)
#define STORE_PIECE(v, p, count) store_flat(v, p, count)
#define LANES 0
#define ALL_BLOCKS {(PieceWords)(x, y, z, w)}

uint product(const uint x, const uint m, uint *low) {
    *low = m * x;
    return mul_hi(m, x);
}
#endif

// Random words of VECTOR_WIDTH blocks from the first on, a multiple of it: piece i has the words from i * PIECE_WIDTH on
// of all blocks' words.
void philox4x32_10(
        const ulong first, const uint step, const uint stream, uint key0, uint key1, PieceWords words[PIECES]) {
    Words x = (uint)first + LANES, y = (uint)(first >> 32), z = step, w = stream;
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
    const PieceWords all[PIECES] = ALL_BLOCKS;
    for (int i = 0; i < PIECES; i++) {
        words[i] = all[i];
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
        PieceWords words[PIECES];
        philox4x32_10(unit * VECTOR_WIDTH, step, stream, key0, key1, words);
        const ulong first = unit * width;
        for (int i = 0; i < PIECES; i++) {
            const ulong at = first + i * PIECE_WIDTH;
            if (at < elements) {
                const Piece kept = LOAD_PIECE(x + xo + at, elements - at) * scale;
                const Piece result = select((Piece)0.0f, kept, words[i] >= threshold);
                STORE_PIECE(result, y + yo + at, elements - at);
            }
        }
    }
}
