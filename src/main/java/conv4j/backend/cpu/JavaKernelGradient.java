package conv4j.backend.cpu;

import conv4j.backend.Placement;
import conv4j.backend.Step;
import conv4j.graph.Conv2d;
import conv4j.shape.ConvGeometry;
import java.util.Arrays;

/**
 * The kernel gradient of a convolution by Java loops. The batch is cut into parts, as many as {@link Parts} says; each
 * part's gradient goes into working memory, and these are added in order.
 */
final class JavaKernelGradient {

    private final Blocks blocks;

    JavaKernelGradient(Blocks blocks) {
        this.blocks = blocks;
    }

    Step kernelGradient(Conv2d.KernelGradient operation, int maxBatch) {
        ConvGeometry g = operation.geometry();
        Floats x = blocks.floats(operation.input());
        Floats dy = blocks.floats(operation.outputGradient());
        Floats dw = blocks.floats(operation.kernelGradient());
        Placement.Location working = blocks.placement().scratch(operation);
        int size = operation.kernelGradient().shape().size();
        int most = Parts.count(maxBatch, size);
        Floats partial = new Floats((CpuMemory) working.memory(), Math.toIntExact(working.offset()));
        return run -> {
            int parts = Math.min(most, run.batch());
            blocks.workers().run(Math.multiplyExact(parts, g.groups()), (task, lane) -> {
                int part = task / g.groups();
                int first = Parts.start(part, parts, run.batch());
                int end = Parts.start(part + 1, parts, run.batch());
                new Sums(g, task % g.groups(), x, dy, lane).addItems(first, end, partial, (long) part * size);
            });
            Parts.sum(blocks, partial, parts, size, dw);
        };
    }

    /** The gradient of one group's kernel over some items: per filter a row of taps and channels. */
    private static final class Sums {
        private final ConvGeometry g;
        private final int group;
        private final Floats x;
        private final Floats dy;
        private final Lane lane;
        private final Axis rows;
        private final Axis columns;
        private final int channels;
        private final int filters;
        private final float[][] sums;
        private final float[][] patches;

        Sums(ConvGeometry g, int group, Floats x, Floats dy, Lane lane) {
            this.g = g;
            this.group = group;
            this.x = x;
            this.dy = dy;
            this.lane = lane;
            this.rows = Axis.forward(g.rows());
            this.columns = Axis.forward(g.columns());
            this.channels = g.groupInputChannels();
            this.filters = g.groupOutputChannels();
            this.sums = lane.rows(0, filters, depth());
            this.patches = lane.rows(1, Kernel.ROWS, depth());
        }

        private int depth() {
            return rows.taps() * columns.taps() * channels;
        }

        void addItems(int first, int end, Floats partial, long at) {
            for (int f = 0; f < filters; f++) {
                Arrays.fill(sums[f], 0, depth(), 0);
            }
            for (int item = first; item < end; item++) {
                for (int oy = 0; oy < rows.target(); oy++) {
                    addRow(item, oy);
                }
            }
            store(partial, at);
        }

        /** Adds what the positions of one output row contribute, eight at a time. */
        private void addRow(int item, int oy) {
            int width = columns.target();
            int all = g.outputChannels();
            float[] gradient = lane.floats(0, width * all);
            dy.get(((long) item * rows.target() + oy) * width * all, gradient, width * all);
            readInputRows(item, oy);
            float[] factors = lane.floats(1, filters * Kernel.ROWS);
            for (int ox = 0; ox < width; ox += Kernel.ROWS) {
                int count = Math.min(Kernel.ROWS, width - ox);
                for (int t = 0; t < count; t++) {
                    fillPatch(patches[t], oy, ox + t);
                    for (int f = 0; f < filters; f++) {
                        factors[f * Kernel.ROWS + t] = gradient[(ox + t) * all + group * filters + f];
                    }
                }
                for (int t = count; t < Kernel.ROWS; t++) {
                    Arrays.fill(patches[t], 0, depth(), 0);
                    for (int f = 0; f < filters; f++) {
                        factors[f * Kernel.ROWS + t] = 0;
                    }
                }
                Kernel.multiplyAdd(sums, filters, patches, Kernel.ROWS, depth(), factors, 0, Kernel.ROWS);
            }
        }

        private int inputWidth() {
            return columns.source() * g.inputChannels();
        }

        /** The input rows under one output row, one after the other; those outside are left as they are. */
        private void readInputRows(int item, int oy) {
            int width = inputWidth();
            float[] input = lane.floats(2, rows.taps() * width);
            for (int ky = 0; ky < rows.taps(); ky++) {
                int row = rows.source(oy, ky);
                if (row >= 0) {
                    x.get(((long) item * rows.source() + row) * width, input, ky * width, width);
                }
            }
        }

        private void fillPatch(float[] patch, int oy, int ox) {
            float[] input = lane.floats(2, 0);
            int run = columns.taps() * channels;
            for (int ky = 0; ky < rows.taps(); ky++) {
                int to = ky * run;
                int at = ky * inputWidth();
                int first = columns.place(ox, 0);
                int last = columns.place(ox, columns.taps() - 1);
                if (rows.source(oy, ky) < 0) {
                    Arrays.fill(patch, to, to + run, 0);
                } else if (g.groups() == 1 && columns.dilation() == 1 && first >= 0 && last < columns.source()) {
                    System.arraycopy(input, at + first * channels, patch, to, run);
                } else {
                    fillTaps(patch, to, input, at, ox);
                }
            }
        }

        private void fillTaps(float[] patch, int to, float[] input, int at, int ox) {
            for (int kx = 0; kx < columns.taps(); kx++) {
                int column = columns.source(ox, kx);
                int place = to + kx * channels;
                if (column < 0) {
                    Arrays.fill(patch, place, place + channels, 0);
                } else {
                    int from = at + column * g.inputChannels() + group * channels;
                    System.arraycopy(input, from, patch, place, channels);
                }
            }
        }

        /** Stores the sums as the kernel is laid out: for each tap and channel a row of filters. */
        private void store(Floats partial, long at) {
            float[] row = lane.floats(3, filters);
            for (int k = 0; k < depth(); k++) {
                for (int f = 0; f < filters; f++) {
                    row[f] = sums[f][k];
                }
                partial.put(at + (long) k * g.outputChannels() + (long) group * filters, row, filters);
            }
        }
    }
}
