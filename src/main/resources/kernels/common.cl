// Put before every kernel family: the run buffer, geometry, vectors.
// OpenCL C 1.2, no extension needed.
// Build options: -cl-std=CL1.2 -cl-mad-enable, never -cl-fast-relaxed-math (NaN and infinity must survive).

// OpenCL numbers groups from the first one that is started. Tests that start at a later work-item count it in.
#ifdef GROUPS_AS_IN_THE_WHOLE
#define get_group_id(dimension) (get_global_id(dimension) / get_local_size(dimension))
#endif

// Before loops of tiles, whose sums are then registers, and before functions that tiles call from several places. On
// processors tiles are only tested, and compilers take long over what is unrolled or inlined.
#if defined(__x86_64__) || defined(__aarch64__)
#define UNROLLED _Pragma("unroll 1")
#define OUTLINED __attribute__((noinline))
#else
#define UNROLLED _Pragma("unroll")
#define OUTLINED
#endif

// Before functions of vectors that inner loops call with structures: processors copy a structure for every call, and wait
// for the copy. Their arguments are not restrict: of that inlining makes notes which oclgrind does not know.
#define INLINED __attribute__((always_inline))

// Asks a processor for what is read later, or read and then written; nothing elsewhere.
#if defined(__x86_64__) || defined(__aarch64__)
#define PREFETCH(p) __builtin_prefetch((const void *)(size_t)(p))
#define PREFETCH_TO_WRITE(p) __builtin_prefetch((const void *)(size_t)(p), 1)
#else
#define PREFETCH(p) ((void)(p))
#define PREFETCH_TO_WRITE(p) ((void)(p))
#endif
#define FLOATS_OF_A_LINE 16

// Explicit vectors for CPU devices: VECTOR_WIDTH floats (8 with AVX2, 16 with AVX-512), no local memory, no barriers. For
// GPUs vectors of four floats where rows are made of them and so begin at multiples of 16 bytes, as all arrays do; else
// one float. There a work-item has one vector, so that neighbouring work-items are neighbours in memory.
#define JOIN2(a, b) a##b
#define JOIN(a, b) JOIN2(a, b)
#ifndef VECTOR_WIDTH
#define VECTOR_WIDTH 1
#endif
#if VECTOR_WIDTH == 1
typedef float Vector;
typedef int VectorMask;
#define AS_FLOATS(integers) (float)(integers)
#else
typedef JOIN(float, VECTOR_WIDTH) Vector;
typedef JOIN(int, VECTOR_WIDTH) VectorMask;
#define AS_FLOATS(integers) JOIN(convert_float, VECTOR_WIDTH)(integers)
#endif

// What a function computes at once, and what comparing it gives: with vectors all numbers of one, because compilers for
// CPU devices call exp and the like for one number after the other in a loop of scalars; with tiles one number.
#ifdef STYLE_VECTORS
#define NUMBER_WIDTH VECTOR_WIDTH
typedef Vector Number;
typedef VectorMask NumberMask;
#else
#define NUMBER_WIDTH 1
typedef float Number;
typedef int NumberMask;
#endif

// The places within a Number.
#if NUMBER_WIDTH == 16
#define PLACES 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
#elif NUMBER_WIDTH == 8
#define PLACES 0, 1, 2, 3, 4, 5, 6, 7
#elif NUMBER_WIDTH == 4
#define PLACES 0, 1, 2, 3
#else
#define PLACES 0
#endif

// The run buffer (uint words): everything that differs from one run to the next. Words 8..11 are floats.
#define CONTROL_BATCH 0
#define CONTROL_STEP 1
#define CONTROL_SEED_LOW 2
#define CONTROL_SEED_HIGH 3
#define CONTROL_CURSOR 4
#define CONTROL_COEFFICIENTS 8

// Work is numbered in units; work-item i does the units from first_unit(perItem) up to, not including,
// end_unit(perItem, units).
ulong first_unit(const int perItem) {
    return get_global_id(0) * (ulong)perItem;
}

ulong end_unit(const int perItem, const ulong units) {
    return min(first_unit(perItem) + (ulong)perItem, units);
}

// Elements, rows or units of this batch: those of an item times the batch size, unless there is no batch axis.
ulong count_now(const ulong perItem, const int batched, global const uint *control) {
    return batched ? perItem * control[CONTROL_BATCH] : perItem;
}

// a / b; 64-bit division is slow on every device and seldom needed.
ulong quotient(const ulong a, const uint b) {
    return a >> 32 ? a / b : (ulong)((uint)a / b);
}

// One axis of a convolution as a gather: position t of the target meets tap k at s = t * step + k * dilation -
// padLow, which counts when gap divides s and 0 <= s / gap < source. Forward: target = output, source = input, step =
// stride, gap = 1. Input gradient (Dumoulin and Visin 2016, section 4): target = input, source = output, step = 1,
// gap = stride, padLow = (taps - 1) * dilation - padLow of the forward axis, and the kernel's taps reversed.
struct Axis {
    int target, source, taps, step, gap, dilation, padLow;
};

struct Convolution {
    struct Axis y, x;
    int sourceChannels, targetChannels, groups;
};

// What a convolution is a part of: its target position i is first + i * gap of a target of so many positions, its tap j is the
// kernel's tap first + j * step, of taps in all.
struct PhaseAxis {
    int first, gap, target, firstTap, tapStep, taps;
};

struct Phase {
    struct PhaseAxis y, x;
};

// Source position of a tap, or -1 where it falls on padding or into a gap.
int source_position(const int start, const int tap, const struct Axis a) {
    int s = start + tap * a.dilation;
    if (a.gap != 1) {
        s = s >= 0 && s % a.gap == 0 ? s / a.gap : -1;
    }
    return s < a.source ? s : -1;
}

// First position t of the axis whose source t * step + start is >= 0, and the first one where it is >= source; gap is
// 1.
int first_inside(const int start, const struct Axis a) {
    const int first = a.step == 1 ? -start : (-start + a.step - 1) / a.step;
    return start >= 0 ? 0 : min(a.target, first);
}

int end_inside(const int start, const struct Axis a) {
    const int count = a.source - start;
    return count <= 0 ? 0 : min(a.target, a.step == 1 ? count : (count - 1) / a.step + 1);
}

// The items of this batch from number first on, at most so many.
uint items_now(const int first, const int most, global const uint *control) {
    const uint batch = control[CONTROL_BATCH];
    return batch <= (uint)first ? 0 : min(batch - first, (uint)most);
}

// A matrix product C = op(A) * op(B): op(A) is rows x inner, op(B) inner x columns, all row-major. What is batched covers
// the items of the batch from firstItem on, at most so many, and begins with the first of them.
struct Gemm {
    int rows, columns, inner;
    int batched; // 1: rows, 2: inner is that of an item; 0: neither
    int transposeA, transposeB;
    int firstItem, items;
};

ulong rows_now(const struct Gemm g, global const uint *control) {
    return g.batched == 1 ? (ulong)g.rows * items_now(g.firstItem, g.items, control) : (ulong)g.rows;
}

ulong inner_now(const struct Gemm g, global const uint *control) {
    return g.batched == 2 ? (ulong)g.inner * items_now(g.firstItem, g.items, control) : (ulong)g.inner;
}

#ifdef STYLE_VECTORS
// A register tile has TILE_ROWS rows of COLUMNS floats; arrays have 64 floats after their end that may be read, not
// used.
#define COLUMNS (2 * VECTOR_WIDTH)
#define LOAD(p) JOIN(vload, VECTOR_WIDTH)(0, p)

// Stores at any float of an array, and of a work-item's own one: some drivers make several stores of vstore.
typedef Vector UnalignedVector __attribute__((aligned(4)));
#define STORE(v, p) (*(global UnalignedVector *)(p) = (v))
#define STORE_PRIVATE(v, p) (*(UnalignedVector *)(p) = (v))

// The first count values from p, 0 after them: for arrays whose next elements another work-item may be writing.
Vector load_first(const global float *p, const int count) {
    if (count >= VECTOR_WIDTH) {
        return LOAD(p);
    }
    float lanes[VECTOR_WIDTH];
    for (int i = 0; i < VECTOR_WIDTH; i++) {
        lanes[i] = i < count ? p[i] : 0.0f;
    }
    return JOIN(vload, VECTOR_WIDTH)(0, lanes);
}

// Writes the first count values of v; all of them when count >= VECTOR_WIDTH, none when it is <= 0.
void store_first(const Vector v, global float *p, const int count) {
    if (count >= VECTOR_WIDTH) {
        STORE(v, p);
    } else {
        float lanes[VECTOR_WIDTH];
        STORE_PRIVATE(v, lanes);
        for (int i = 0; i < count; i++) {
            p[i] = lanes[i];
        }
    }
}

// A turn of a loop over a flat array: a vector, of which the array's last ones may be fewer.
#define FLAT_WIDTH VECTOR_WIDTH
typedef Vector Flat;
#define OF_EACH(function, v, f) function(v, f)

Flat load_flat(const global float *p, const ulong count) {
    return load_first(p, (int)min(count, (ulong)FLAT_WIDTH));
}

void store_flat(const Flat v, global float *p, const ulong count) {
    store_first(v, p, (int)min(count, (ulong)FLAT_WIDTH));
}
#else
Vector load_first(const global float *p, const int count) {
    return *(const global Vector *)p;
}

void store_first(const Vector v, global float *p, const int count) {
    *(global Vector *)p = v;
}

// A turn of a loop over a flat array: four elements, of which the array's last ones may be fewer.
#define FLAT_WIDTH 4
typedef float4 Flat;
#define OF_EACH(function, v, f) ((Flat)(function((v).x, f), function((v).y, f), function((v).z, f), function((v).w, f)))

Flat load_flat(const global float *p, const ulong count) {
    if (count >= FLAT_WIDTH) {
        return *(const global Flat *)p;
    }
    return (Flat)(p[0], count > 1 ? p[1] : 0.0f, count > 2 ? p[2] : 0.0f, 0.0f);
}

void store_flat(const Flat v, global float *p, const ulong count) {
    if (count >= FLAT_WIDTH) {
        *(global Flat *)p = v;
        return;
    }
    p[0] = v.x;
    if (count > 1) {
        p[1] = v.y;
    }
    if (count > 2) {
        p[2] = v.z;
    }
}
#endif

// Where the new value takes a maximum's place: it is larger or NaN, and the old one is not NaN.
VectorMask wins(const Vector candidate, const Vector best) {
    return !(candidate <= best) & (best == best);
}

Vector larger_of(const Vector best, const Vector candidate) {
    return select(best, candidate, wins(candidate, best));
}

// Vectors that cover so many columns.
int vectors_of(const int columns) {
    return (columns + VECTOR_WIDTH - 1) / VECTOR_WIDTH;
}

// A unit of work on images (batch, height, width, channels): with vectors a pixel, with tiles one vector of its
// channels, so that neighbouring work-items are neighbours in memory. Channels from first up to, not including, end.
struct Place {
    ulong item;
    int y, x, first, end;
};

uint units_of_pixel(const int channels) {
#ifdef STYLE_VECTORS
    return 1;
#else
    return vectors_of(channels);
#endif
}

struct Place place_of(const ulong unit, const int height, const int width, const int channels) {
    const uint split = units_of_pixel(channels);
    const ulong pixel = quotient(unit, split), row = quotient(pixel, width), item = quotient(row, height);
    struct Place p;
    p.item = item;
    p.y = (int)(row - item * height);
    p.x = (int)(pixel - row * width);
    p.first = (int)(unit - pixel * split) * VECTOR_WIDTH;
    p.end = split == 1 ? channels : p.first + VECTOR_WIDTH;
    return p;
}

// The place of the unit after one, without dividing: with tiles work-items have one unit each.
struct Place next_place(struct Place p, const int height, const int width, const int channels) {
#ifndef STYLE_VECTORS
    p.first += VECTOR_WIDTH;
    p.end = p.first + VECTOR_WIDTH;
    if (p.first < channels) {
        return p;
    }
#endif
    p.first = 0;
    p.end = units_of_pixel(channels) == 1 ? channels : VECTOR_WIDTH;
    if (++p.x == width) {
        p.x = 0;
        if (++p.y == height) {
            p.y = 0;
            p.item++;
        }
    }
    return p;
}

ulong image_units(const int height, const int width, const int channels, global const uint *control) {
    return (ulong)control[CONTROL_BATCH] * height * width * units_of_pixel(channels);
}

// The first element of a pixel of the place's item.
ulong pixel_at(const struct Place p, const int y, const int x, const int height, const int width, const int channels) {
    return ((p.item * height + y) * width + x) * channels;
}
