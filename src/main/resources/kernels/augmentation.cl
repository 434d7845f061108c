// Random changes of images (batch, height, width, channels), drawn for each image. The words of image i are Philox4x32-10
// (Salmon et al. 2011) with key (seed low, seed high), counter (i, 0, step, ~stream); a word w stands for the whole number
// low + floor(w * count / 2^32). Which pixels meet with which weights is computed in integers alone and so the same on
// every device.
// Range: units / perItem, see struct Place of common.cl. Build options: the style's.

#define FLIP 0        // y[r,c] = x[h-1-r or r, w-1-c or c]
#define TRANSLATION 1 // y[r,c] = x[r - rows, c - columns]
#define ROTATION 2    // counterclockwise about the centre by rows / 2^24 of a turn, bilinear
#define CUTOUT 3      // rows x columns pixels around a centre from words 2 and 3 become fill

#define EDGE_CONSTANT 0 // fill
#define EDGE_REFLECT 1  // d c b a | a b c d | d c b a
#define EDGE_WRAP 2     // a b c d | a b c d | a b c d
#define EDGE_NEAREST 3  // a a a a | a b c d | d d d d

struct Image {
    int height, width, channels;
};

// rowLow, rowCount: the range of word 0; columnLow, columnCount: of word 1.
struct Change {
    int kind, edge, rowLow, rowCount, columnLow, columnCount, stream;
};

struct Colors {
    int low, count, stream, contrast; // factors in units of 2^-24
};

uint4 words_of(const uint item, const int stream, global const uint *control) {
    uint4 x = (uint4)(item, 0, control[CONTROL_STEP], ~(uint)stream);
    uint key0 = control[CONTROL_SEED_LOW], key1 = control[CONTROL_SEED_HIGH];
    for (int round = 0; round < 10; round++) {
        const uint high0 = mul_hi(0xD2511F53u, x.s0), high1 = mul_hi(0xCD9E8D57u, x.s2);
        x = (uint4)(high1 ^ x.s1 ^ key0, 0xCD9E8D57u * x.s2, high0 ^ x.s3 ^ key1, 0xD2511F53u * x.s0);
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    return x;
}

int drawn(const uint word, const int low, const int count) {
    return low + (int)mul_hi(word, (uint)count);
}

// The position inside an axis of extent n that stands for p, -1 for fill.
int inside(const int p, const int n, const int edge) {
    if (p >= 0 && p < n) {
        return p;
    }
    if (edge == EDGE_CONSTANT) {
        return -1;
    }
    if (edge == EDGE_NEAREST) {
        return p < 0 ? 0 : n - 1;
    }
    const int period = edge == EDGE_WRAP ? n : 2 * n, rest = p % period, m = rest < 0 ? rest + period : rest;
    return edge == EDGE_WRAP ? m : min(m, 2 * n - 1 - m);
}

// What a flip, a translation or a cutout does with one image: along each axis position p comes from start + p * step,
// and what lies in the rectangle from (top, left) up to, not including, (bottom, right) becomes fill.
struct Move {
    int startY, stepY, startX, stepX, top, bottom, left, right;
};

struct Move move_of(const uint4 words, const struct Image g, const struct Change a) {
    const int rows = drawn(words.s0, a.rowLow, a.rowCount), columns = drawn(words.s1, a.columnLow, a.columnCount);
    struct Move m = {0, 1, 0, 1, 0, 0, 0, 0};
    if (a.kind == FLIP) {
        m.startY = rows ? g.height - 1 : 0;
        m.stepY = rows ? -1 : 1;
        m.startX = columns ? g.width - 1 : 0;
        m.stepX = columns ? -1 : 1;
    } else if (a.kind == TRANSLATION) {
        m.startY = -rows;
        m.startX = -columns;
    } else {
        m.top = drawn(words.s2, 0, g.height) - rows / 2;
        m.bottom = m.top + rows;
        m.left = drawn(words.s3, 0, g.width) - columns / 2;
        m.right = m.left + columns;
    }
    return m;
}

// fill: (channels), not touched where nothing is filled.
kernel void move_images(
        global const uint *control, global const float *restrict x, const ulong xo, global const float *restrict fill,
        const ulong fo, global float *restrict y, const ulong yo, const struct Image g, const struct Change a,
        const int perItem) {
    const ulong end = end_unit(perItem, image_units(g.height, g.width, g.channels, control));
    ulong item = ~0ul;
    struct Move m = {0, 1, 0, 1, 0, 0, 0, 0};
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        const struct Place p = place_of(unit, g.height, g.width, g.channels);
        if (p.item != item) {
            item = p.item;
            m = move_of(words_of((uint)item, a.stream, control), g, a);
        }
        const int iy = inside(m.startY + p.y * m.stepY, g.height, a.edge);
        const int ix = inside(m.startX + p.x * m.stepX, g.width, a.edge);
        const bool cut = p.y >= m.top && p.y < m.bottom && p.x >= m.left && p.x < m.right;
        const bool filled = cut || iy < 0 || ix < 0;
        const ulong from = filled ? 0 : xo + pixel_at(p, iy, ix, g.height, g.width, g.channels);
        const ulong to = yo + pixel_at(p, p.y, p.x, g.height, g.width, g.channels);
        for (int c = p.first; c < p.end; c += VECTOR_WIDTH) {
            const Vector v = load_first(filled ? fill + fo + c : x + from + c, g.channels - c);
            store_first(v, y + to + c, g.channels - c);
        }
    }
}

// Sine and cosine times 2^30.
struct Turn {
    long sine, cosine;
};

// The angle is in units of a turn / 2^24. Whole quarters apart it is t / 2^30 eighths; Taylor's series in integers.
struct Turn turn_of(const int angle) {
    const int shifted = angle + (1 << 21);
    const long t = (long)((shifted & 0x3FFFFF) - (1 << 21)) << 9, z = t * t >> 30;
    const long s5 = 2674041 + (z * (-39273 + (z * 336 >> 30)) >> 30);
    const long s = t * (843314857 + (z * (-86699834 + (z * s5 >> 30)) >> 30)) >> 30;
    const long c6 = -350031 + (z * (3856 + (z * -26 >> 30)) >> 30);
    const long c = 1073741824 + (z * (-331168970 + (z * (17023473 + (z * c6 >> 30)) >> 30)) >> 30);
    const int quarter = shifted >> 22 & 3;
    struct Turn turn;
    turn.sine = quarter == 0 ? s : quarter == 1 ? c : quarter == 2 ? -s : -c;
    turn.cosine = quarter == 0 ? c : quarter == 1 ? -s : quarter == 2 ? -c : s;
    return turn;
}

// Channels c.. of the pixel at a position that may lie outside.
Vector pixel_or_fill(
        const struct Place p, const int row, const int column, const int c, global const float *x,
        global const float *fill, const struct Image g, const int edge) {
    const int iy = inside(row, g.height, edge), ix = inside(column, g.width, edge);
    const bool filled = iy < 0 || ix < 0;
    const ulong from = filled ? 0 : pixel_at(p, iy, ix, g.height, g.width, g.channels);
    return load_first(filled ? fill + c : x + from + c, g.channels - c);
}

// Between two pixels of a row; one of weight 0 is not looked at.
Vector between_columns(
        const struct Place p, const int row, const int column, const float weight, const int c, global const float *x,
        global const float *fill, const struct Image g, const int edge) {
    const Vector left = pixel_or_fill(p, row, column, c, x, fill, g, edge);
    if (weight == 0.0f) {
        return left;
    }
    return (1.0f - weight) * left + weight * pixel_or_fill(p, row, column + 1, c, x, fill, g, edge);
}

// The pixel at (py, px) from the centre, rows downwards, comes from (px sin + py cos, px cos - py sin).
kernel void rotate_images(
        global const uint *control, global const float *restrict x, const ulong xo, global const float *restrict fill,
        const ulong fo, global float *restrict y, const ulong yo, const struct Image g, const struct Change a,
        const int perItem) {
    const ulong end = end_unit(perItem, image_units(g.height, g.width, g.channels, control));
    ulong item = ~0ul;
    struct Turn turn = {0, 0};
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        const struct Place p = place_of(unit, g.height, g.width, g.channels);
        if (p.item != item) {
            item = p.item;
            turn = turn_of(drawn(words_of((uint)item, a.stream, control).s0, a.rowLow, a.rowCount));
        }
        // Twice the distance from the centre, and positions times 2^31.
        const long py = 2 * p.y - g.height + 1, px = 2 * p.x - g.width + 1;
        const long row = ((long)(g.height - 1) << 30) + turn.sine * px + turn.cosine * py;
        const long column = ((long)(g.width - 1) << 30) + turn.cosine * px - turn.sine * py;
        const int top = (int)(row >> 31), left = (int)(column >> 31);
        const float down = (float)((int)(row >> 7) & 0xFFFFFF) * 0x1p-24f;
        const float right = (float)((int)(column >> 7) & 0xFFFFFF) * 0x1p-24f;
        const ulong to = yo + pixel_at(p, p.y, p.x, g.height, g.width, g.channels);
        for (int c = p.first; c < p.end; c += VECTOR_WIDTH) {
            Vector v = between_columns(p, top, left, right, c, x + xo, fill + fo, g, a.edge);
            if (down != 0.0f) {
                const Vector below = between_columns(p, top + 1, left, right, c, x + xo, fill + fo, g, a.edge);
                v = (1.0f - down) * v + down * below;
            }
            store_first(v, y + to + c, g.channels - c);
        }
    }
}

// v inside [low, high]; NaN stays NaN.
float limited(const float v, const float low, const float high) {
    return v < low ? low : v > high ? high : v;
}

// Contrast: y = limited((x - mean) * f + mean), means (batch, channels); else brightness: y = limited(x + f * unit).
// limits (3, channels): unit, low, high.
kernel void change_colors(
        global const uint *control, global const float *restrict x, const ulong xo, global const float *restrict means,
        const ulong mo, global const float *restrict limits, const ulong lo, global float *restrict y, const ulong yo,
        const struct Image g, const struct Colors a, const int perItem) {
    const ulong end = end_unit(perItem, image_units(g.height, g.width, g.channels, control));
    ulong item = ~0ul;
    float f = 0.0f;
    for (ulong unit = first_unit(perItem); unit < end; unit++) {
        const struct Place p = place_of(unit, g.height, g.width, g.channels);
        if (p.item != item) {
            item = p.item;
            f = (float)drawn(words_of((uint)item, a.stream, control).s0, a.low, a.count) * 0x1p-24f;
        }
        const ulong at = pixel_at(p, p.y, p.x, g.height, g.width, g.channels);
        for (int c = p.first; c < p.end; c++) {
            const float v = x[xo + at + c], mean = a.contrast ? means[mo + item * g.channels + c] : 0.0f;
            const float changed = a.contrast ? (v - mean) * f + mean : v + f * limits[lo + c];
            y[yo + at + c] = limited(changed, limits[lo + g.channels + c], limits[lo + 2 * g.channels + c]);
        }
    }
}
