// What goes after the tiled products: the sum of partial products. Build options: STYLE_TILES.

// y[i] = f(bias[i % columns] + sum over s of partial[s, i]) in ascending order of s, for the items elements of y,
// times the batch size when batched != 0. Global size (elements now), any local size.
kernel void tile_sum(global const uint *control, global const float *partial, const ulong partialOffset,
                     global const float *bias, const ulong biasOffset, global float *y, const ulong yOffset,
                     const ulong items, const int batched, const int columns, const int splits,
                     const struct Activation f, const int hasBias) {
    const size_t size = items * (batched ? control[CONTROL_BATCH] : 1);
    const size_t at = get_global_id(0);
    if (at >= size) {
        return;
    }
    float sum = 0.0f;
    for (int s = 0; s < splits; s++) {
        sum += partial[partialOffset + s * size + at];
    }
    y[yOffset + at] = activate(sum + (hasBias ? bias[biasOffset + at % columns] : 0.0f), f);
}
