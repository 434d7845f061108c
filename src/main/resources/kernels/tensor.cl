// The multiplication of tiles.cl on NVIDIA's tensor cores, with -D TENSOR=TF32, TF32X3, BFLOAT16 or FLOAT16; products are
// summed in float32.
//
//     TF32      8 exponent and 10 stored mantissa bits; operands are rounded once, when they go to local memory
//     TF32X3    x = high + low, both TF32; high * high + high * low + low * high: as accurate as float32 to a few units
//     BFLOAT16  8 exponent and 7 stored mantissa bits; rounded when they come from local memory, as TF32X3's parts
//     FLOAT16   5 exponent and 10 stored mantissa bits, IEEE binary16; rounded as BFLOAT16: to a multiple of 2^-24 below
//               2^-14, to infinity from 65520 on
//
// Rounding to TF32 is integer arithmetic: the instruction for it runs at a fraction of the speed. The tensor cores
// themselves leave out the bits behind the 10th.
//
// A warp of 32 lanes computes 8 * ITEM_ROWS x 4 * ITEM_COLUMNS results by instructions of 16 x 8 results (PTX ISA, "Matrix
// fragments for mma.m16n8k8" and "m16n8k16"), whose rows and columns are dealt out so that a lane reads neighbours and
// has four neighbours of a row to write: rows 2 g and 2 g + 1 are the instruction's rows g and g + 8, and of 16 columns the even
// ones go to one instruction and the odd ones to the next. With -D EMULATED every lane computes its results from the
// fragments that all lanes would have, so that any device proves the layout.

#define TF32 1
#define TF32X3 2
#define BFLOAT16 3
#define FLOAT16 4

#ifdef TENSOR
#if TENSOR == BFLOAT16 || TENSOR == FLOAT16
#define TWO_IN_ONE 1 // operands in a register
#else
#define TWO_IN_ONE 0
#endif

// Values of k that an instruction takes in; and what is added to a row of a slab so that the lanes of a warp read from
// different banks: they are at 4 rows next to each other, or at every other one of 8.
#if TWO_IN_ONE
#define STEP 16
#define PITCH_PAD 4
#else
#define STEP 8
#define PITCH_PAD 8
#endif

// The bits of an operand that are read: the tensor cores leave out the others by themselves.
#ifdef EMULATED
#define READ_BITS 0xffffe000
#else
#define READ_BITS 0xffffffff
#endif

#define LEFT_PITCH (TILE_ROWS + PITCH_PAD)
#define RIGHT_PITCH (TILE_COLUMNS + PITCH_PAD)
#define WARP_ROWS (8 * ITEM_ROWS)
#define WARP_COLUMNS (4 * ITEM_COLUMNS)
#define WARPS_ACROSS (TILE_COLUMNS / WARP_COLUMNS)

int own_lane(void) {
    return get_local_id(0) % 32;
}

int warp_row(void) {
    return get_local_id(0) / 32 / WARPS_ACROSS * WARP_ROWS;
}

int warp_column(void) {
    return get_local_id(0) / 32 % WARPS_ACROSS * WARP_COLUMNS;
}

// Result row of sum[i], column of sum[.][j], within the tile.
int tile_row(const int i) {
    return warp_row() + i / 2 * 16 + own_lane() / 4 * 2 + i % 2;
}

int tile_column(const int j) {
    return warp_column() + j / 4 * 16 + own_lane() % 4 * 4 + j % 4;
}

// What a lane holds of 16 rows of the left operand: registers in the order of the instruction. low is for TF32X3.
struct LeftFragment {
    uint high[4], low[4];
};

// What a lane holds of the right operand for the even columns ([0]) and the odd ones ([1]) of 16.
struct RightFragment {
    uint high[2][2], low[2][2];
};

#if TENSOR == BFLOAT16
#define CONVERT "cvt.rn.bf16x2.f32"
#define INSTRUCTION "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32"
#elif TENSOR == FLOAT16
#define CONVERT "cvt.rn.f16x2.f32"
#define INSTRUCTION "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32"
#else
#define INSTRUCTION "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32"
#endif

#if TWO_IN_ONE
// The register of two neighbours along k, the first one in the lower half.
uint two(const float first, const float second) {
#ifndef EMULATED
    uint both;
    __asm__(CONVERT " %0, %1, %2;" : "=r"(both) : "f"(second), "f"(first));
    return both;
#elif TENSOR == BFLOAT16
    const uint2 bits = as_uint2((float2)(first, second));
    const uint2 rounded = bits + 0x7fff + (bits >> 16 & 1);
    // Rounding must not carry a NaN into the sign.
    const uint2 kept = isnan((float2)(first, second)) ? bits | 0x400000 : rounded;
    return kept.x >> 16 | (kept.y & 0xffff0000);
#else
    uint both;
    vstore_half2_rte((float2)(first, second), 0, (half *)&both);
    return both;
#endif
}
#endif

// x rounded to TF32, halves away from 0. Rounding must not carry a NaN into the sign.
uint tf32(const float x) {
    return isnan(x) ? as_uint(x) : (as_uint(x) + 0x1000) & READ_BITS;
}

// What goes to local memory.
float4 operand(const float4 v) {
    return TENSOR == TF32 ? (float4)(as_float(tf32(v.x)), as_float(tf32(v.y)), as_float(tf32(v.z)), as_float(tf32(v.w)))
                          : v;
}

#if !TWO_IN_ONE
// The upper part of TF32X3: a NaN may be lost here, but not in the lower part.
uint upper(const float x) {
    return TENSOR == TF32X3 ? (as_uint(x) + 0x1000) & 0xffffe000 : as_uint(x);
}

// What the upper part leaves; NaN of an infinity.
uint rest(const float x, const uint high) {
    return TENSOR == TF32X3 ? as_uint(x - as_float(high)) & READ_BITS : 0;
}
#endif

// Fragments of a lane at the slab's rows k to k + STEP; left at the first of 16 rows, right at the first of 16 columns.
__attribute__((always_inline))
struct LeftFragment left_fragment(local const float *left, const int k, const int lane) {
    struct LeftFragment f;
    local const float *const from = left + lane / 4 * 2;
UNROLLED
    for (int part = 0; part < 2; part++) {
#if TWO_IN_ONE
        const int at = k + lane % 4 * 2 + part * 8;
        const float2 a = *(local const float2 *)(from + at * LEFT_PITCH);
        const float2 next = *(local const float2 *)(from + (at + 1) * LEFT_PITCH);
        f.high[2 * part] = two(a.x, next.x);
        f.high[2 * part + 1] = two(a.y, next.y);
#else
        const float2 a = *(local const float2 *)(from + (k + lane % 4 + part * 4) * LEFT_PITCH);
        f.high[2 * part] = upper(a.x);
        f.high[2 * part + 1] = upper(a.y);
        f.low[2 * part] = rest(a.x, f.high[2 * part]);
        f.low[2 * part + 1] = rest(a.y, f.high[2 * part + 1]);
#endif
    }
    return f;
}

__attribute__((always_inline))
struct RightFragment right_fragment(local const float *right, const int k, const int lane) {
    struct RightFragment f;
    local const float *const from = right + lane / 4 * 2;
UNROLLED
    for (int part = 0; part < 2; part++) {
#if TWO_IN_ONE
        const int at = k + lane % 4 * 2 + part * 8;
        const float2 b = *(local const float2 *)(from + at * RIGHT_PITCH);
        const float2 next = *(local const float2 *)(from + (at + 1) * RIGHT_PITCH);
        f.high[0][part] = two(b.x, next.x);
        f.high[1][part] = two(b.y, next.y);
#else
        const float2 b = *(local const float2 *)(from + (k + lane % 4 + part * 4) * RIGHT_PITCH);
        f.high[0][part] = upper(b.x);
        f.high[1][part] = upper(b.y);
        f.low[0][part] = rest(b.x, f.high[0][part]);
        f.low[1][part] = rest(b.y, f.high[1][part]);
#endif
    }
    return f;
}

#ifdef EMULATED
#if TWO_IN_ONE
// One of the two, with its place.
float one_of(const uint both, const int place) {
#if TENSOR == BFLOAT16
    return as_float(place ? both & 0xffff0000 : both << 16);
#else
    return vload_half(place, (const half *)&both);
#endif
}
#endif

// The value that the lanes' registers hold at a row position 0 to 15, or a column position 0 to 7, and some k of a step.
float left_value(local const float *left, const int k, const int position, const int at, const int lower) {
#if TWO_IN_ONE
    const struct LeftFragment f = left_fragment(left, k, position % 8 * 4 + at % 8 / 2);
    return one_of(f.high[position / 8 + at / 8 * 2], at % 2);
#else
    const struct LeftFragment f = left_fragment(left, k, position % 8 * 4 + at % 4);
    const int word = position / 8 + at / 4 * 2;
    return as_float(lower ? f.low[word] : f.high[word]);
#endif
}

float right_value(local const float *right, const int k, const int odd, const int position, const int at,
                  const int lower) {
#if TWO_IN_ONE
    const struct RightFragment f = right_fragment(right, k, position * 4 + at % 8 / 2);
    return one_of(f.high[odd][at / 8], at % 2);
#else
    const struct RightFragment f = right_fragment(right, k, position * 4 + at % 4);
    return as_float(lower ? f.low[odd][at / 4] : f.high[odd][at / 4]);
#endif
}

// A lane's four results of an instruction: rows g and g + 8, columns 2 (lane % 4) and the next.
void emulate(float result[4], local const float *left, local const float *right, const int k, const int odd,
             const int lowerLeft, const int lowerRight) {
    for (int c = 0; c < 4; c++) {
        const int row = own_lane() / 4 + c / 2 * 8, column = own_lane() % 4 * 2 + c % 2;
        for (int at = 0; at < STEP; at++) {
            result[c] = fma(left_value(left, k, row, at, lowerLeft),
                            right_value(right, k, odd, column, at, lowerRight), result[c]);
        }
    }
}

// sum += the products of one step for 16 rows and 16 columns.
void multiply_step(float sum[ITEM_ROWS][ITEM_COLUMNS], const int i, const int j, local const float *left,
                   local const float *right, const int k) {
    for (int odd = 0; odd < 2; odd++) {
        float result[4] = {sum[i][j + odd], sum[i][j + 2 + odd], sum[i + 1][j + odd], sum[i + 1][j + 2 + odd]};
#if TENSOR == TF32X3
        emulate(result, left, right, k, odd, 1, 0);
        emulate(result, left, right, k, odd, 0, 1);
#endif
        emulate(result, left, right, k, odd, 0, 0);
        sum[i][j + odd] = result[0];
        sum[i][j + 2 + odd] = result[1];
        sum[i + 1][j + odd] = result[2];
        sum[i + 1][j + 2 + odd] = result[3];
    }
}

void multiply_slab(float sum[ITEM_ROWS][ITEM_COLUMNS], local const float *left, local const float *right) {
    for (int k = 0; k < DEPTH; k += STEP) {
        for (int i = 0; i < ITEM_ROWS; i += 2) {
            for (int j = 0; j < ITEM_COLUMNS; j += 4) {
                multiply_step(sum, i, j, left + warp_row() + i * 8, right + warp_column() + j * 4, k);
            }
        }
    }
}
#else
__attribute__((always_inline))
void instruction(float *r0, float *r1, float *r2, float *r3, const uint a[4], const uint b[2]) {
    __asm__(INSTRUCTION " {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(*r0), "+f"(*r1), "+f"(*r2), "+f"(*r3)
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

__attribute__((always_inline))
void multiply_step(float sum[ITEM_ROWS][ITEM_COLUMNS], const int i, const int j, const uint left[4],
                   const uint right[2][2]) {
UNROLLED
    for (int odd = 0; odd < 2; odd++) {
        instruction(&sum[i][j + odd], &sum[i][j + 2 + odd], &sum[i + 1][j + odd], &sum[i + 1][j + 2 + odd], left,
                    right[odd]);
    }
}

__attribute__((always_inline))
void multiply_slab(float sum[ITEM_ROWS][ITEM_COLUMNS], local const float *left, local const float *right) {
UNROLLED
    for (int k = 0; k < DEPTH; k += STEP) {
        struct LeftFragment a[ITEM_ROWS / 2];
UNROLLED
        for (int i = 0; i < ITEM_ROWS; i += 2) {
            a[i / 2] = left_fragment(left + warp_row() + i * 8, k, own_lane());
        }
UNROLLED
        for (int j = 0; j < ITEM_COLUMNS; j += 4) {
            const struct RightFragment b = right_fragment(right + warp_column() + j * 4, k, own_lane());
            // The three products one after the other over all rows, so that none waits for the sum of the one before.
#if TENSOR == TF32X3
UNROLLED
            for (int i = 0; i < ITEM_ROWS; i += 2) {
                multiply_step(sum, i, j, a[i / 2].low, b.high);
            }
UNROLLED
            for (int i = 0; i < ITEM_ROWS; i += 2) {
                multiply_step(sum, i, j, a[i / 2].high, b.low);
            }
#endif
UNROLLED
            for (int i = 0; i < ITEM_ROWS; i += 2) {
                multiply_step(sum, i, j, a[i / 2].high, b.high);
            }
        }
    }
}
#endif
#endif
