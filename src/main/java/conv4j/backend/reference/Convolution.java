package conv4j.backend.reference;

import conv4j.backend.Step;
import conv4j.graph.Conv2d;
import conv4j.shape.ConvGeometry;
import conv4j.shape.Window;

/**
 * Convolution and its gradients: one visit of every place of the kernel. What a group has of a pixel, of a place in the
 * output, or of a kernel element's weights from one channel is a row, see {@link Rows}.
 */
final class Convolution {

    private final Window rows;
    private final Window columns;
    private final int groups;
    private final int inputs;
    private final int filters;

    private Convolution(ConvGeometry geometry) {
        this.rows = geometry.rows();
        this.columns = geometry.columns();
        this.groups = geometry.groups();
        this.inputs = geometry.groupInputChannels();
        this.filters = geometry.groupOutputChannels();
    }

    /** Is shown which rows of an item meet: of the input, the first of the kernel's (one per channel), of the output. */
    private interface Visitor {
        void visit(int pixel, int weights, int place);
    }

    static Step forward(Conv2d operation, Places places) {
        Convolution c = new Convolution(operation.geometry());
        Floats x = places.of(operation.input());
        Floats w = places.of(operation.kernel());
        Floats bias = places.ofOptional(operation.bias());
        Floats y = places.of(operation.output());
        int outputs = operation.geometry().outputChannels();
        return run -> {
            double[][] kernel = c.kernel(w);
            for (int item = 0; item < run.batch(); item++) {
                double[][] input = c.input(x, item);
                double[][] sums = new double[c.outputRows()][c.filters];
                c.visit((pixel, weights, place) -> {
                    for (int i = 0; i < c.inputs; i++) {
                        Rows.add(sums[place], input[pixel][i], kernel[weights + i * c.groups]);
                    }
                });
                int first = item * c.outputRows() * c.filters;
                for (int o = 0; o < c.outputRows() * c.filters; o++) {
                    double sum = sums[o / c.filters][o % c.filters] + (bias == null ? 0 : bias.get(o % outputs));
                    y.set(first + o, Functions.value(operation.activation(), sum));
                }
            }
        };
    }

    static Step inputGradient(Conv2d.InputGradient operation, Places places) {
        Convolution c = new Convolution(operation.geometry());
        Floats dy = places.of(operation.outputGradient());
        Floats w = places.of(operation.kernel());
        Floats dx = places.of(operation.inputGradient());
        return run -> {
            double[][][] byFilter = c.weightsByFilter(c.kernel(w));
            for (int item = 0; item < run.batch(); item++) {
                double[][] gradient = c.output(dy, item);
                double[][] sums = new double[c.inputRows()][c.inputs];
                c.visit((pixel, weights, place) -> {
                    for (int f = 0; f < c.filters; f++) {
                        Rows.add(sums[pixel], gradient[place][f], byFilter[weights][f]);
                    }
                });
                Rows.store(sums, dx, item * c.inputRows() * c.inputs);
            }
        };
    }

    static Step kernelGradient(Conv2d.KernelGradient operation, Places places) {
        Convolution c = new Convolution(operation.geometry());
        Floats x = places.of(operation.input());
        Floats dy = places.of(operation.outputGradient());
        Floats dw = places.of(operation.kernelGradient());
        return run -> {
            double[][] sums = new double[c.kernelRows()][c.filters];
            for (int item = 0; item < run.batch(); item++) {
                double[][] input = c.input(x, item);
                double[][] gradient = c.output(dy, item);
                c.visit((pixel, weights, place) -> {
                    for (int i = 0; i < c.inputs; i++) {
                        Rows.add(sums[weights + i * c.groups], input[pixel][i], gradient[place]);
                    }
                });
            }
            Rows.store(sums, dw, 0);
        };
    }

    private int inputRows() {
        return rows.input() * columns.input() * groups;
    }

    private int outputRows() {
        return rows.output() * columns.output() * groups;
    }

    private int kernelRows() {
        return rows.kernel() * columns.kernel() * inputs * groups;
    }

    private double[][] input(Floats x, int item) {
        return Rows.of(x, item * inputRows() * inputs, inputRows(), inputs);
    }

    private double[][] output(Floats y, int item) {
        return Rows.of(y, item * outputRows() * filters, outputRows(), filters);
    }

    private double[][] kernel(Floats w) {
        return Rows.of(w, 0, kernelRows(), filters);
    }

    /** By the number of the first of the kernel's rows: for every filter its weights from each channel. */
    private double[][][] weightsByFilter(double[][] kernel) {
        double[][][] byFilter = new double[kernel.length][][];
        double[][] ofChannels = new double[inputs][];
        for (int tap = 0; tap < rows.kernel() * columns.kernel(); tap++) {
            for (int group = 0; group < groups; group++) {
                int first = tap * inputs * groups + group;
                for (int i = 0; i < inputs; i++) {
                    ofChannels[i] = kernel[first + i * groups];
                }
                byFilter[first] = Rows.transposed(ofChannels, filters);
            }
        }
        return byFilter;
    }

    private void visit(Visitor visitor) {
        for (int oy = 0; oy < rows.output(); oy++) {
            for (int ox = 0; ox < columns.output(); ox++) {
                visitPlace(oy, ox, visitor);
            }
        }
    }

    /** All elements of the kernel at one place; positions outside the input contribute nothing. */
    private void visitPlace(int oy, int ox, Visitor visitor) {
        for (int ky = 0; ky < rows.kernel(); ky++) {
            int iy = oy * rows.stride() + ky * rows.dilation() - rows.padLow();
            for (int kx = 0; kx < columns.kernel(); kx++) {
                int ix = ox * columns.stride() + kx * columns.dilation() - columns.padLow();
                if (iy >= 0 && iy < rows.input() && ix >= 0 && ix < columns.input()) {
                    int pixel = (iy * columns.input() + ix) * groups;
                    int weights = (ky * columns.kernel() + kx) * inputs * groups;
                    int place = (oy * columns.output() + ox) * groups;
                    for (int group = 0; group < groups; group++) {
                        visitor.visit(pixel + group, weights + group, place + group);
                    }
                }
            }
        }
    }
}
