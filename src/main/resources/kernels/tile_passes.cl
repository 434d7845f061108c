// What goes before and after the tiled products: the reversed kernel of an input gradient, and the sum of partial
// products. Build options: STYLE_TILES.

// reversed[tap, s, t] = w[taps - 1 - tap, t', s]: the kernel of an input gradient. w is the forward kernel (taps,
// forward input channels / groups, forward output channels); c is the input gradient's geometry, so forward outputs
// are its sources; t is the target channel, t' its number in its group, s the source channel in the group. Global
// size (elements of w), any local size.
kernel void tile_reverse(global const float *w, const ulong wOffset, global float *reversed, const ulong reversedOffset,
                         const struct Convolution c) {
    const int sources = c.sourceChannels / c.groups, targets = c.targetChannels / c.groups;
    const int taps = c.y.taps * c.x.taps;
    const size_t at = get_global_id(0);
    if (at >= (size_t)taps * sources * c.targetChannels) {
        return;
    }
    const int t = at % c.targetChannels, s = at / c.targetChannels % sources;
    const int tap = taps - 1 - (int)(at / c.targetChannels / sources);
    reversed[reversedOffset + at] =
            w[wOffset + ((size_t)tap * targets + t % targets) * c.sourceChannels + t / targets * sources + s];
}

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
