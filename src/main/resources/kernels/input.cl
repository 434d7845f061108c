// Takes the items of a batch out of a data set: y[i] = x[order[cursor + i]] * scale + shift, item by item of size
// elements, scale and shift (channels) for the last axis; without them (scaled 0) numbers are copied. Range: units /
// perItem; a unit is a piece of an item. Build options: the style's.

struct Items {
    int size, channels, scaled, piece;
};

struct Piece {
    ulong target, source;
    int first, count;
};

struct Piece piece_of(const ulong unit, global const int *order, const struct Items g, global const uint *control) {
    const uint pieces = (g.size + g.piece - 1) / g.piece;
    const ulong item = quotient(unit, pieces);
    struct Piece p;
    p.first = (int)(unit - item * pieces) * g.piece;
    p.count = min(g.piece, g.size - p.first);
    p.target = item * g.size + p.first;
    p.source = (ulong)order[control[CONTROL_CURSOR] + item] * g.size + p.first;
    return p;
}

#ifdef STYLE_TILES
// Four elements from channel c on, scaled. Pieces are four elements where they divide an item, and begin at multiples of
// four then.
Flat scaled(
        const Flat v, const int c, global const float *restrict scale, global const float *restrict shift,
        const struct Items g) {
    if (!g.scaled) {
        return v;
    }
    const int c1 = c + 1 == g.channels ? 0 : c + 1, c2 = c1 + 1 == g.channels ? 0 : c1 + 1;
    const int c3 = c2 + 1 == g.channels ? 0 : c2 + 1;
    const Flat by = (Flat)(scale[c], scale[c1], scale[c2], scale[c3]);
    return v * by + (Flat)(shift[c], shift[c1], shift[c2], shift[c3]);
}
#endif

#ifdef STYLE_VECTORS
// Pixels of up to so many channels are treated a vector of them at a time: MOST_CHANNELS vectors at most, in which scales
// and shifts lie as they repeat.
#define MOST_CHANNELS 4

struct Lines {
    float scale[MOST_CHANNELS * VECTOR_WIDTH], shift[MOST_CHANNELS * VECTOR_WIDTH];
};

// From channel c on; returns how many elements there are until they repeat.
int fill_lines(
        struct Lines *lines, const int first, global const float *restrict scale, global const float *restrict shift,
        const struct Items g) {
    const int length = g.channels * VECTOR_WIDTH;
    for (int i = 0, c = first; i < length; i++, c = c + 1 == g.channels ? 0 : c + 1) {
        lines->scale[i] = scale[c];
        lines->shift[i] = shift[c];
    }
    return length;
}
#endif

ulong gather_units(const struct Items g, global const uint *control) {
    return (ulong)control[CONTROL_BATCH] * ((g.size + g.piece - 1) / g.piece);
}

kernel void gather_bytes(
        global const uint *control, global const uchar *restrict x, const ulong xo, global const int *restrict order,
        const ulong oo, global const float *restrict scale, const ulong so, global const float *restrict shift,
        const ulong ho, global float *restrict y, const ulong yo, const struct Items g, const int perItem) {
    const ulong end = end_unit(perItem, gather_units(g, control));
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        const struct Piece p = piece_of(unit, order + oo, g, control);
#ifdef STYLE_TILES
        if (p.count == FLAT_WIDTH) {
            const Flat v = convert_float4(*(global const uchar4 *)(x + xo + p.source));
            store_flat(scaled(v, p.first % g.channels, scale + so, shift + ho, g), y + yo + p.target, FLAT_WIDTH);
            continue;
        }
#else
        if (g.scaled && g.channels <= MOST_CHANNELS) {
            struct Lines lines;
            const int length = fill_lines(&lines, p.first % g.channels, scale + so, shift + ho, g);
            for (int begin = 0; begin < p.count; begin += length) {
                const int end = min(length, p.count - begin);
                const ulong from = xo + p.source + begin, to = yo + p.target + begin;
                for (int i = 0; i < end; i++) {
                    y[to + i] = (float)x[from + i] * lines.scale[i] + lines.shift[i];
                }
            }
            continue;
        }
#endif
        for (int i = 0, c = p.first % g.channels; i < p.count; i++, c = c + 1 == g.channels ? 0 : c + 1) {
            const float v = (float)x[xo + p.source + i];
            y[yo + p.target + i] = g.scaled ? v * scale[so + c] + shift[ho + c] : v;
        }
    }
}

kernel void gather_floats(
        global const uint *control, global const float *restrict x, const ulong xo, global const int *restrict order,
        const ulong oo, global const float *restrict scale, const ulong so, global const float *restrict shift,
        const ulong ho, global float *restrict y, const ulong yo, const struct Items g, const int perItem) {
    const ulong end = end_unit(perItem, gather_units(g, control));
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        const struct Piece p = piece_of(unit, order + oo, g, control);
#ifdef STYLE_TILES
        if (p.count == FLAT_WIDTH) {
            const Flat v = *(global const Flat *)(x + xo + p.source);
            store_flat(scaled(v, p.first % g.channels, scale + so, shift + ho, g), y + yo + p.target, FLAT_WIDTH);
            continue;
        }
#else
        if (g.scaled && g.channels <= MOST_CHANNELS) {
            struct Lines lines;
            const int length = fill_lines(&lines, p.first % g.channels, scale + so, shift + ho, g);
            for (int begin = 0; begin < p.count; begin += length) {
                const int end = min(length, p.count - begin);
                const ulong from = xo + p.source + begin, to = yo + p.target + begin;
                for (int i = 0; i < end; i++) {
                    y[to + i] = x[from + i] * lines.scale[i] + lines.shift[i];
                }
            }
            continue;
        }
#endif
        for (int i = 0, c = p.first % g.channels; i < p.count; i++, c = c + 1 == g.channels ? 0 : c + 1) {
            const float v = x[xo + p.source + i];
            y[yo + p.target + i] = g.scaled ? v * scale[so + c] + shift[ho + c] : v;
        }
    }
}
