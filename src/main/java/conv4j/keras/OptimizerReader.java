package conv4j.keras;

import conv4j.model.Model;
import conv4j.model.OptimizerMemory;
import conv4j.optimizers.LossScaleOptimizer;
import conv4j.optimizers.Optimizer;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Reads what an optimizer remembers, so that a training goes on where it stopped. */
final class OptimizerReader {

    private static final String LEGACY_ROOT = "optimizer_weights";

    /** How optimizers of Keras 2 called their slots. */
    private static final Map<String, String> OLD_SLOTS = Map.of(
            "m",
            "momentum",
            "v",
            "velocity",
            "vhat",
            "velocity_hat",
            "momentum",
            "momentum",
            "rms",
            "velocity",
            "mg",
            "average_gradient");

    private final H5File file;
    private final Model model;
    private final Optimizer optimizer;
    private final boolean scaled;
    private final List<String> parameters;
    private final Function<String, Shape> shapes;
    private final LayerReader notes;

    /** For a compiled model, its weights in Keras' order, and the shapes that the file has them in. */
    OptimizerReader(H5File file, Model model, List<String> weights, Function<String, Shape> shapes, LayerReader notes) {
        this.file = file;
        this.model = model;
        this.scaled = model.optimizer() instanceof LossScaleOptimizer;
        this.optimizer = OptimizerArrays.inner(model.optimizer());
        Set<String> trainable = Set.copyOf(model.weights().trainableNames());
        this.parameters = weights.stream().filter(trainable::contains).toList();
        this.shapes = shapes;
        this.notes = notes;
    }

    /** From the numbered arrays of a {@code .keras} archive. */
    void readArchive(int epochs) {
        List<String> paths = new ArrayList<>();
        int count = file.count("optimizer/vars");
        for (int i = 0; i < count; i++) {
            paths.add("optimizer/vars/" + i);
        }
        read(paths, epochs);
    }

    /** From an {@code .h5} file, whose attribute names the arrays in their order. */
    void readLegacy() {
        List<String> names = file.texts(LEGACY_ROOT, "weight_names");
        if (names == null || names.isEmpty()) {
            return;
        }
        if (names.get(0).endsWith("/iter:0")) {
            readOldSlots(names);
        } else {
            read(names.stream().map(name -> LEGACY_ROOT + "/" + name).toList(), 0);
        }
    }

    /** What scales the loss comes first, with numbers of steps and a rate of its own that nothing uses. */
    private void read(List<String> all, int epochs) {
        Map<String, float[]> arrays = new LinkedHashMap<>();
        List<String> paths = all;
        if (scaled && all.size() >= OptimizerArrays.UNUSED) {
            boolean unused = all.size() <= 2 * OptimizerArrays.UNUSED;
            paths = all.subList(OptimizerArrays.UNUSED + (unused ? 0 : 2), all.size());
            if (!unused) {
                arrays.put(LossScaleOptimizer.STEPS, new float[] {(float) file.number(all.get(2))});
                arrays.put(LossScaleOptimizer.SCALE, new float[] {scale(file.number(all.get(3)))});
            }
        }
        read(paths, epochs, arrays);
    }

    /** Keras lets the scale fall below 1 and become infinite. */
    private static float scale(double found) {
        return (float) Math.max(1, Math.min(found, Float.MAX_VALUE));
    }

    private void read(List<String> paths, int epochs, Map<String, float[]> arrays) {
        if (paths.isEmpty()) {
            return;
        }
        List<String> slots = OptimizerArrays.slots(optimizer, parameters);
        int head = paths.size() - slots.size() - OptimizerArrays.trailing(optimizer);
        boolean unused = paths.size() <= 2;
        if (!unused && head != 1 && head != 2) {
            notes.warn("the optimizer's state has " + paths.size() + " arrays, but " + optimizer.className() + " for "
                    + parameters.size() + " parameters needs " + (slots.size() + 2)
                    + "; it is left out, and training begins with a new optimizer");
            return;
        }
        if ((unused ? paths.size() : head) == 2) {
            learningRate(paths.get(1));
        }
        for (int i = 0; i < slots.size() && !unused; i++) {
            arrays.put(slots.get(i), slot(paths.get(head + i), slots.get(i)));
        }
        new OptimizerMemory(epochs, steps(paths.get(0)), arrays).into(model);
    }

    /** The rate that training had reached; the settings have more digits where it is the one that they say. */
    private void learningRate(String path) {
        if (OptimizerArrays.hasLearningRate(optimizer) && file.shape(path).rank() == 0) {
            double reached = file.number(path);
            if ((float) reached != (float) optimizer.learningRateAt(0)) {
                optimizer.learningRate(reached);
            }
        }
    }

    private int steps(String path) {
        double steps = file.number(path);
        if (!(steps >= 0 && steps <= Integer.MAX_VALUE - 1)) {
            throw new IllegalArgumentException(
                    "the optimizer has made " + steps + " steps; 0 to 2147483646 can be counted");
        }
        return (int) steps;
    }

    private float[] slot(String path, String slot) {
        return file.floats(path, shapes.apply(slot.substring(0, slot.lastIndexOf('/'))));
    }

    /** Keras 2: all arrays of one slot, then all of the next; the slot is the last part of the name. */
    private void readOldSlots(List<String> names) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        Map<String, float[]> arrays = new LinkedHashMap<>();
        for (String name : names.subList(1, names.size())) {
            String old = name.substring(name.lastIndexOf('/') + 1).replaceFirst(":\\d+$", "");
            String slot = OLD_SLOTS.get(old);
            int index = counts.merge(old, 1, Integer::sum) - 1;
            if (slot != null
                    && index < parameters.size()
                    && optimizer.slotNames().contains(slot)) {
                String target = parameters.get(index) + "/" + slot;
                arrays.put(target, slot(LEGACY_ROOT + "/" + name, target));
            }
        }
        if (arrays.size() != parameters.size() * optimizer.slotNames().size()) {
            notes.warn("the optimizer's state does not fit " + optimizer.className()
                    + "; it is left out, and training begins with a new optimizer");
            return;
        }
        new OptimizerMemory(0, steps(LEGACY_ROOT + "/" + names.get(0)), arrays).into(model);
    }
}
