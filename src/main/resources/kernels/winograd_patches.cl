// What Winograd's convolution and kernel gradient share: patches of 2x2 target positions, which read 4x4 source positions,
// and the transform of the source,
//
//     B' = | 1  0 -1  0 |
//          | 0  1  1  0 |
//          | 0 -1  1  0 |
//          | 0  1  0 -1 |.
//
// Lavin and Gray 2015, section 4.1.

// A patch of 2x2 target positions: its item of the batch and its first position.
struct Patch {
    ulong item;
    int y, x;
};

struct Patch patch_of(const ulong number, const struct Convolution c) {
    const uint across = (c.x.target + 1) / 2, perItem = (c.y.target + 1) / 2 * across;
    struct Patch p;
    p.item = quotient(number, perItem);
    const uint inItem = (uint)(number - p.item * perItem);
    p.y = inItem / across * 2;
    p.x = inItem % across * 2;
    return p;
}

// B' d B of length source channels from channel first on; d is what the patch reads, zero on padding. The 16 elements
// lie distance apart.
void transform_source(const struct Patch p, const global float *x, const int first, const int length,
                      const struct Convolution c, float *v, const int distance) {
    const int sy = p.y - c.y.padLow, sx = p.x - c.x.padLow;
    const size_t pixel = c.sourceChannels, row = c.x.source * pixel;
    const global float *const corner =
            x + p.item * c.y.source * row + (long)sy * (long)row + (long)sx * (long)pixel + first;
    const bool inside = sy >= 0 && sy + 4 <= c.y.source && sx >= 0 && sx + 4 <= c.x.source;
    for (int k = 0; k < length; k += VECTOR_WIDTH) {
        Vector d[16], rows[16];
        if (inside) {
#pragma unroll
            for (int i = 0; i < 16; i++) {
                d[i] = LOAD(corner + (i / 4) * row + (i % 4) * pixel + k);
            }
        } else {
#pragma unroll
            for (int i = 0; i < 16; i++) {
                const int py = sy + i / 4, px = sx + i % 4;
                d[i] = 0.0f;
                if (py >= 0 && py < c.y.source && px >= 0 && px < c.x.source) {
                    d[i] = LOAD(corner + (i / 4) * row + (i % 4) * pixel + k);
                }
            }
        }
#pragma unroll
        for (int i = 0; i < 4; i++) {
            rows[i] = d[i] - d[8 + i];
            rows[4 + i] = d[4 + i] + d[8 + i];
            rows[8 + i] = d[8 + i] - d[4 + i];
            rows[12 + i] = d[4 + i] - d[12 + i];
        }
#pragma unroll
        for (int i = 0; i < 16; i += 4) {
            STORE(rows[i] - rows[i + 2], v + i * distance + k);
            STORE(rows[i + 1] + rows[i + 2], v + (i + 1) * distance + k);
            STORE(rows[i + 2] - rows[i + 1], v + (i + 2) * distance + k);
            STORE(rows[i + 1] - rows[i + 3], v + (i + 3) * distance + k);
        }
    }
}
