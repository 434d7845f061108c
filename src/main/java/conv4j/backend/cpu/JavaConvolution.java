package conv4j.backend.cpu;

import conv4j.backend.Run;
import conv4j.backend.Step;
import conv4j.graph.Activation;
import conv4j.graph.Conv2d;
import conv4j.graph.Value;
import conv4j.shape.ConvGeometry;
import java.util.Arrays;

/**
 * Convolution and its input gradient by Java loops. Target positions of the whole batch, one after the other, are cut
 * into tiles; for a tile and one kernel row, the source numbers under every tap and channel become a row each, as long as
 * the tile, and the target channels are sums of these rows.
 */
final class JavaConvolution {

    private static final int TILE = 256;

    private final Blocks blocks;

    JavaConvolution(Blocks blocks) {
        this.blocks = blocks;
    }

    Step forward(Conv2d operation) {
        ConvGeometry g = operation.geometry();
        Direction direction = new Direction(
                Axis.forward(g.rows()),
                Axis.forward(g.columns()),
                g,
                g.groupInputChannels(),
                g.groupOutputChannels(),
                false);
        return step(
                direction,
                operation.input(),
                operation.kernel(),
                operation.bias(),
                operation.output(),
                operation.activation());
    }

    Step inputGradient(Conv2d.InputGradient operation) {
        ConvGeometry g = operation.geometry();
        Direction direction = new Direction(
                Axis.backward(g.rows()),
                Axis.backward(g.columns()),
                g,
                g.groupOutputChannels(),
                g.groupInputChannels(),
                true);
        return step(
                direction,
                operation.outputGradient(),
                operation.kernel(),
                null,
                operation.inputGradient(),
                Activation.LINEAR);
    }

    /**
     * A convolution in one direction.
     *
     * @param y the vertical axis
     * @param x the horizontal axis
     * @param geometry the direct convolution
     * @param sourceChannels channels of a group that are read
     * @param targetChannels channels of a group that are computed
     * @param reversed whether this is the input gradient
     */
    private record Direction(
            Axis y, Axis x, ConvGeometry geometry, int sourceChannels, int targetChannels, boolean reversed) {

        /** Numbers under one kernel row. */
        int depth() {
            return x.taps() * sourceChannels;
        }

        int factors() {
            long factors = (long) geometry.groups() * targetChannels * y.taps() * Kernel.padded(depth());
            if (factors > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "a convolution kernel of shape " + geometry.kernelShape() + " becomes "
                                + factors
                                + " numbers in the order in which the cpu backend reads it, but an array holds 2147483647;"
                                + " use fewer filters or groups");
            }
            return (int) factors;
        }

        /** The kernel as factors: [group][kernel row][target channel][tap, source channel], padded to whole groups. */
        void factors(float[] kernel, float[] factors) {
            int stride = Kernel.padded(depth());
            int filters = geometry.outputChannels();
            for (int group = 0; group < geometry.groups(); group++) {
                for (int ky = 0; ky < y.taps(); ky++) {
                    for (int kx = 0; kx < x.taps(); kx++) {
                        int tap = reversed ? (y.taps() - 1 - ky) * x.taps() + x.taps() - 1 - kx : ky * x.taps() + kx;
                        int to = (group * y.taps() + ky) * targetChannels * stride + kx * sourceChannels;
                        int from =
                                tap * geometry.groupInputChannels() * filters + group * geometry.groupOutputChannels();
                        copyTap(kernel, from, filters, factors, to, stride);
                    }
                }
            }
        }

        private void copyTap(float[] kernel, int from, int filters, float[] factors, int to, int stride) {
            for (int target = 0; target < targetChannels; target++) {
                for (int source = 0; source < sourceChannels; source++) {
                    int element = reversed ? target * filters + source : source * filters + target;
                    factors[to + target * stride + source] = kernel[from + element];
                }
            }
        }
    }

    private Step step(
            Direction direction,
            Value sourceValue,
            Value kernel,
            Value bias,
            Value targetValue,
            Activation activation) {
        Place source = blocks.place(sourceValue);
        Floats weights = blocks.floats(kernel);
        Floats level = bias == null ? null : blocks.floats(bias);
        Place target = blocks.place(targetValue);
        float[] factors = new float[direction.factors()];
        float[] weightArray = new float[kernel.shape().size()];
        int groups = direction.geometry().groups();
        int perItem = direction.y().target() * direction.x().target();
        return new ItemStep() {
            @Override
            public void begin(Run run, Lane lane) {
                weights.get(0, weightArray, weightArray.length);
                direction.factors(weightArray, factors);
            }

            @Override
            public void run(Run run) {
                blocks.workers().run(1, (unused, lane) -> begin(run, lane));
                int positions = Math.multiplyExact(run.batch(), perItem);
                int tiles = (positions + TILE - 1) / TILE;
                blocks.workers().run(Math.multiplyExact(tiles, groups), (task, lane) -> {
                    int from = task / groups * TILE;
                    tile(task % groups, from, Math.min(TILE, positions - from), lane);
                });
            }

            @Override
            public void run(Run run, int first, int items, Lane lane) {
                int end = Math.multiplyExact(first + items, perItem);
                for (int from = first * perItem; from < end; from += TILE) {
                    for (int group = 0; group < groups; group++) {
                        tile(group, from, Math.min(TILE, end - from), lane);
                    }
                }
            }

            private void tile(int group, int from, int count, Lane lane) {
                Tile tile = new Tile(direction, group, from, count, lane);
                tile.start(level);
                for (int ky = 0; ky < direction.y().taps(); ky++) {
                    tile.addKernelRow(source.on(lane), ky, factors);
                }
                tile.store(target.on(lane), activation);
            }
        };
    }

    /** Some target positions of one group, while they are computed. */
    private static final class Tile {
        private final Direction direction;
        private final int group;
        private final int from;
        private final int count;
        private final Lane lane;
        private final float[][] sums;
        private final float[][] patches;

        Tile(Direction direction, int group, int from, int count, Lane lane) {
            this.direction = direction;
            this.group = group;
            this.from = from;
            this.count = count;
            this.lane = lane;
            this.sums = lane.rows(0, direction.targetChannels(), TILE);
            this.patches = lane.rows(1, Kernel.padded(direction.depth()), TILE);
        }

        void start(Floats bias) {
            int channels = direction.targetChannels();
            float[] levels = lane.floats(0, channels);
            if (bias != null) {
                bias.get((long) group * channels, levels, channels);
            }
            for (int c = 0; c < channels; c++) {
                Arrays.fill(sums[c], 0, count, bias == null ? 0 : levels[c]);
            }
        }

        void addKernelRow(Floats source, int ky, float[] factors) {
            boolean any = false;
            int width = direction.x().target();
            for (int at = 0; at < count; ) {
                int position = from + at;
                int run = Math.min(width - position % width, count - at);
                any |= fill(source, ky, position / width, position % width, run, at);
                at += run;
            }
            if (any) {
                int depth = direction.depth();
                int stride = Kernel.padded(depth);
                Kernel.clearTail(patches, depth, count);
                int first = (group * direction.y().taps() + ky) * direction.targetChannels() * stride;
                Kernel.multiplyAdd(sums, direction.targetChannels(), patches, depth, count, factors, first, stride);
            }
        }

        /** Fills part of the patches' rows from one source row; false when that row is outside. */
        private boolean fill(Floats source, int ky, int line, int column, int run, int at) {
            Axis x = direction.x();
            int channels = direction.sourceChannels();
            int sourceRow = direction.y().source(line % direction.y().target(), ky);
            if (sourceRow < 0) {
                for (int t = 0; t < direction.depth(); t++) {
                    Arrays.fill(patches[t], at, at + run, 0);
                }
                return false;
            }
            float[] spread = spreadRow(source, line / direction.y().target(), sourceRow);
            int length = spreadLength();
            for (int kx = 0; kx < x.taps(); kx++) {
                int place = x.place(column, kx) + margin();
                for (int c = 0; c < channels; c++) {
                    copy(spread, c * length + place, x.step(), patches[kx * channels + c], at, run);
                }
            }
            return true;
        }

        private static void copy(float[] from, int place, int step, float[] to, int at, int run) {
            if (step == 1) {
                System.arraycopy(from, place, to, at, run);
            } else {
                for (int i = 0; i < run; i++) {
                    to[at + i] = from[place + i * step];
                }
            }
        }

        /** Zeros before a spread row, enough for the first tap of the first position. */
        private int margin() {
            return Math.max(0, direction.x().padLow());
        }

        private int spreadLength() {
            Axis x = direction.x();
            int last = x.place(x.target() - 1, x.taps() - 1) + 1;
            return margin() + Math.max(last, (x.source() - 1) * x.gap() + 1);
        }

        /** A source row channel after channel, its positions {@code gap} apart, zeros around and between. */
        private float[] spreadRow(Floats source, int item, int row) {
            Axis x = direction.x();
            int channels = direction.sourceChannels();
            int all = channels * direction.geometry().groups();
            int length = spreadLength();
            float[] line = lane.floats(1, x.source() * all);
            float[] spread = lane.floats(2, channels * length);
            source.get(((long) item * direction.y().source() + row) * x.source() * all, line, x.source() * all);
            Arrays.fill(spread, 0, channels * length, 0);
            for (int c = 0; c < channels; c++) {
                int to = c * length + margin();
                int first = group * channels + c;
                for (int i = 0; i < x.source(); i++) {
                    spread[to + i * x.gap()] = line[first + i * all];
                }
            }
            return spread;
        }

        /** Writes the sums back, channels last. */
        void store(Floats target, Activation activation) {
            int channels = direction.targetChannels();
            float[] output = lane.floats(3, count * channels);
            for (int c = 0; c < channels; c++) {
                float[] sum = sums[c];
                for (int i = 0; i < count; i++) {
                    output[i * channels + c] = sum[i];
                }
            }
            Functions.apply(activation, output, count * channels, lane);
            int groups = direction.geometry().groups();
            if (groups == 1) {
                target.put((long) from * channels, output, count * channels);
                return;
            }
            for (int i = 0; i < count; i++) {
                target.put(((long) (from + i) * groups + group) * channels, output, i * channels, channels);
            }
        }
    }
}
