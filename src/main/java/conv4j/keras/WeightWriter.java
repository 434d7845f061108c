package conv4j.keras;

import conv4j.keras.WrittenGraph.Source;
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

/** Puts weights and the optimizer's arrays where Keras looks for them. */
final class WeightWriter {

    private static final String OPTIMIZER = "optimizer/vars/";
    private static final String INNER_OPTIMIZER = "optimizer/inner_optimizer/vars/";

    private final Model model;
    private final H5Writer file;

    /** The names of the weights in Keras' order, with their shapes in the file. */
    private final Map<String, Shape> shapes = new LinkedHashMap<>();

    private final Map<String, String> paths = new LinkedHashMap<>();

    WeightWriter(Model model, WrittenGraph graph, H5Writer file) {
        this.model = model;
        this.file = file;
        for (Source source : graph.sources()) {
            String prefix = source.layer().source().name() + "/";
            int index = 0;
            for (String name : model.weights().names()) {
                if (name.startsWith(prefix)) {
                    Shape stored = source.layer().stored();
                    shapes.put(name, stored == null ? model.weights().shape(name) : stored);
                    paths.put(name, source.group() + "/vars/" + index++);
                }
            }
        }
    }

    void write() {
        paths.forEach(
                (name, path) -> file.put(path, shapes.get(name), model.weights().get(name)));
    }

    /** Where the loss is scaled, Keras looks for the other optimizer's arrays behind the scale and in a place of their own. */
    void writeOptimizer() {
        if (!(model.optimizer() instanceof LossScaleOptimizer scaled)) {
            writeOptimizer(OPTIMIZER, 0);
            return;
        }
        Map<String, float[]> memory = OptimizerMemory.of(model).slots();
        float[] initial = {scaled.initialScale()};
        file.put(OPTIMIZER + 0, 0);
        file.put(OPTIMIZER + 1, 0f);
        file.put(OPTIMIZER + 2, (int) memory.getOrDefault(LossScaleOptimizer.STEPS, new float[1])[0]);
        file.put(OPTIMIZER + 3, memory.getOrDefault(LossScaleOptimizer.SCALE, initial)[0]);
        writeOptimizer(OPTIMIZER, OptimizerArrays.UNUSED + 2);
        writeOptimizer(INNER_OPTIMIZER, 0);
    }

    /** All but the scale, as numbered arrays of a group. */
    private void writeOptimizer(String group, int first) {
        Optimizer optimizer = OptimizerArrays.inner(model.optimizer());
        OptimizerMemory memory = OptimizerMemory.of(model);
        int next = first;
        file.put(group + next++, memory.steps());
        if (OptimizerArrays.hasLearningRate(optimizer)) {
            file.put(group + next++, (float) optimizer.learningRateAt(memory.steps()));
        }
        Set<String> trainable = Set.copyOf(model.weights().trainableNames());
        List<String> parameters = new ArrayList<>(shapes.keySet());
        parameters.retainAll(trainable);
        for (String slot : OptimizerArrays.slots(optimizer, parameters)) {
            Shape shape = shapes.get(slot.substring(0, slot.lastIndexOf('/')));
            float[] values = memory.slots().getOrDefault(slot, new float[shape.size()]);
            file.put(group + next++, shape, values);
        }
        if (OptimizerArrays.trailing(optimizer) == 1) {
            file.put(group + next, OptimizerArrays.momentumProduct(optimizer, memory.steps()));
        }
    }
}
