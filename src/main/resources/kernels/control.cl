// What runs around all operations: writing the run buffer, setting memory to one number.
// Build options: the style's (see common.cl).

// words: the 16 words of the run buffer, see CONTROL_*. Range (1).
kernel void write_control(global uint *control, const uint16 words) {
    vstore16(words, 0, control);
}

// x[i] = value for i < count. Range (count / chunk): with vectors a work-item fills a chunk of 4096.
kernel void fill(global float *x, const ulong xo, const ulong count, const float value) {
#ifdef STYLE_VECTORS
    const int chunk = 4096;
#else
    const int chunk = 1;
#endif
    for (ulong i = first_unit(chunk); i < end_unit(chunk, count); i++) {
        x[xo + i] = value;
    }
}
