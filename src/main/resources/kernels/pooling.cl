// What maxima and means of windows over images share, per channel. Images are (batch, height, width, channels). Position p
// of the output covers the inputs i = p * stride + k * dilation - padLow, 0 <= k < taps, that are inside the image (Dumoulin
// and Visin 2016, section 3). Gradients are gathered, every input summing in an order of the windows that never changes.
// Range: units / perItem, see struct Place of common.cl. Build options: the style's and, with tiles, VECTOR_WIDTH (see
// common.cl).

struct Window {
    int input, output, taps, stride, dilation, padLow;
};

struct Pool {
    struct Window y, x;
    int channels;
};

ulong input_pixel(const struct Place p, const int y, const int x, const struct Pool g) {
    return pixel_at(p, y, x, g.y.input, g.x.input, g.channels);
}

ulong output_pixel(const struct Place p, const int y, const int x, const struct Pool g) {
    return pixel_at(p, y, x, g.y.output, g.x.output, g.channels);
}

// The first k whose input is inside, and the first after those; between them all are.
int first_tap(const int start, const struct Window w) {
    return start >= 0 ? 0 : (-start + w.dilation - 1) / w.dilation;
}

int end_tap(const int start, const struct Window w) {
    const int left = w.input - start;
    return min(w.taps, w.dilation == 1 ? left : (left + w.dilation - 1) / w.dilation);
}

// The window at output (oy, ox): inputs start + tap * dilation for the taps from first up to, not including, end.
struct Span {
    int startY, startX, firstY, firstX, endY, endX;
};

struct Span span_of(const int oy, const int ox, const struct Pool g) {
    struct Span s;
    s.startY = oy * g.y.stride - g.y.padLow;
    s.startX = ox * g.x.stride - g.x.padLow;
    s.firstY = first_tap(s.startY, g.y);
    s.firstX = first_tap(s.startX, g.x);
    s.endY = end_tap(s.startY, g.y);
    s.endX = end_tap(s.startX, g.x);
    return s;
}

ulong tap_pixel(const struct Place p, const struct Span s, const int ky, const int kx, const struct Pool g) {
    return input_pixel(p, s.startY + ky * g.y.dilation, s.startX + kx * g.x.dilation, g);
}

// Elements from one tap to its neighbour below and to the right.
size_t tap_below(const struct Pool g) {
    return (size_t)g.y.dilation * g.x.input * g.channels;
}

size_t tap_right(const struct Pool g) {
    return (size_t)g.x.dilation * g.channels;
}

// Windows with so many rows and columns of taps inside. Those of 2x2 and 3x3 are the usual ones, and a square is one of
// these below; its loops are as long as those of the larger one, as compilers unroll before they know which it is.
#define SQUARE 9
bool is_square(const struct Span s, const int side) {
    return s.endY - s.firstY == side && s.endX - s.firstX == side;
}

// The inputs of such a window, whose first one row points to: all are asked for before one is waited for.
INLINED void load_square(global const float *row, const int side, const int count, const struct Pool g, Vector *v) {
#pragma unroll
    for (int i = 0; i < SQUARE; i++) {
        if (i < side * side) {
            v[i] = load_first(row + i / side * tap_below(g) + i % side * tap_right(g), count);
        }
    }
}

// The outputs whose windows may cover an input: from first_window up to, not including, end_window.
int first_window(const int position, const struct Window w) {
    const int reach = position + w.padLow - (w.taps - 1) * w.dilation;
    return reach <= 0 ? 0 : w.stride == 1 ? reach : (reach + w.stride - 1) / w.stride;
}

int end_window(const int position, const struct Window w) {
    const int reach = position + w.padLow;
    return min(w.output, (w.stride == 1 ? reach : reach / w.stride) + 1);
}

// The tap with which a window meets an input position, or -1 where dilation steps over it.
int tap_of(const int position, const int window, const struct Window w) {
    const int distance = position + w.padLow - window * w.stride;
    if (w.dilation == 1) {
        return distance;
    }
    return distance % w.dilation == 0 ? distance / w.dilation : -1;
}

// The inputs of a cell of stride x stride of them, of which one window at most covers some where windows do not overlap
// (stride >= kernel, dilation 1). Cells: ceil((input + padLow) / stride) per axis.
struct Cell {
    int firstY, endY, firstX, endX; // taps that are inside the image, of the window or beside it
    long corner;                    // element of the first one
    bool window;                    // whether there is one
};

struct Cell cell_of(const struct Place p, const struct Span s, const struct Pool g) {
    struct Cell cell;
    cell.firstY = max(0, -s.startY);
    cell.firstX = max(0, -s.startX);
    cell.endY = min(g.y.stride, g.y.input - s.startY);
    cell.endX = min(g.x.stride, g.x.input - s.startX);
    cell.corner = (long)input_pixel(p, s.startY + cell.firstY, s.startX + cell.firstX, g);
    cell.window = p.y < g.y.output && p.x < g.x.output;
    return cell;
}
