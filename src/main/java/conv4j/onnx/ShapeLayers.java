package conv4j.onnx;

import conv4j.files.FileFormatException;
import conv4j.layers.Concatenate;
import conv4j.layers.Dense;
import conv4j.layers.Dropout;
import conv4j.layers.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/** The layers of products with weights and of operators that change shapes. */
final class ShapeLayers {

    private ShapeLayers() {}

    static void addTo(Map<String, LayerRule> rules) {
        rules.put("Gemm", ShapeLayers::gemm);
        rules.put("MatMul", ShapeLayers::matMul);
        rules.put("Flatten", ShapeLayers::flatten);
        rules.put("Reshape", ShapeLayers::reshape);
        rules.put("Squeeze", (node, in) -> {
            long[] axes = in.known().integers(node, "axes", 1);
            ones(node, in, ShapeOperators.squeezed(node, withBatch(in.tensor(node, 0)), axes));
        });
        rules.put("Unsqueeze", (node, in) -> {
            long[] axes = in.known().integers(node, "axes", 1);
            ones(node, in, ShapeOperators.unsqueezed(node, withBatch(in.tensor(node, 0)), axes));
        });
        rules.put("Transpose", ShapeLayers::transpose);
        rules.put("Concat", ShapeLayers::concat);
        rules.put("Identity", (node, in) -> in.set(node, in.tensor(node, 0)));
        rules.put("Cast", (node, in) -> {
            if (node.integer("to", OnnxTensor.FLOAT) != OnnxTensor.FLOAT) {
                throw new Unsupported("a cast to " + OnnxTensor.typeName(node.size("to", 1)));
            }
            in.set(node, in.tensor(node, 0));
        });
        rules.put("Dropout", ShapeLayers::dropout);
    }

    /** Does what only moves weights; false for everything else. */
    static boolean foldWeights(OnnxNode node, LayerImport in) {
        Program known = in.known();
        switch (node.operator()) {
            case "Transpose" -> {
                OnnxTensor x = in.weight(node, 0);
                int[] perm = ShapeOperators.permutation(node, x.dims().length);
                int[] order = new int[perm.length];
                int[] dims = new int[perm.length];
                for (int i = 0; i < perm.length; i++) {
                    order[perm[i]] = i;
                    dims[i] = x.dims()[perm[i]];
                }
                known.set(node, OnnxTensor.of("", LayerTensor.reordered(x.floats(), x.dims(), order), dims));
            }
            case "Reshape" -> {
                OnnxTensor x = in.weight(node, 0);
                long[] target = known.wholeNumbers(node, 1);
                known.set(node, x.reshaped(ShapeOperators.reshaped(node, x.dims(), target, false)));
            }
            case "Unsqueeze" -> {
                OnnxTensor x = in.weight(node, 0);
                long[] axes = known.integers(node, "axes", 1);
                known.set(node, x.reshaped(ShapeOperators.unsqueezed(node, x.dims(), axes)));
            }
            case "Squeeze" -> {
                OnnxTensor x = in.weight(node, 0);
                long[] axes = known.integers(node, "axes", 1);
                known.set(node, x.reshaped(ShapeOperators.squeezed(node, x.dims(), axes)));
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void gemm(OnnxNode node, LayerImport in) {
        if (node.flag("transA", false)) {
            throw new Unsupported("a product with the transposed input");
        }
        OnnxTensor b = matrix(node, in);
        float[] weight = times(b.floats(), node.real("alpha", 1));
        boolean transposed = node.flag("transB", false);
        int inputs = b.dims()[transposed ? 1 : 0];
        int units = b.dims()[transposed ? 0 : 1];
        float[] kernel = transposed ? LayerTensor.reordered(weight, b.dims(), 1, 0) : weight;
        float[] bias = node.has(2) ? times(bias(node, in, 2, units), node.real("beta", 1)) : null;
        in.set(node, dense(node, in, in.tensor(node, 0), kernel, inputs, units, bias));
    }

    private static OnnxTensor matrix(OnnxNode node, LayerImport in) {
        OnnxTensor matrix = in.weight(node, 1);
        if (matrix.dims().length != 2) {
            throw new Unsupported("a product with weights of " + matrix.dims().length + " axes");
        }
        return matrix;
    }

    private static float[] times(float[] numbers, float factor) {
        float[] result = numbers.clone();
        for (int i = 0; i < result.length && factor != 1; i++) {
            result[i] *= factor;
        }
        return result;
    }

    private static float[] bias(OnnxNode node, LayerImport in, int index, int units) {
        float[] given = in.weight(node, index).floats();
        if (given.length != units && given.length != 1) {
            throw new Unsupported("a bias of " + given.length + " numbers for " + units + " units");
        }
        float[] bias = Arrays.copyOf(given, units);
        if (given.length == 1) {
            Arrays.fill(bias, given[0]);
        }
        return bias;
    }

    /** A product along the last axis; after flattening an image the kernel's rows are put into our order. */
    private static LayerTensor dense(
            OnnxNode node, LayerImport in, LayerTensor x, float[] kernel, int inputs, int units, float[] bias) {
        LayerTensor source = x.rank() == 1 ? x : in.plain(x);
        int[] dims = source.dims();
        if (dims[dims.length - 1] != inputs) {
            throw new FileFormatException(node.label() + ": its weights are for " + inputs + " inputs, but there are "
                    + dims[dims.length - 1]);
        }
        float[] rows = kernel;
        LayerTensor image = source.unflattened();
        if (image != null) {
            int rank = image.rank();
            int[] wide = Arrays.copyOf(image.dims(), rank + 1);
            int[] order = Arrays.copyOf(image.order(), rank + 1);
            wide[rank] = units;
            order[rank] = rank;
            rows = LayerTensor.reordered(kernel, wide, order);
        }
        Dense layer = new Dense(units).useBias(bias != null);
        Tensor y = in.apply(node, layer, source.tensor());
        in.weights(layer, "kernel", rows);
        if (bias != null) {
            in.weights(layer, "bias", bias);
        }
        return LayerTensor.plain(y);
    }

    /** A product with weights, together with the bias that alone reads it. */
    private static void matMul(OnnxNode node, LayerImport in) {
        OnnxTensor b = matrix(node, in);
        int units = b.dims()[1];
        OnnxNode next = in.soleReader(node);
        float[] bias = null;
        if (next != null && next.operator().equals("Add") && next.inputs().size() == 2) {
            int other = next.inputs().get(0).equals(node.outputs().get(0)) ? 1 : 0;
            boolean vector = in.isKnown(next, other)
                    && in.known().known(next.inputs().get(other)) != null
                    && in.weight(next, other).size() == units
                    && in.weight(next, other).dims().length == 1;
            bias = vector ? in.weight(next, other).floats() : null;
        }
        LayerTensor y = dense(node, in, in.tensor(node, 0), b.floats(), b.dims()[0], units, bias);
        in.set(node, y);
        if (bias != null) {
            in.takeOver(next, y);
        }
    }

    private static void flatten(OnnxNode node, LayerImport in) {
        LayerTensor x = in.tensor(node, 0);
        if (node.integer("axis", 1) != 1 && node.integer("axis", 1) != -x.rank()) {
            throw new Unsupported("flattening from another axis than 1");
        }
        in.set(node, in.reshape(node, x, Sizes.product(x.dims(), node.label())));
    }

    private static void reshape(OnnxNode node, LayerImport in) {
        LayerTensor x = in.tensor(node, 0);
        long[] target = node.has("shape") ? node.integers("shape") : in.known().wholeNumbers(node, 1);
        long rest = 1;
        boolean open = false;
        for (int i = 1; i < target.length; i++) {
            open |= target[i] == -1;
            rest *= target[i] == 0 ? x.dims()[i - 1] : Math.max(target[i], 1);
        }
        int size = Sizes.product(x.dims(), node.label());
        boolean keepsBatch = target.length > 1
                && (target[0] == LayerImport.BATCH
                        || target[0] == 0
                        || target[0] == in.fixedBatch()
                        || target[0] == -1 && !open && rest == size);
        if (!keepsBatch) {
            throw new Unsupported("a shape that does not begin with the batch, "
                    + Arrays.toString(target).replace(Long.toString(LayerImport.BATCH), "batch"));
        }
        long[] item = Arrays.copyOfRange(target, 1, target.length);
        int[] dims = x.dims();
        // A 0 counts axes with the batch, which both sides have here.
        int[] reshaped = ShapeOperators.reshaped(node, dims, item, false);
        if (!NormalizationLayers.takes(node, in, reshaped)) {
            in.set(node, in.reshape(node, x, reshaped));
        }
    }

    /** The extents with a batch that is no 1. */
    private static int[] withBatch(LayerTensor x) {
        return IntStream.concat(IntStream.of(2), Arrays.stream(x.dims())).toArray();
    }

    private static void ones(OnnxNode node, LayerImport in, int... dims) {
        if (dims[0] != 2) {
            throw new Unsupported("an axis before the batch");
        }
        in.set(node, in.reshape(node, in.tensor(node, 0), Arrays.copyOfRange(dims, 1, dims.length)));
    }

    private static void transpose(OnnxNode node, LayerImport in) {
        LayerTensor given = in.tensor(node, 0);
        LayerTensor x = given.unflattened() == null ? given : in.plain(given);
        int[] perm = ShapeOperators.permutation(node, x.rank() + 1);
        if (perm[0] != 0) {
            throw new Unsupported("a transposition that moves the batch");
        }
        int[] order =
                IntStream.range(1, perm.length).map(i -> x.order()[perm[i] - 1]).toArray();
        in.set(node, new LayerTensor(x.tensor(), order, null));
    }

    private static void concat(OnnxNode node, LayerImport in) {
        LayerTensor[] parts = IntStream.range(0, node.inputs().size())
                .mapToObj(i -> in.tensor(node, i))
                .toArray(LayerTensor[]::new);
        int rank = parts[0].rank();
        int axis = Sizes.axis(node.integer("axis", 1), rank + 1, node.label());
        if (axis == 0) {
            throw new Unsupported("joining batches");
        }
        LayerTensor[] aligned = aligned(in, parts);
        if (aligned.length == 1) {
            in.set(node, aligned[0]);
            return;
        }
        int ours = aligned[0].order()[axis - 1] + 1;
        Tensor y = in.apply(
                node,
                new Concatenate(ours),
                Arrays.stream(aligned).map(LayerTensor::tensor).toArray(Tensor[]::new));
        in.set(node, aligned[0].with(y));
    }

    /** Tensors whose axes lie in the same order. */
    static LayerTensor[] aligned(LayerImport in, LayerTensor... tensors) {
        boolean same = Arrays.stream(tensors)
                .allMatch(t -> t.unflattened() == null && Arrays.equals(t.order(), tensors[0].order()));
        if (same) {
            return tensors;
        }
        boolean images = Arrays.stream(tensors).allMatch(t -> t.rank() == 3);
        return Arrays.stream(tensors)
                .map(t -> images ? in.image(t) : in.plain(t))
                .toArray(LayerTensor[]::new);
    }

    private static void dropout(OnnxNode node, LayerImport in) {
        LayerTensor x = in.tensor(node, 0);
        float ratio = node.has(1) ? in.known().number(node, 1) : node.real("ratio", 0.5f);
        if (ratio == 0) {
            in.set(node, x);
            return;
        }
        double rate = Double.parseDouble(Float.toString(ratio));
        in.set(node, x.with(in.apply(node, new Dropout(rate), x.tensor())));
    }
}
