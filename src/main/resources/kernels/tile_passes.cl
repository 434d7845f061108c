// What goes after the tiled products: the sum of partial products. Build options: STYLE_TILES.

// Work-items of a group.
#define GROUP_ITEMS 64

// y[i] = f(bias[i % columns] + sum over s of partial[s, i]) for the items elements of y, times the batch size when
// batched != 0. Lane l of a result, of local size (GROUP_ITEMS / lanes, lanes), adds up every lanes-th part from part l on;
// then the lanes are added in order. Global size (elements now, lanes).
kernel void tile_sum(global const uint *control, global const float *partial, const ulong partialOffset,
                     global const float *bias, const ulong biasOffset, global float *y, const ulong yOffset,
                     const ulong items, const int batched, const int columns, const int splits,
                     const struct Activation f, const int hasBias) {
    local float sums[GROUP_ITEMS];
    const size_t size = items * (batched ? control[CONTROL_BATCH] : 1);
    const size_t at = get_global_id(0);
    const int lanes = get_local_size(1), result = get_local_id(0), results = get_local_size(0);
    float sum = 0.0f;
    if (at < size) {
        const global float *p = partial + partialOffset + at;
#pragma unroll 4
        for (int s = get_local_id(1); s < splits; s += lanes) {
            sum += p[s * size];
        }
    }
    sums[get_local_id(1) * results + result] = sum;
    barrier(CLK_LOCAL_MEM_FENCE);
    if (at < size && get_local_id(1) == 0) {
        for (int lane = 1; lane < lanes; lane++) {
            sum += sums[lane * results + result];
        }
        y[yOffset + at] = activate(sum + (hasBias ? bias[biasOffset + at % columns] : 0.0f), f);
    }
}
