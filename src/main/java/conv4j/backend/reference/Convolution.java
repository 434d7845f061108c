package conv4j.backend.reference;

import conv4j.backend.Step;
import conv4j.graph.Conv2d;
import conv4j.shape.ConvGeometry;
import conv4j.shape.Window;

/** Convolution and its gradients: one visit of every product {@code input * kernel} that the formula names. */
final class Convolution {

    private final ConvGeometry geometry;
    private final Window rows;
    private final Window columns;

    private Convolution(ConvGeometry geometry) {
        this.geometry = geometry;
        this.rows = geometry.rows();
        this.columns = geometry.columns();
    }

    /**
     * Is shown the products of one input element with the kernel elements of {@code filters} filters that follow each
     * other: the flat indices of the input element and of the first kernel and output element.
     */
    private interface Visitor {
        void visit(int input, int kernel, int output, int filters);
    }

    static Step forward(Conv2d operation, Places places) {
        Convolution convolution = new Convolution(operation.geometry());
        Floats x = places.of(operation.input());
        Floats w = places.of(operation.kernel());
        Floats bias = places.ofOptional(operation.bias());
        Floats y = places.of(operation.output());
        int filters = operation.geometry().outputChannels();
        return run -> {
            double[] sums = new double[(int) operation.output().elements(run.batch())];
            convolution.visit(run.batch(), (i, k, o, count) -> {
                double input = x.get(i);
                for (int f = 0; f < count; f++) {
                    sums[o + f] += input * w.get(k + f);
                }
            });
            for (int o = 0; o < sums.length; o++) {
                double sum = sums[o] + (bias == null ? 0 : bias.get(o % filters));
                y.set(o, Functions.value(operation.activation(), sum));
            }
        };
    }

    static Step inputGradient(Conv2d.InputGradient operation, Places places) {
        Convolution convolution = new Convolution(operation.geometry());
        Floats dy = places.of(operation.outputGradient());
        Floats w = places.of(operation.kernel());
        Floats dx = places.of(operation.inputGradient());
        return run -> {
            double[] sums = new double[(int) operation.inputGradient().elements(run.batch())];
            convolution.visit(run.batch(), (i, k, o, count) -> {
                for (int f = 0; f < count; f++) {
                    sums[i] += (double) dy.get(o + f) * w.get(k + f);
                }
            });
            store(sums, dx);
        };
    }

    static Step kernelGradient(Conv2d.KernelGradient operation, Places places) {
        Convolution convolution = new Convolution(operation.geometry());
        Floats x = places.of(operation.input());
        Floats dy = places.of(operation.outputGradient());
        Floats dw = places.of(operation.kernelGradient());
        return run -> {
            double[] sums = new double[operation.kernelGradient().shape().size()];
            convolution.visit(run.batch(), (i, k, o, count) -> {
                double input = x.get(i);
                for (int f = 0; f < count; f++) {
                    sums[k + f] += input * dy.get(o + f);
                }
            });
            store(sums, dw);
        };
    }

    private static void store(double[] sums, Floats target) {
        for (int i = 0; i < sums.length; i++) {
            target.set(i, sums[i]);
        }
    }

    private void visit(int batch, Visitor visitor) {
        for (int item = 0; item < batch; item++) {
            for (int oy = 0; oy < rows.output(); oy++) {
                for (int ox = 0; ox < columns.output(); ox++) {
                    visitPlace(item, oy, ox, visitor);
                }
            }
        }
    }

    /** All products of one place of the kernel; positions outside the input contribute nothing. */
    private void visitPlace(int item, int oy, int ox, Visitor visitor) {
        for (int ky = 0; ky < rows.kernel(); ky++) {
            int iy = oy * rows.stride() + ky * rows.dilation() - rows.padLow();
            for (int kx = 0; kx < columns.kernel(); kx++) {
                int ix = ox * columns.stride() + kx * columns.dilation() - columns.padLow();
                if (iy >= 0 && iy < rows.input() && ix >= 0 && ix < columns.input()) {
                    int pixel = (item * rows.input() + iy) * columns.input() + ix;
                    int place = (item * rows.output() + oy) * columns.output() + ox;
                    visitChannels(pixel, ky * columns.kernel() + kx, place, visitor);
                }
            }
        }
    }

    private void visitChannels(int pixel, int tap, int place, Visitor visitor) {
        int inputs = geometry.groupInputChannels();
        int filters = geometry.groupOutputChannels();
        for (int group = 0; group < geometry.groups(); group++) {
            for (int i = 0; i < inputs; i++) {
                visitor.visit(
                        pixel * geometry.inputChannels() + group * inputs + i,
                        (tap * inputs + i) * geometry.outputChannels() + group * filters,
                        place * geometry.outputChannels() + group * filters,
                        filters);
            }
        }
    }
}
